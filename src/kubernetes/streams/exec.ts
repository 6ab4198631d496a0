import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { openChannels } from './channels.ts';
import type { CommandStreams } from './command.ts';
import type { ExecRequest } from './exec-request.ts';
import type { ExecStatus } from './exec-status.ts';
import type { SpdyStream } from './spdy/stream.ts';

/** The streams of one command, however the client carries them. */
export interface ExecSession extends CommandStreams {
  /** Tells how the command ended, and ends the connection. */
  finish(status: ExecStatus): void;
}

/** Channel numbers; the fourth, of the terminal's size, is not looked at. (kubernetes-api §11) */
const channel = { stdin: 0, stdout: 1, stderr: 2, status: 3 } as const;
const NORMAL_CLOSURE = 1000;

/** The streams of a command as channels of a WebSocket. */
export function channelSession(connection: WebSocket, wanted: ExecRequest): ExecSession {
  const { stdin, stdout, stderr, status } = channel;
  const [input, output, errors, result] = openChannels(connection, [stdin, stdout, stderr, status]);
  return {
    ...wantedStreams(wanted, { input, output, errors }),
    finish: (outcome) => result?.write(JSON.stringify(outcome), () => connection.close(NORMAL_CLOSURE)),
  };
}

/**
 * The streams of a command as SPDY streams, which older clients open one by one.
 * @param ready called when the last of them is there
 */
export function collectSession(
  transport: Duplex,
  wanted: ExecRequest,
  ready: (session: ExecSession) => void,
): (stream: SpdyStream) => void {
  const missing = new Set(['error', ...(['stdin', 'stdout', 'stderr'] as const).filter((name) => wanted[name])]);
  const found = new Map<string, SpdyStream>();
  return (stream) => {
    const type = stream.headers.get('streamtype') ?? '';
    if (!missing.delete(type)) {
      // The size of the terminal, or nothing that we know: read and forgotten.
      stream.resume().end();
      return;
    }
    found.set(type, stream);
    if (missing.size > 0) return;
    const error = found.get('error');
    error?.resume();
    ready({
      ...wantedStreams(wanted, {
        input: found.get('stdin'),
        output: found.get('stdout'),
        errors: found.get('stderr'),
      }),
      finish: (outcome) => error?.end(JSON.stringify(outcome), () => transport.end()),
    });
  };
}

interface FoundStreams {
  readonly input: Duplex | undefined;
  readonly output: Duplex | undefined;
  readonly errors: Duplex | undefined;
}

const wantedStreams = ({ stdin, stdout, stderr, tty }: ExecRequest, found: FoundStreams): CommandStreams => ({
  stdin: stdin ? found.input : undefined,
  stdout: stdout ? found.output : undefined,
  stderr: stderr ? found.errors : undefined,
  terminal: tty,
});
