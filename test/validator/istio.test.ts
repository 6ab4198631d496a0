import type { RequestListener } from 'node:http';
import { describe, expect, test } from 'vitest';
import { certificateOf, startValidator, subject } from './start.ts';

const services = '/shop/v1/metadata/services';
const shop = subject('C=DE,O=Organization,OU=OrgUnit,CN=shop');
const header = (text: string) =>
  `Hash=ab12;Subject="${text}";URI=,By=spiffe://cluster.local/ns/kyma-integration/sa/default;Hash=cd34;Subject="";URI=spiffe://cluster.local/ns/istio-system/sa/istio-ingressgateway-service-account`;

const perApplication = ['1.2.0', '1.4.0', '1.7.0', '1.9.0', '1.19.0', '1.20.0', '1.24.0'];
const central = ['2.0.0', '2.2.0', '2.3.0', '2.10.0', '2.17.0', 'latest'];
const isLate = (release: string) => release === 'latest' || /^(?:2|1\.2\d)\./.test(release);
const capital = (release: string, text: string) => (isLate(release) ? text : text[0]?.toUpperCase() + text.slice(1));

describe.each([...perApplication, ...central])('the validator of %s', (release) => {
  test('lets the certificate of the application in, by certificate outside and by header inside', async () => {
    const { outside, inside } = await startValidator(release);
    expect((await outside('/shop/v1/events', shop)).json.name).toBe('events');
    expect((await inside('/shop/v1/events', header('CN=shop,OU=OrgUnit,O=Organization,C=DE'))).json.name).toBe(
      'events',
    );
  });

  test('refuses another subject', async () => {
    const { outside, inside } = await startValidator(release);
    const text = capital(release, 'no valid subject found');
    for (const answer of [
      await outside(services, subject('CN=other')),
      await outside(services, subject('O=shop')),
      await inside(services, header('CN=other')),
      await inside(services, 'Hash=1;Subject=""'),
      await inside(services, header('O=x, CN=shop')),
    ]) {
      expect([answer.status, answer.headers['content-type'], answer.text]).toEqual([
        403,
        'application/json;charset=UTF-8',
        `{"code":403,"error":"${text}"}\n`,
      ]);
    }
  });

  test('inside it wants the header before anything else', async () => {
    const { inside } = await startValidator(release);
    for (const [path, value] of [
      [services, undefined],
      ['/nobody/v1/events', ''],
    ] as const) {
      const answer = await inside(path, value);
      expect([answer.status, answer.json.error]).toEqual([500, 'X-Forwarded-Client-Cert header not found']);
    }
  });

  test('answers paths without an application inside like a Go router', async () => {
    const { inside } = await startValidator(release);
    for (const path of ['/', '/shop']) {
      const answer = await inside(path, header('CN=shop'));
      expect([answer.status, answer.text, answer.headers['x-content-type-options']]).toEqual([
        404,
        '404 page not found\n',
        'nosniff',
      ]);
    }
    const doubled = await inside('//shop//v1/events?a=b', header('CN=shop'));
    expect([doubled.status, doubled.headers.location]).toEqual([301, '/shop/v1/events?a=b']);
  });

  test('leads a path that is no service nowhere', async () => {
    const { inside } = await startValidator(release);
    const answer = await inside('/shop/v1/other', header('CN=shop'));
    const text = isLate(release)
      ? 'could not determine destination host, requested resource not found'
      : 'Could not determine destination host. Requested resource not found';
    expect([answer.status, answer.json.error]).toEqual([404, text]);
  });

  test('an event service that is down gives an empty 502', async () => {
    const { outside } = await startValidator(release, { events: false });
    const answer = await outside('/shop/v1/events', shop);
    expect([answer.status, answer.text, answer.headers['content-type']]).toEqual([502, '', undefined]);
  });
});

const metadataRows: readonly [release: string, status: number][] = [
  ['1.2.0', 200],
  ['1.24.0', 200],
  ['2.2.0', 200],
  ['2.3.0', 404],
  ['2.17.0', 404],
  ['latest', 200],
];

test.each(metadataRows)('%s answers /v1/metadata with %i', async (release, status) => {
  const { outside, validator } = await startValidator(release);
  expect(validator.routes(services)).toBe(true);
  const answer = await outside(services, shop);
  expect(answer.status).toBe(status);
  if (status === 404) {
    expect(answer.json.error).toBe('could not determine destination host, requested resource not found');
  }
});

