import { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';

/** Says in v5 that the channel named in the next byte has ended. (kubernetes-api §11) */
const CLOSE_CHANNEL = 255;

/** One channel of a WebSocket: messages that begin with its number. Ending it says nothing; the connection ends. */
class Channel extends Duplex {
  readonly #number: number;
  readonly #connection: WebSocket;
  readonly #wanted: () => void;
  #ended = false;

  constructor(number: number, connection: WebSocket, wanted: () => void) {
    super({ allowHalfOpen: true });
    this.#number = number;
    this.#connection = connection;
    this.#wanted = wanted;
    this.on('error', () => {});
  }

  /** @returns false when the reader has enough for now */
  receive(payload: Buffer): boolean {
    return this.#ended || this.destroyed || this.push(payload);
  }

  /** The client sends no more. */
  receiveEnd(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.push(null);
  }

  override _read(): void {
    this.#wanted();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#connection.send(Buffer.concat([Buffer.of(this.#number), chunk]), done);
  }
}

/**
 * Opens these channels of a WebSocket; messages of others are ignored. All of them end with the connection. A channel
 * whose reader is slow holds up the others, as they share the connection.
 */
export function openChannels(connection: WebSocket, numbers: readonly number[]): readonly Duplex[] {
  const full = new Set<number>();
  const channels = new Map(
    numbers.map((number) => {
      const wanted = () => {
        if (full.delete(number) && full.size === 0) connection.resume();
      };
      return [number, new Channel(number, connection, wanted)] as const;
    }),
  );
  connection.on('message', (message) => {
    // The library hands out one buffer for each message unless told otherwise.
    const [number] = message as Buffer;
    const payload = (message as Buffer).subarray(1);
    if (number === undefined || payload.length === 0) return;
    if (number === CLOSE_CHANNEL) {
      channels.get(payload[0] ?? CLOSE_CHANNEL)?.receiveEnd();
      return;
    }
    const channel = channels.get(number);
    if (!channel || channel.receive(payload)) return;
    full.add(number);
    connection.pause();
  });
  connection.on('close', () => {
    for (const channel of channels.values()) channel.destroy();
  });
  return [...channels.values()];
}
