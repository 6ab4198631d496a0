import process from 'node:process';
import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { ManualClock } from '../../../src/core/clock.ts';
import { systemRandom } from '../../../src/core/random.ts';
import { createMemoryStore } from '../../../src/store/memory.ts';
import type { ResourceStore } from '../../../src/store/store.ts';
import type { Answer } from '../../support/call.ts';
import { ConnectorClient } from '../../support/connector.ts';
import { start } from '../../support/instance.ts';

const EXPIRED = 20_000;
const MINUTE = 60_000;
const tokenKind = { apiVersion: 'kymulator.local/v1', kind: 'ConnectorToken' };

const tokensIn = async (store: ResourceStore) => (await store.list(tokenKind)).items;

/** Milliseconds of processor time of this process, the instance in it and all. */
const cpu = () => process.cpuUsage().user / 1000 + process.cpuUsage().system / 1000;

/** As many tokens as one that the instance has made. */
async function fill(store: ResourceStore, count: number): Promise<void> {
  const [made] = await tokensIn(store);
  for (let n = 1; n < count; n++) {
    await store.create({ ...tokenKind, metadata: { name: `token-${n}` }, spec: made?.spec });
  }
}

async function instanceWithExpired() {
  const clock = new ManualClock();
  const store = createMemoryStore({ clock, random: systemRandom });
  const client = new ConnectorClient(await start({ clock, store }), 'latest');
  await client.token('shop');
  await fill(store, EXPIRED);
  return { clock, store, client };
}

test('a token request does not pay for the expired tokens of others', async () => {
  const { clock, store, client } = await instanceWithExpired();
  // Not so long that they would be thrown out by now.
  await client.token('shop');
  const usual = cpu();
  await client.token('shop');
  const expected = cpu() - usual;
  // Past their end by a clock that has stood still for everybody else.
  const { now } = clock;
  clock.now = () => now.call(clock) + 6 * MINUTE;
  const before = cpu();
  expect((await client.token('shop')).status).toBe(201);
  expect(cpu() - before).toBeLessThan(expected + 100);
  expect(await tokensIn(store)).toHaveLength(EXPIRED + 3);
});

test('expired tokens go a few at a time, while others have their turns, until all are gone', async () => {
  const { clock, store, client } = await instanceWithExpired();
  let gone = 0;
  store.watch(tokenKind, {}, ({ type }) => {
    if (type === 'DELETED') gone++;
  });
  const requests: Promise<Answer>[] = [];
  let mostAtOnce = 0;
  clock.advance(6 * MINUTE);
  while (gone < EXPIRED) {
    const before = gone;
    await turn();
    mostAtOnce = Math.max(mostAtOnce, gone - before);
    if (requests.length < 5 && gone > 0) requests.push(client.token('shop'));
  }
  for (const { status } of await Promise.all(requests)) expect(status).toBe(201);
  expect(mostAtOnce).toBeLessThanOrEqual(50);
  expect(await tokensIn(store)).toHaveLength(requests.length);
});
