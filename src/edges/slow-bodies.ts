import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import { refuse } from '../http/refusal.ts';
import { inTurn, type Turns } from '../http/turns.ts';
import { SLOWEST_BODY } from './times.ts';

export interface BodyTimes {
  /** Milliseconds for the next byte. */
  readonly pause: number;
  /** Milliseconds after which a body has to be faster than `SLOWEST_BODY`. */
  readonly patience: number;
}

/** A body on its way. */
interface Arrival {
  readonly request: IncomingMessage;
  readonly startedAt: number;
  readonly bytesBefore: number;
  bytes: number;
  /** When the last bytes came that were seen, or when we last kept the client from sending. */
  movedAt: number;
  /** Milliseconds for which it was ours to take more, not the client's to send. */
  held: number;
  lookedAt: number;
}

/** At most so many are given up in one turn, since each of them is answered; the others a moment later. */
const PORTION = 200;
const MOMENT = 20;

/** Gives up requests whose bodies do not come: 408, or the end of the connection where an answer has begun. */
export class SlowBodies {
  readonly #turns: Turns;
  readonly #times: BodyTimes;
  /** On one connection one body comes at a time. */
  readonly #arriving = new Map<Socket, Arrival>();
  #looking: NodeJS.Timeout | undefined;

  constructor(server: Server, turns: Turns, times: BodyTimes) {
    this.#turns = turns;
    this.#times = times;
    server.once('close', () => {
      clearTimeout(this.#looking);
      this.#arriving.clear();
    });
  }

  /** To be told of every request when its head is there. */
  began(request: IncomingMessage): void {
    const { headers, socket } = request;
    if (headers['transfer-encoding'] === undefined && !(Number(headers['content-length']) > 0)) return;
    const now = performance.now();
    const bytes = socket.bytesRead;
    this.#arriving.set(socket, {
      request,
      startedAt: now,
      bytesBefore: bytes,
      bytes,
      movedAt: now,
      held: 0,
      lookedAt: now,
    });
    if (!this.#looking) this.#lookIn(Math.min(1000, this.#times.pause / 4));
  }

  #lookIn(milliseconds: number): void {
    this.#looking = setTimeout(() => this.#look(), milliseconds).unref();
  }

  #look(): void {
    const now = performance.now();
    let left = PORTION;
    for (const [socket, arrival] of this.#arriving) {
      if (left === 0) break;
      const { request } = arrival;
      const isOver = request.complete || request.destroyed || socket.destroyed;
      if (!isOver && !this.#isTooSlow(socket, arrival, now)) continue;
      this.#arriving.delete(socket);
      if (isOver) continue;
      left--;
      this.#giveUp(socket);
    }
    this.#looking = undefined;
    if (this.#arriving.size > 0) this.#lookIn(left === 0 ? MOMENT : Math.min(1000, this.#times.pause / 4));
  }

  #isTooSlow(socket: Socket, arrival: Arrival, now: number): boolean {
    const { request, startedAt, bytesBefore } = arrival;
    const isHeld = request.readableLength >= request.readableHighWaterMark;
    if (isHeld) arrival.held += now - arrival.lookedAt;
    arrival.lookedAt = now;
    if (isHeld || socket.bytesRead !== arrival.bytes) {
      arrival.bytes = socket.bytesRead;
      arrival.movedAt = now;
    }
    if (now - arrival.movedAt >= this.#times.pause) return true;
    const awaited = now - startedAt - arrival.held;
    return awaited >= this.#times.patience && arrival.bytes - bytesBefore < (awaited / 1000) * SLOWEST_BODY;
  }

  #giveUp(socket: Socket): void {
    const underWay = this.#turns.underWay(socket);
    if (!underWay) {
      socket.destroy();
      return;
    }
    const { response } = underWay;
    inTurn(response, () => {
      if (response.headersSent || !socket.writable) socket.destroy();
      else refuse(socket, { status: 408 });
    });
  }
}
