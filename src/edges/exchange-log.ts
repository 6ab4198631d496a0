import type { IncomingMessage, ServerResponse } from 'node:http';
import { performance } from 'node:perf_hooks';
import type { Duplex } from 'node:stream';
import type { Logger } from '../core/log.ts';
import { splitTarget } from '../go/path.ts';
import { annotationsOf } from '../http/annotations.ts';
import type { ClientCertificate } from '../http/client-identity.ts';

/** Characters of a text of a client that a line has. */
const LONGEST = 256;

/** Writes a line for each exchange of an edge: what was asked, what came of it, and what is known about it. */
export interface ExchangeLog {
  /** To be called before anything else sees the request. */
  began(request: IncomingMessage, response: ServerResponse): void;
  /** The same for a connection that changes its protocol; its line comes when it ends. */
  upgraded(request: IncomingMessage, socket: Duplex): void;
}

/** At the level `debug`; where that is off, nothing is made. */
export function createExchangeLog(log: Logger): ExchangeLog {
  const isOn = () => log.isLevelEnabled?.('debug') ?? true;

  /** Sites rewrite the target of a request; the line has it as it was sent, without its query. */
  function startLine(request: IncomingMessage) {
    const began = performance.now();
    const { method } = request;
    const { path } = splitTarget(request.url ?? '');
    return (outcome: object) => {
      const ms = Math.round((performance.now() - began) * 10) / 10;
      log.debug({ method, path: path.slice(0, 4 * LONGEST), ...outcome, ms, ...factsOf(request) }, 'exchange');
    };
  }

  return {
    began(request, response) {
      if (!isOn()) return;
      const line = startLine(request);
      // Without an answer the connection was closed.
      response.once('close', () => line(response.headersSent ? { status: response.statusCode } : {}));
    },
    upgraded(request, socket) {
      if (!isOn()) return;
      const line = startLine(request);
      socket.once('close', () => line({ upgrade: request.headers.upgrade?.slice(0, LONGEST) }));
    },
  };
}

function factsOf(request: IncomingMessage): object {
  const { certificate, calls, ...facts } = annotationsOf(request);
  const shortened = Object.entries(facts).map(([name, value]) => [name, value?.slice(0, LONGEST)]);
  return {
    ...Object.fromEntries(shortened),
    ...(certificate && { client: certificate.subjectText.slice(0, LONGEST), certificate: inWords(certificate) }),
    ...(calls.length > 0 && { calls }),
  };
}

const inWords = ({ verdict }: ClientCertificate) =>
  verdict.trusted ? 'trusted' : `${verdict.reason}: ${verdict.detail}`.slice(0, LONGEST);
