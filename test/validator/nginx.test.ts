import { describe, expect, test } from 'vitest';
import { startValidator, subject } from './start.ts';

const services = '/shop/v1/metadata/services';
const shop = subject('C=DE,ST=Waldorf,L=Waldorf,O=Organization,OU=OrgUnit,CN=shop');
const inTenant = { shop: { tenant: 'acme', group: 'retail' } };

const forbidden = [
  '<html>',
  '<head><title>403 Forbidden</title></head>',
  '<body bgcolor="white">',
  '<center><h1>403 Forbidden</h1></center>',
  '<hr><center>nginx</center>',
  '</body>',
  '</html>',
  '',
].join('\r\n');

describe.each(['0.4.3', '0.5.0', '0.6.1', '0.7.0', '0.8.0', '0.9.1', '1.0.0', '1.1.0'])('in front of %s', (release) => {
  test('the certificate of the application reaches the registry and the events', async () => {
    const { outside } = await startValidator(release);
    expect((await outside(`${services}?a=b`, shop)).json).toEqual({
      name: 'metadata',
      url: `${services}?a=b`,
      method: 'GET',
    });
    expect((await outside('/shop/v1/events', shop, { method: 'POST' })).json.name).toBe('events');
  });

  test('another subject gets the 403 page', async () => {
    const { outside } = await startValidator(release);
    for (const other of ['CN=other', 'CN=shopping', 'CN=SHOP', 'O=shop', 'CN=shop\\,x']) {
      const answer = await outside(services, subject(other));
      expect([other, answer.status, answer.headers['content-type'], answer.text]).toEqual([
        other,
        403,
        'text/html',
        forbidden,
      ]);
    }
  });

  test('an application that nobody made, and a path that nobody serves, lead to the default backend', async () => {
    const { outside, validator } = await startValidator(release);
    for (const path of ['/other/v1/metadata/services', '/shop/v2/events', '/shop', '/']) {
      const answer = await outside(path, shop);
      expect([path, answer.status, answer.text]).toEqual([path, 404, 'default backend - 404']);
      expect(validator.routes(path)).toBe(false);
    }
    expect(validator.routes(services)).toBe(true);
  });

  test('a body over the limit gets the 413 page', async () => {
    const { outside } = await startValidator(release);
    const limit = /^0\.[4-6]/.test(release) ? 1024 * 1024 : 5 * 1024 * 1024;
    const post = (size: number) => outside(services, shop, { method: 'POST', body: Buffer.alloc(size) });
    expect((await post(limit)).status).toBe(200);
    const answer = await post(limit + 1);
    expect([answer.status, answer.text.includes('413 Request Entity Too Large')]).toEqual([413, true]);
  });
});

const tenantRows: readonly [release: string, subject: string, status: number][] = [
  ['0.7.0', 'CN=shop', 200],
  ['0.7.0', 'CN=acme;retail;shop', 403],
  ['0.8.0', 'CN=shop', 403],
  ['0.8.0', 'CN=acme;retail;shop', 200],
  ['0.9.1', 'CN=acme;other;shop', 403],
  ['1.0.0', 'CN=shop', 403],
  ['1.0.0', 'O=acme,OU=retail,CN=shop', 200],
  ['1.1.0', 'O=acme,OU=other,CN=shop', 403],
  ['1.1.0', 'O=acme,OU=retail,CN=other', 403],
];

test.each(tenantRows)('with tenant and group %s answers the subject %s with %i', async (release, text, status) => {
  const plain = await startValidator(release, { applications: inTenant });
  expect((await plain.outside(services, subject(text))).status).toBe(status);
  const quirky = await startValidator(release, { applications: inTenant, quirks: true });
  expect((await quirky.outside(services, subject(text))).status).toBe(status);
});

test('only with quirks the subject is a text in which the name may stand anywhere', async () => {
  const odd = subject('O=CN=shop,CN=other');
  const plain = await startValidator('0.4.3');
  expect((await plain.outside(services, odd)).status).toBe(403);
  const quirky = await startValidator('0.4.3', { quirks: true });
  expect((await quirky.outside(services, odd)).status).toBe(200);
});

test('an application that is made or removed is let in or kept out at once', async () => {
  const { outside, create, store, kind } = await startValidator('1.1.0');
  const path = '/late/v1/metadata/services';
  const late = subject('CN=late');
  expect((await outside(path, late)).status).toBe(404);
  await create('late', {});
  expect((await outside(path, late)).status).toBe(200);
  await store.delete({ ...kind, name: 'late' });
  expect((await outside(path, late)).status).toBe(404);
});