test.each(perApplication)('%s has no route for an unknown application', async (release) => {
  const { outside, validator } = await startValidator(release);
  const answer = await outside('/other/v1/metadata/services', subject('CN=other'));
  expect([answer.status, answer.text, answer.headers.server]).toEqual([404, '', 'istio-envoy']);
  expect(validator.routes('/other/v1/metadata/services')).toBe(false);
});

const inCache = 'is not found in the cache. Please retry';
const unknownRows: readonly [release: string, status: number, text: string][] = [
  [
    '1.7.0',
    500,
    'Failed to get Application ClientIds: failed to get other application: applications.applicationconnector.kyma-project.io "other" not found',
  ],
  ['1.19.0', 500, `Failed to get Application ClientIds: Application with name other ${inCache}.`],
  ['1.20.0', 500, `while getting application ClientIds: application with name other ${inCache}`],
  ['2.0.0', 500, `while getting application ClientIds: application with name other ${inCache}`],
  ['2.9.0', 500, `while getting application ClientIds: application with name other ${inCache}`],
  ['2.10.0', 404, `while getting application ClientIds: application with name other ${inCache}`],
  ['2.17.0', 404, `while getting application ClientIds: application data for name other ${inCache}`],
  ['latest', 404, `while getting application ClientIds: application data for name other ${inCache}`],
];

test.each(unknownRows)('%s answers an unknown application with %i %s', async (release, status, text) => {
  const { inside, outside } = await startValidator(release);
  const answer = await inside('/other/v1/events', header('CN=nobody'));
  expect([answer.status, answer.json.error]).toEqual([status, text]);
  if (!release.startsWith('1.')) {
    const fromOutside = await outside('/other/v1/events', subject('CN=nobody'));
    expect([fromOutside.status, fromOutside.json.error]).toEqual([status, text]);
  }
});

const withIds = { compassMetadata: { authentication: { clientIds: ['id-1', 'id-2'] } } };
const both = { tenant: 'acme', group: 'retail' };
const subjectRows: readonly [release: string, spec: object, subject: string, status: number][] = [
  ['1.2.0', both, 'CN=shop', 403],
  ['1.2.0', both, 'O=acme,OU=retail,CN=shop', 200],
  ['1.2.0', { tenant: 'acme' }, 'CN=shop', 200],
  ['1.6.0', withIds, 'CN=shop', 200],
  ['1.7.0', withIds, 'CN=shop', 403],
  ['1.7.0', withIds, 'CN=id-2', 200],
  ['1.24.0', { ...withIds, ...both }, 'CN=id-1', 403],
  ['1.24.0', { ...withIds, ...both }, 'O=acme,OU=retail,CN=id-1', 200],
  ['2.0.0', both, 'CN=shop', 200],
  ['latest', withIds, 'CN=id-1', 200],
  ['latest', withIds, 'CN=shop', 403],
  ['latest', { compassMetadata: { authentication: { clientIds: [] } } }, 'CN=shop', 200],
];

test.each(subjectRows)('%s with %j answers the subject %s with %i', async (release, spec, text, status) => {
  const { outside, inside } = await startValidator(release, { applications: { shop: spec } });
  expect((await outside('/shop/v1/events', subject(text))).status).toBe(status);
  const reversed = text.split(',').reverse().join(',');
  expect((await inside('/shop/v1/events', header(reversed))).status).toBe(status);
});

const routeRows: readonly [release: string, path: string, routed: boolean][] = [
  ['1.2.0', '/shop/v1/metadataX', true],
  ['1.2.0', '/shop/v2/events', false],
  ['1.4.0', '/shop/v2/events', true],
  ['1.4.0', '/shop/events', false],
  ['1.9.0', '/shop/events', true],
  ['2.0.0', '/anything/v1/metadata', true],
  ['2.0.0', '/shop/v1/metadata/', true],
  ['2.0.0', '/shop/v1/metadataX', false],
  ['latest', '/shop/events/x', true],
  ['latest', '/shop/v3/events', false],
  ['latest', '/shop', false],
  ['latest', '//v1/events', false],
];

test.each(routeRows)('the gateway of %s leads %s to the validator: %s', async (release, path, routed) => {
  const { validator, outside } = await startValidator(release);
  expect(validator.routes(path)).toBe(routed);
  if (!routed) expect((await outside(path, shop)).status).toBe(404);
});

