import type { IncomingMessage, ServerResponse } from 'node:http';
import type { UserError } from '../core/errors.ts';
import { userError } from '../core/errors.ts';
import type { Logger } from '../core/log.ts';
import { entryOf } from '../core/user-errors/catalogue.ts';
import { annotate } from '../http/annotations.ts';
import type { Site } from '../http/site.ts';
import { sendKymaError } from '../kyma/errors.ts';
import { foreignPage } from './cross-site.ts';

/** What stands behind an edge. */
export type Door = Pick<Site, 'handle' | 'upgrade' | 'upgrades'>;

/** Answers a request that nothing behind the edge may see. */
export type Refuse = (request: IncomingMessage, response: ServerResponse, error: UserError) => void;

export interface GuardOptions {
  /** Whether a `Host` leads to the edge. Absent: what stands behind finds its way by the name, and refuses others. */
  readonly leadsHere?: ((host: string) => boolean) | undefined;
  /** Told to those who call by another name. */
  readonly unknownHost: (host: string) => UserError;
  /** Origins whose pages may call all the same. */
  readonly allowedOrigins: readonly string[];
  readonly refuse: Refuse;
}

/** Characters of a client's text that are repeated to it. */
const LONGEST = 256;

/**
 * Stands in front of an edge without TLS, which a browser of this machine can reach: keeps pages of other origins out, and
 * those that have bound a name of their own to this machine. Other programs do not notice it.
 */
export function guarded(door: Door, { leadsHere, unknownHost, allowedOrigins, refuse }: GuardOptions): Door {
  const allowed = new Set(allowedOrigins.map((origin) => origin.toLowerCase()));
  /** The last that was found to lead here: nearly all requests have the same. */
  let known: string | undefined;

  function problemOf(request: IncomingMessage): UserError | undefined {
    const { headers } = request;
    const host = hostOf(request);
    // Only a client of HTTP/1.0 leaves it out, which no browser is.
    if (leadsHere && host !== known && host !== '') {
      if (!leadsHere(host)) return unknownHost(shortened(host));
      known = host;
    }
    const fetchSite = headers['sec-fetch-site'];
    if (headers.origin === undefined && fetchSite === undefined) return undefined;
    const page = foreignPage({ host, origin: headers.origin, fetchSite: String(fetchSite ?? '') }, allowed);
    return page === undefined ? undefined : userError('ORIGIN_FOREIGN', { origin: shortened(page) });
  }

  return {
    handle(request, response) {
      const problem = problemOf(request);
      if (problem) refuse(request, response, problem);
      else door.handle(request, response);
    },
    upgrade: door.upgrade && ((request, socket, head) => door.upgrade?.(request, socket, head)),
    // What is refused is answered as a plain request.
    upgrades: (request) => problemOf(request) === undefined && (door.upgrades?.(request) ?? true),
  };
}

/** @param send words the answer; default: as Kyma's services do */
export const refusing =
  (log: Logger, send: (response: ServerResponse, status: number, error: UserError) => void = asKymaError): Refuse =>
  (request, response, error) => {
    const { code, message } = error;
    annotate(request, { code, reason: message });
    log.info({ code, reason: shortened(message) }, 'refused a caller');
    send(response, entryOf(code).status ?? 403, error);
  };

const asKymaError = (response: ServerResponse, status: number, { message }: UserError) =>
  sendKymaError(response, status, message);

/** The host that a request is for: that of a target in absolute form beats `Host`. (RFC 9112 §3.2.2) */
export function hostOf({ url = '', headers }: IncomingMessage): string {
  if (url.startsWith('/')) return headers.host ?? '';
  const [, absolute = headers.host ?? ''] = /^http:\/\/([^/?#]*)/i.exec(url) ?? [];
  return absolute;
}

export const shortened = (text: string) => (text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);
