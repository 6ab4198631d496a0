import { randomBytes, randomUUID } from 'node:crypto';

/** Chance as Kymulator sees it: tokens, serial numbers and ids that a client can see come from here. */
export interface Random {
  bytes(length: number): Buffer;
  /** A lower-case UUID, version 4. */
  uuid(): string;
}

export const systemRandom: Random = {
  bytes: (length) => randomBytes(length),
  uuid: () => randomUUID(),
};
