import { expect, test } from 'vitest';
import { ManualClock } from '../../../src/core/clock.ts';
import { FetchCache, type Fetched } from '../../../src/gateway/login/fetch-cache.ts';
import { cachedReads } from '../../../src/gateway/releases/delays.ts';
import { indexApis } from '../../../src/gateway/routing/lookup.ts';
import { secretsOf } from '../start.ts';

test('what is fetched is used to the last moment of its time, and fetched anew when it is cleared', async () => {
  const clock = new ManualClock(0);
  const cache = new FetchCache<string>(clock);
  let count = 0;
  const get = () => cache.get('key', async () => ({ value: `fetched ${++count}`, until: 1000 }));
  expect(await get()).toBe('fetched 1');
  clock.advance(1000);
  expect(get()).toBe('fetched 1');
  cache.clear();
  expect(await get()).toBe('fetched 2');
});

test('a fetch that is under way when everything is cleared is not kept', async () => {
  const cache = new FetchCache<string>(new ManualClock(0));
  const early = Promise.withResolvers<Fetched<string>>();
  const waiting = cache.get('key', () => early.promise);
  cache.clear();
  const fresh = { value: 'after', until: Number.POSITIVE_INFINITY };
  expect(await cache.get('key', async () => fresh)).toBe('after');
  early.resolve({ ...fresh, value: 'before' });
  expect(await waiting).toBe('before');
  expect(cache.get('key', () => Promise.reject(new Error('nothing has to be fetched')))).toBe('after');
});

test('what was read of the cluster is read anew when it is cleared', () => {
  const indexes = [indexApis({ metadata: { name: 'app' } }), indexApis({ metadata: { name: 'app' } })];
  const texts: Record<string, Record<string, string>> = { creds: { username: 'old' } };
  let reads = 0;
  const applications = { get: () => indexes[reads++] };
  const kept = cachedReads({ applications, secrets: secretsOf(texts) }, new ManualClock(0));
  const user = () => kept.secrets.get('creds', 'kyma-system')?.text('username');
  expect([kept.applications.get('app'), kept.applications.get('app'), user()]).toEqual([indexes[0], indexes[0], 'old']);
  texts.creds = { username: 'new' };
  expect(user()).toBe('old');
  kept.clear();
  expect([kept.applications.get('app'), user()]).toEqual([indexes[1], 'new']);
  expect(reads).toBe(2);
});