const forwardRows: readonly [release: string, path: string, url: string][] = [
  ['1.9.0', '/shop/v2/events?a=1', '/shop/v2/events?a=1'],
  ['2.0.0', '/shop/v1/events/subscribed?a=1', '/shop/v1/events/subscribed?a=1'],
  ['latest', '/shop/v2/events/more?a=1', '/publish?a=1'],
  ['latest', '/shop/events', '/publish'],
];

test.each(forwardRows)('%s passes %s on as %s', async (release, path, url) => {
  const { outside } = await startValidator(release);
  expect((await outside(path, shop, { method: 'POST' })).json).toMatchObject({ name: 'events', method: 'POST', url });
});

test('the header with the certificate goes on to the registry, and to events only until 1.10', async () => {
  const value = header('CN=shop');
  for (const [release, events] of [
    ['1.10.0', value],
    ['1.11.0', undefined],
  ] as const) {
    const { inside } = await startValidator(release);
    expect((await inside(services, value)).json.forwarded).toBe(value);
    expect((await inside('/shop/v1/events', value)).json.forwarded).toBe(events);
  }
});

const broken: RequestListener = (_request, response) => {
  response.statusCode = 507;
  response.setHeader('x-kept', 'yes');
  response.end('full');
};

test.each([
  ['2.18.0', 507, undefined],
  ['2.19.0', 502, '507'],
  ['latest', 502, '507'],
])('%s answers a failing event service with %i', async (release, status, original) => {
  const { outside } = await startValidator(release, { events: broken });
  const answer = await outside('/shop/v1/events', shop);
  expect([answer.status, answer.headers['target-system-status'], answer.headers['x-kept'], answer.text]).toEqual([
    status,
    original,
    'yes',
    'full',
  ]);
});

test('a subject with a comma in a value is data; only with quirks it ends the connection', async () => {
  const odd = subject('O=Acme\\, Inc,CN=shop');
  const plain = await startValidator('latest');
  expect((await plain.outside(services, odd)).status).toBe(200);
  expect((await plain.inside(services, header('CN=shop,O=Acme\\, Inc'))).status).toBe(200);
  const quirky = await startValidator('latest', { quirks: true });
  await expect(quirky.outside(services, odd)).rejects.toThrow(/socket hang up|ECONNRESET/);
  await expect(quirky.inside(services, header('CN=shop,O=Acme\\, Inc'))).rejects.toThrow(/socket hang up|ECONNRESET/);
});

test('a name cannot be smuggled in through another part of the subject', async () => {
  const { outside } = await startValidator('latest', { applications: { shop: {}, other: {} } });
  expect((await outside('/other/v1/events', subject('O=x\\,CN=other,CN=shop'))).status).toBe(403);
});

test('an encoded or dotted path is judged by the application that is reached in the end', async () => {
  const { outside } = await startValidator('latest', { applications: { shop: {}, other: {} } });
  const answer = await outside('/shop/v1/events/../../../other/v1/events', shop);
  expect([answer.status, answer.headers.location]).toEqual([301, '/other/v1/events']);
  expect((await outside('/shop%2Fv1/events', shop)).json.name).toBe('events');
  expect((await outside('/other%2Fv1/events', shop)).status).toBe(403);
});

test('an application that is being deleted, or was never installed, is unknown', async () => {
  const { inside, store, kind } = await startValidator('latest');
  await store.patch({ ...kind, name: 'shop' }, { metadata: { finalizers: ['test.local/held'] } });
  await store.delete({ ...kind, name: 'shop' });
  expect((await inside('/shop/v1/events', header('CN=shop'))).status).toBe(404);
  const early = await startValidator('1.24.0', { applications: { shop: { skipInstallation: true } } });
  expect(early.validator.routes(services)).toBe(false);
});

test('outside, no certificate, or one that is not trusted, is as good as no header', async () => {
  for (const release of ['1.24.0', 'latest']) {
    const { send } = await startValidator(release);
    const untrusted = {
      ...certificateOf(shop),
      verdict: { trusted: false, reason: 'foreign', detail: 'issued by somebody' },
    } as const;
    expect((await send(services, { outside: true })).status).toBe(500);
    expect((await send(services, { outside: true, certificate: untrusted })).status).toBe(500);
  }
});
