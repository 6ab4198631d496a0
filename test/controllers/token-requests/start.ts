import { onTestFinished } from 'vitest';
import { createTokenRequestController } from '../../../src/controllers/token-requests/controller.ts';
import type { IssuedToken, TokenContext, TokenRequest } from '../../../src/controllers/token-requests/token-request.ts';
import { ManualClock } from '../../../src/core/clock.ts';
import { silentLogger } from '../../../src/core/log.ts';
import { systemRandom } from '../../../src/core/random.ts';
import { tokenRequestKind } from '../../../src/resources/kinds.ts';
import { createMemoryStore } from '../../../src/store/memory.ts';
import { settled } from '../start.ts';

export { settled };

export const START = Date.UTC(2026, 0, 5, 10, 0, 0);

export interface Asked {
  readonly application: string;
  readonly context: TokenContext;
}

/** What the Connector Service of a test answers; default: a new token each time. */
export type Answer = (asked: Asked, signal: AbortSignal) => Promise<IssuedToken>;

export const { apiVersion, kind } = tokenRequestKind;

/** A store with a controller, on a clock that stands still. */
export async function start(given: { answer?: Answer; existing?: readonly Partial<TokenRequest>[] } = {}) {
  const clock = new ManualClock(START);
  const store = createMemoryStore({ clock, random: systemRandom });
  const asked: Asked[] = [];
  let count = 0;
  const respond: Answer =
    given.answer ?? (async () => ({ token: `T${++count}`, url: `https://connector/info?token=T${count}` }));
  const create = (name: string, more: Partial<TokenRequest> = {}) =>
    store.create<TokenRequest>({ apiVersion, kind, metadata: { name, namespace: 'default' }, ...more });
  const get = (name: string) => store.get<TokenRequest>({ apiVersion, kind, name, namespace: 'default' });
  for (const request of given.existing ?? []) await create('existing', request);
  const controller = await createTokenRequestController({
    store,
    clock,
    log: silentLogger,
    requestToken: (application, context, signal) => {
      asked.push({ application, context });
      return respond({ application, context }, signal);
    },
  });
  onTestFinished(async () => {
    await controller.close();
    await store.close();
  });
  /** The clock moves, and everything that this sets off has happened. */
  const pass = async (seconds: number) => {
    clock.advance(seconds * 1000);
    await settled();
  };
  return { clock, store, asked, controller, create, get, pass };
}
