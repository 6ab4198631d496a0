import { readFileSync } from 'node:fs';
import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Refusal } from '../http/refusal.ts';

/** How many connections the edges take, so that there are descriptors left for everything else. */
export interface RoomLimits {
  /** All edges together, but for those with room of their own. */
  readonly together: number;
  /** One edge: less than all together, so that no crowd at one door closes the others. */
  readonly edge: number;
  /** An edge with room of its own. */
  readonly reserved: number;
}

/** Listeners, files, the store, and what Node and its libraries have open. */
const OWN = 64;
/** How many connections beyond the limits are still heard, to be told to go. */
const COURTESY = 16;

/**
 * Two thirds of the descriptors that are not ours: the rest is for the calls that requests lead to.
 * @param openFiles how many descriptors the process may have
 */
export function roomLimits(openFiles: number): RoomLimits {
  const spare = Math.max(24, openFiles - OWN);
  const together = Math.floor((spare * 2) / 3);
  return {
    together,
    edge: Math.floor((together * 3) / 4),
    reserved: Math.min(256, Math.max(16, Math.floor(spare / 16))),
  };
}

/** How many descriptors this process may have, where the system tells it; Node has raised it to the most by then. */
export function openFileLimit(): number | undefined {
  try {
    const soft = /^Max open files +(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
    return soft === undefined ? undefined : Number(soft);
  } catch {
    return undefined;
  }
}

const BUSY: Refusal = {
  status: 503,
  text:
    'Kymulator has as many connections as it may have: some must end first, or it must be allowed more open files ' +
    '(ulimit -n).\n',
};

/** The room for connections of one instance. */
export class ConnectionRoom {
  readonly #limits: RoomLimits;
  #taken = 0;

  constructor(limits: RoomLimits) {
    this.#limits = limits;
  }

  /**
   * Lets a server in. What comes when there is no room is closed at once, or, as long as these are few, told so.
   * @param reserved whether the server has room of its own
   */
  admit(server: Server, { secure, reserved }: { readonly secure: boolean; readonly reserved: boolean }): Doorkeeper {
    const beyond = new WeakSet<object>();
    const { together, reserved: most, edge } = this.#limits;
    const limit = reserved ? most : edge;
    let own = 0;
    Object.defineProperty(server, 'maxConnections', {
      get: () => (!reserved && this.#taken >= together + COURTESY ? 0 : limit + COURTESY),
    });
    server.on('connection', (socket: Socket) => {
      own++;
      if (!reserved) this.#taken++;
      socket.once('close', () => {
        own--;
        if (!reserved) this.#taken--;
      });
    });
    server.on(secure ? 'secureConnection' : 'connection', (socket: Socket) => {
      if (own > limit || (!reserved && this.#taken > together)) beyond.add(socket);
    });
    return { refusalOf: ({ socket }) => (beyond.has(socket) ? BUSY : undefined) };
  }
}

/** Whether a request came on a connection for which there was no room. */
export interface Doorkeeper {
  refusalOf(request: IncomingMessage): Refusal | undefined;
}
