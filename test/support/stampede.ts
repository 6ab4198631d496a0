import { connect } from 'node:net';

export interface StampedeRequest {
  readonly port: number;
  /** The request as it goes over the wire. */
  readonly text: string;
  /** How many of it are sent at once. */
  readonly count: number;
}

const CONNECTIONS = 50;

/**
 * Sends the same request many times at once, pipelined over many connections, so that sending costs next to nothing.
 * @returns how often each answer came: the status, and the body of those that are not successful
 */
export async function stampede({ port, text, count }: StampedeRequest): Promise<Record<string, number>> {
  const perConnection = Math.ceil(count / CONNECTIONS);
  const outcome: Record<string, number> = {};
  await Promise.all(
    Array.from({ length: CONNECTIONS }, async (_, index) => {
      const share = Math.min(perConnection, count - index * perConnection);
      if (share <= 0) return;
      for (const answer of await exchange(port, text.repeat(share), share)) {
        outcome[answer] = (outcome[answer] ?? 0) + 1;
      }
    }),
  );
  return outcome;
}

function exchange(port: number, requests: string, expected: number): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const answers: string[] = [];
    let pending = '';
    const socket = connect({ port, host: '127.0.0.1' }, () => socket.write(requests));
    socket.setEncoding('latin1');
    socket.on('error', reject);
    socket.on('close', () => reject(new Error(`the connection ended after ${answers.length} of ${expected} answers`)));
    socket.on('data', (chunk: string) => {
      pending += chunk;
      for (;;) {
        const read = readAnswer(pending);
        if (!read) break;
        answers.push(read.answer);
        pending = pending.slice(read.length);
      }
      if (answers.length < expected) return;
      socket.removeAllListeners('close');
      socket.end();
      resolve(answers);
    });
  });
}

function readAnswer(text: string): { answer: string; length: number } | undefined {
  const headEnd = text.indexOf('\r\n\r\n');
  if (headEnd < 0) return undefined;
  const head = text.slice(0, headEnd);
  const bodyLength = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
  const length = headEnd + 4 + bodyLength;
  if (text.length < length) return undefined;
  const status = head.slice(9, 12);
  return { answer: status < '300' ? status : `${status} ${text.slice(headEnd + 4, length)}`, length };
}
