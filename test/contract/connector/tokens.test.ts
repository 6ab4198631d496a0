import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ManualClock } from '../../../src/core/clock.ts';
import { type Kymulator, startKymulator } from '../../../src/kymulator.ts';
import { ConnectorClient, current, early, generationNames, releases, sharedKey } from '../../support/connector.ts';
import { start } from '../../support/instance.ts';
import { csr } from '../../support/openssl.ts';

const INVALID = '{"code":403,"error":"Invalid token."}\n';
const MISSING = '{"code":403,"error":"Token not provided."}\n';
const MINUTE = 60_000;
const subject = (name: string) => `/O=Organization/OU=OrgUnit/L=Waldorf/ST=Waldorf/C=DE/CN=${name}`;
const goodRequest = csr({ key: sharedKey, subject: subject('shop') });
const wrongRequest = csr({ key: sharedKey, subject: subject('other') });

const tokenOf = (url: string) => new URL(url).searchParams.get('token') ?? '';

/** The sequences of §3.4 and §4.5 that every generation shares. */
describe.each(generationNames)('tokens of %s', (name) => {
  let instance: Kymulator;
  let client: ConnectorClient;
  beforeAll(async () => {
    instance = await startKymulator({ kyma: releases[name] });
    client = new ConnectorClient(instance, name);
  });
  afterAll(() => instance.close());

  const issue = async (application = 'shop'): Promise<string> => (await client.token(application)).json.token;
  const info = (token: string, application = 'shop') => client.get(client.infoUrl(application, token));
  const sign = (token: string, request = goodRequest) => client.sign(client.signingUrl('shop', token), request);

  test('the info call uses its token up and gives another one, which works for both calls', async () => {
    const t1 = await issue();
    const first = await info(t1);
    expect(first.status).toBe(200);
    expect((await info(t1)).text).toBe(INVALID);
    const t2 = tokenOf(first.json.csrUrl);
    expect(t2).not.toBe(t1);
    const second = await info(t2);
    expect(second.status).toBe(200);
    expect((await sign(t2)).text).toBe(INVALID);
    expect((await sign(tokenOf(second.json.csrUrl))).status).toBe(201);
  });

  test('the first token signs too, without an info call', async () => {
    const token = await issue();
    expect((await sign(token)).status).toBe(201);
    expect((await sign(token)).text).toBe(INVALID);
    expect((await info(token)).text).toBe(INVALID);
  });

  test.each([
    ['an empty body', ''],
    ['no base64', '{"csr":"***"}'],
    ['another name in the request', JSON.stringify({ csr: Buffer.from(wrongRequest).toString('base64') })],
  ])('the token survives a signing call that fails for %s', async (_, body) => {
    const token = await issue();
    const answer = await client.get(client.signingUrl('shop', token), { method: 'POST', body });
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect((await sign(token)).status).toBe(201);
  });

  test.each([
    ['absent', ''],
    ['empty', '?token='],
    ['broken', '?token=%zz'],
    ['under another spelling', '?TOKEN=x'],
  ])('a token that is %s was not provided', async (_, query) => {
    const base = client.infoUrl('shop', 'x').replace(/\?.*/, '');
    expect((await client.get(base + query)).text).toBe(MISSING);
    const signing = client.signingUrl('shop', 'x').replace(/\?.*/, '');
    const answer = await client.get(signing + query, { method: 'POST', body: 'not even JSON' });
    expect([answer.status, answer.text]).toEqual([403, MISSING]);
  });

  test('an unknown token is invalid, and that is found before the body is read', async () => {
    expect((await info('nonsense')).text).toBe(INVALID);
    const answer = await client.get(client.signingUrl('shop', 'nonsense'), { method: 'POST', body: '{' });
    expect([answer.status, answer.text]).toEqual([403, INVALID]);
  });

  test('a token counts with its padding escaped, as the first of several, beside broken parameters', async () => {
    const escaped = (await issue()).replaceAll('=', '%3D');
    expect((await info(escaped)).status).toBe(200);
    expect((await info(`${await issue()}&token=other&x=%zz`)).status).toBe(200);
    expect((await client.get(client.infoUrl('shop', `wrong&token=${await issue()}`))).text).toBe(INVALID);
  });

  test('nobody checks that the application exists', async () => {
    expect((await client.token('never-heard-of')).status).toBe(201);
  });
});

