import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

/** A request and its answer. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/**
 * Which answer is the last one under way on each connection. Clients may send requests without waiting for answers, and
 * whatever is written to a connection past Node's own answers has to wait for them.
 */
export class Turns {
  readonly #latest = new WeakMap<Duplex, Exchange>();
  readonly #told: (request: IncomingMessage, response: ServerResponse) => void;

  /** @param told hears of every request before it is answered */
  constructor(told: (request: IncomingMessage, response: ServerResponse) => void = () => {}) {
    this.#told = told;
  }

  began(request: IncomingMessage, response: ServerResponse): void {
    this.#told(request, response);
    this.#latest.set(request.socket, { request, response });
  }

  /** The last request of a connection, until Node has let its answer go, which is a moment after its last byte. */
  underWay(socket: Duplex): Exchange | undefined {
    const latest = this.#latest.get(socket);
    // An answer that is broken off before its turn ends the connection, but only then.
    return latest?.response.destroyed && latest.response.writableFinished ? undefined : latest;
  }

  /** Does something when all answers are out; never when the connection ends before. */
  whenFree(socket: Duplex, task: () => void): void {
    const underWay = this.underWay(socket);
    if (!underWay) {
      task();
      return;
    }
    underWay.response.once('close', () => {
      // One that was broken off has the connection end when its turn comes.
      if (underWay.response.writableFinished && !socket.destroyed && socket.writable) task();
    });
  }
}

/** Does something when it is the turn of an answer. */
export function inTurn(response: ServerResponse, task: () => void): void {
  if (response.socket) task();
  else response.once('socket', task);
}
