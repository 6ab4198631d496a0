import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { messageOf } from '../../core/errors.ts';
import type { SpdyStream } from './spdy/stream.ts';

/** Where a port of a pod is really served: at a port of some machine, or in this process. */
export type PortTarget =
  | { readonly host: string; readonly port: number }
  | {
      /** Opens a connection. */
      connect(): Duplex;
    };

/** The ports of one pod. */
export interface PodPorts {
  /** @returns undefined for a port that the pod does not have */
  resolve(port: number): PortTarget | undefined;
  /** How the pod is named in messages. */
  readonly pod: string;
  /** The ports that it has, for messages. */
  readonly known: readonly number[];
}

/** The two streams of one forwarded connection. */
export interface Forwarding {
  readonly data: Duplex;
  /** Takes a text when the connection cannot be made, and ends when it is over. (kubernetes-api §10.3) */
  readonly error: Duplex;
}

/** The port of a header or query, or NaN. */
export const portOf = (text: string | undefined): number => (/^\d{1,5}$/.test(text ?? '') ? Number(text) : Number.NaN);

/**
 * Puts the streams that kubectl opens together: an error stream and a data stream with the same `requestid` are one
 * connection.
 */
export function pairStreams(ports: PodPorts): (stream: SpdyStream) => void {
  const waiting = new Map<string, SpdyStream>();
  return (stream) => {
    const { headers } = stream;
    const id = headers.get('requestid') ?? '';
    const partner = waiting.get(id);
    const types = [headers.get('streamtype'), partner?.headers.get('streamtype')];
    if (!partner || !types.includes('data') || !types.includes('error')) {
      partner?.destroy();
      waiting.set(id, stream);
      stream.once('close', () => {
        if (waiting.get(id) === stream) waiting.delete(id);
      });
      return;
    }
    waiting.delete(id);
    const [data, error] = types[0] === 'data' ? [stream, partner] : [partner, stream];
    forward({ data, error }, portOf(data.headers.get('port')), ports);
  };
}

/**
 * Connects the streams with what serves the port. A connection that cannot be made is told on the error stream, which
 * ends kubectl, as in a cluster; one that breaks later just ends.
 */
export function forward({ data, error }: Forwarding, port: number, ports: PodPorts): void {
  // The client has nothing to say on the error stream; its end must be read to be noticed.
  error.resume();
  const fail = (reason: string) => {
    error.end(`error forwarding port ${port} to pod ${ports.pod}: ${reason}`);
    data.resume().end();
  };
  const target = ports.resolve(port);
  if (!target) {
    fail(`the pod has no such port; its ports: ${ports.known.join(', ') || 'none'}`);
    return;
  }
  const inProcess = 'connect' in target;
  const backend = inProcess ? target.connect() : connect({ ...target, allowHalfOpen: true, noDelay: true });
  let connected = inProcess;
  backend.once('connect', () => {
    connected = true;
  });
  backend.on('error', (thrown) => {
    if (!connected) fail(messageOf(thrown));
  });
  data.pipe(backend).pipe(data);
  backend.once('close', () => {
    data.end();
    error.end();
  });
  data.once('close', () => {
    // Streams that ended in order leave the backend to take what is still on its way.
    if (!data.readableEnded || !data.writableFinished) backend.destroy();
  });
}
