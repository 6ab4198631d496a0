import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { annotate } from '../../http/annotations.ts';
import { ownResponse } from '../../http/own-response.ts';
import { podKind } from '../../resources/kinds.ts';
import { sendError } from '../wire/respond.ts';
import { ApiError, forbiddenTo } from '../wire/status.ts';

export const execForbidden = (name: string) =>
  forbiddenTo(
    { kind: podKind, name },
    'commands of kubectl exec run as processes of the machine of Kymulator, and only when it was started with ' +
      '--allow-exec',
  );

export const notSimulated = (subresource: string) =>
  new ApiError(
    405,
    'MethodNotAllowed',
    `${subresource} is not simulated, as nothing runs in a pod that could be attached to; use kubectl exec or kubectl logs`,
  );

/** Answers a request whose connection was to change its protocol, and ends the connection. */
export function refuseUpgrade(request: IncomingMessage, socket: Duplex, error: ApiError): void {
  if (socket.destroyed) return;
  annotate(request, { code: error.code, reason: error.message });
  sendError(ownResponse(request), error);
}
