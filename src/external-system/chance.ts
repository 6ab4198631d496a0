import { createHash } from 'node:crypto';
import type { Random } from '../core/random.ts';
import { type EndpointExchange, RequestError } from './exchange.ts';
import { parseInt64 } from './parameters.ts';
import { first } from './query.ts';

/**
 * The chance of one request: repeatable when its query has a `seed`, though the bytes are not those of other
 * implementations. (httpbin §6)
 * @throws RequestError when the seed is no whole number
 */
export function chanceOf({ args, random }: EndpointExchange): Pick<Random, 'bytes'> {
  const seed = first(args, 'seed');
  if (seed === '') return random;
  const number = parseInt64(seed);
  if (typeof number !== 'bigint') throw new RequestError(400, `invalid seed: ${number.problem}`);
  let block = 0;
  return {
    bytes(length) {
      const parts: Buffer[] = [];
      for (let made = 0; made < length; made += 32) {
        parts.push(createHash('sha256').update(`${number} ${block++}`).digest());
      }
      return Buffer.concat(parts).subarray(0, length);
    },
  };
}

export interface Choice {
  readonly code: number;
  /** How likely it is, compared with the others. */
  readonly weight: number;
}

/** One of the choices, by their weights. */
export function choose(choices: readonly Choice[], random: Pick<Random, 'bytes'>): Choice | undefined {
  let at = fraction(random) * choices.reduce((sum, { weight }) => sum + weight, 0);
  const chosen = choices.find(({ weight }) => {
    at -= weight;
    return at < 0;
  });
  return chosen ?? choices.at(-1);
}

/** A number from 0 to 1, without 1. */
export const fraction = (random: Pick<Random, 'bytes'>) => random.bytes(4).readUInt32BE() / 2 ** 32;