describe.each(early)('tokens of %s are kept by name', (name) => {
  let client: ConnectorClient;
  beforeAll(async () => {
    client = new ConnectorClient(await startKymulator({ kyma: releases[name] }), name);
  });
  afterAll(() => client.instance.close());

  test('a second token replaces the first, also after the info call', async () => {
    const first = await client.token('shop');
    const second = await client.token('shop');
    expect((await client.get(first.json.url)).text).toBe(INVALID);
    const info = await client.get(second.json.url);
    await client.token('shop');
    expect((await client.sign(info.json.csrUrl, goodRequest)).text).toBe(INVALID);
  });

  test('a token of another remote environment is invalid', async () => {
    const { json } = await client.token('other');
    await client.token('shop');
    expect((await client.get(client.infoUrl('shop', json.token))).text).toBe(INVALID);
  });
});

describe.each(current)('tokens of %s stand for themselves', (name) => {
  test('several of one application are live at once', async () => {
    const client = new ConnectorClient(await start({ kyma: releases[name] }), name);
    const tokens = await Promise.all([client.token('shop'), client.token('shop'), client.token('other')]);
    for (const { json } of tokens) expect((await client.get(json.url)).status).toBe(200);
  });
});

const lifetimes = { A1: 60, A2: 60, A3: 5 } as Record<string, number>;

describe.each(generationNames)('the life of tokens of %s', (name) => {
  const minutes = lifetimes[name] ?? 5;

  test(`is ${minutes} minutes, counted anew for the token of the info answer`, async () => {
    const clock = new ManualClock();
    const client = new ConnectorClient(await start({ kyma: releases[name], clock }), name);
    const token = await client.token('shop');
    clock.advance(minutes * MINUTE - 1);
    const info = await client.get(token.json.url);
    expect(info.status).toBe(200);
    clock.advance(minutes * MINUTE - 1);
    expect((await client.get(client.infoUrl('shop', tokenOf(info.json.csrUrl)))).status).toBe(200);
    const late = await client.token('shop');
    clock.advance(minutes * MINUTE);
    expect((await client.get(late.json.url)).text).toBe(INVALID);
  });

  test('below zero is for ever; zero is for ever in 2018 and five minutes later on', async () => {
    const clock = new ManualClock();
    const endless = new ConnectorClient(await start({ kyma: releases[name], clock, appTokenTtl: -1 }), name);
    const zero = new ConnectorClient(await start({ kyma: releases[name], clock, appTokenTtl: 0 }), name);
    const [first, second] = [await endless.token('shop'), await zero.token('shop')];
    clock.advance(10 * 365 * 24 * 60 * MINUTE);
    expect((await endless.get(first.json.url)).status).toBe(200);
    expect((await zero.get(second.json.url)).status).toBe(early.includes(name) ? 200 : 403);
  });
});

test('expired tokens do not pile up in the store', async () => {
  const clock = new ManualClock();
  const instance = await start({ clock });
  const client = new ConnectorClient(instance, 'latest');
  for (let count = 0; count < 10; count++) await client.token('shop');
  clock.advance(6 * MINUTE);
  await client.token('shop');
  const { items } = await instance.store.list({ apiVersion: 'kymulator.local/v1', kind: 'ConnectorToken' });
  expect(items).toHaveLength(1);
});

test('the store holds no token in clear', async () => {
  const instance = await start();
  const { json } = await new ConnectorClient(instance, 'latest').token('shop');
  const { items } = await instance.store.list({ apiVersion: 'kymulator.local/v1', kind: 'ConnectorToken' });
  expect(items).toHaveLength(1);
  expect(JSON.stringify(items)).not.toContain(json.token);
});
