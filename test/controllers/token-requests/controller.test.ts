import { expect, test } from 'vitest';
import { apiVersion, kind, START, settled, start } from './start.ts';

const at = (seconds: number) => new Date(START + seconds * 1000).toISOString().replace('.000Z', 'Z');
const refused = async () => ({ token: '', url: '' });
const status = { state: 'OK', token: '', url: '', application: 'shop', expireAfter: '2999-01-01T00:00:00Z' };

test('a new request gets a token of its application', async () => {
  const { create, get, asked } = await start();
  await create('shop');
  await settled();
  expect(asked).toEqual([{ application: 'shop', context: {} }]);
  expect((await get('shop'))?.status).toEqual({
    state: 'OK',
    token: 'T1',
    url: 'https://connector/info?token=T1',
    application: 'shop',
    expireAfter: at(300),
  });
});

test('a request that was there before gets its token too', async () => {
  const { get } = await start({ existing: [{}] });
  await settled();
  expect((await get('existing'))?.status?.token).toBe('T1');
});

test.each([
  { given: { tenant: 't', group: 'g' }, told: { tenant: 't', group: 'g' } },
  { given: { tenant: 't' }, told: {} },
  { given: { group: 'g', tenant: '' }, told: {} },
  { given: undefined, told: {} },
])('the context $given is told as $told', async ({ given, told }) => {
  const { create, asked } = await start();
  await create('shop', { context: given });
  await settled();
  expect(asked).toEqual([{ application: 'shop', context: told }]);
});

test('a request is deleted at the first sync after its time', async () => {
  const { create, get, pass, asked } = await start();
  await create('shop');
  await settled();
  await pass(300);
  expect(await get('shop')).toBeDefined();
  await pass(29);
  expect(await get('shop')).toBeDefined();
  await pass(1);
  expect(await get('shop')).toBeUndefined();
  expect(asked).toHaveLength(1);
});

test('a request with a token is left alone', async () => {
  const { create, get, pass, asked } = await start();
  await create('shop', { status: { ...status, token: 'own' } });
  await pass(10_000);
  expect(asked).toEqual([]);
  expect((await get('shop'))?.status?.token).toBe('own');
});

test('a time that the client set is kept until the token is fetched', async () => {
  const waiting = Promise.withResolvers<{ token: string; url: string }>();
  const { create, get, store } = await start({ answer: () => waiting.promise });
  await create('shop', { status });
  await settled();
  expect((await get('shop'))?.status?.expireAfter).toBe('2999-01-01T00:00:00Z');
  waiting.resolve({ token: 'T', url: 'u' });
  await settled();
  expect((await get('shop'))?.status).toMatchObject({ token: 'T', expireAfter: at(300) });
  expect((await store.list({ apiVersion, kind })).items).toHaveLength(1);
});

test('a request whose time is past already is deleted at once', async () => {
  const { create, get, asked } = await start();
  await create('shop', { status: { ...status, expireAfter: at(-1) } });
  await settled();
  expect(await get('shop')).toBeUndefined();
  expect(asked).toEqual([]);
});

test('without an answer there is no status, and it is tried again at every sync', async () => {
  let reachable = false;
  const answer = async () => {
    if (!reachable) throw new Error('connect ECONNREFUSED');
    return { token: 'T', url: 'u' };
  };
  const { create, get, pass, asked } = await start({ answer });
  await create('shop');
  await settled();
  expect((await get('shop'))?.status).toBeUndefined();
  await pass(30);
  expect(asked).toHaveLength(2);
  reachable = true;
  await pass(30);
  expect((await get('shop'))?.status).toMatchObject({ state: 'OK', token: 'T' });
  await pass(30);
  expect(asked).toHaveLength(3);
});

test('a refusal is an empty token, asked for again at every sync and not between', async () => {
  const { create, get, pass, asked } = await start({ answer: refused });
  await create('shop');
  await settled();
  expect((await get('shop'))?.status).toEqual({ ...status, expireAfter: at(300) });
  expect(asked).toHaveLength(1);
  await pass(30);
  expect(asked).toHaveLength(2);
  expect((await get('shop'))?.status?.expireAfter).toBe(at(330));
});

test('a request that is replaced during the fetch gets a token of its own', async () => {
  const first = Promise.withResolvers<{ token: string; url: string }>();
  const answers = [first.promise, Promise.resolve({ token: 'second', url: 'u' })];
  const { create, get, store, asked } = await start({ answer: () => answers.shift() ?? refused() });
  await create('shop');
  await store.delete({ apiVersion, kind, name: 'shop', namespace: 'default' });
  await create('shop');
  await settled();
  first.resolve({ token: 'first', url: 'u' });
  await settled();
  expect((await get('shop'))?.status?.token).toBe('second');
  expect(asked).toHaveLength(2);
});

test('a change that others make during the fetch is kept', async () => {
  const waiting = Promise.withResolvers<{ token: string; url: string }>();
  const { create, get, store } = await start({ answer: () => waiting.promise });
  await create('shop');
  const reference = { apiVersion, kind, name: 'shop', namespace: 'default' };
  await store.patch(reference, { metadata: { labels: { team: 'a' } } });
  waiting.resolve({ token: 'T', url: 'u' });
  await settled();
  expect(await get('shop')).toMatchObject({ metadata: { labels: { team: 'a' } }, status: { token: 'T' } });
});

test('closing ends what is under way, and nothing is fetched or written after', async () => {
  const answer = (_: unknown, signal: AbortSignal) =>
    new Promise<never>((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason));
    });
  const { create, get, pass, asked, controller } = await start({ answer });
  await create('shop');
  await controller.close();
  await controller.close();
  await create('other');
  await pass(10_000);
  expect(asked).toHaveLength(1);
  expect((await get('shop'))?.status).toBeUndefined();
});
