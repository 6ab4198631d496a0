import { once } from 'node:events';
import { connect } from 'node:net';
import { resolve } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { ensureApplication } from '../../src/control/applications.ts';
import { ManualClock } from '../../src/core/clock.ts';
import { createLogger, type LogLevel } from '../../src/core/log.ts';
import { openListener } from '../../src/edges/listener.ts';
import { annotate } from '../../src/http/annotations.ts';
import { type KymulatorOptions, startKymulator } from '../../src/kymulator.ts';
import { call } from '../support/call.ts';
import { ConnectorClient, sharedKey } from '../support/connector.ts';
import { edge } from '../support/instance.ts';
import { csr, slashSubject } from '../support/openssl.ts';

type Line = Readonly<Record<string, unknown>>;

/** A logger, and the exchanges that it was told of. */
async function exchangeLog(level: LogLevel = 'debug') {
  const lines: Line[] = [];
  const stream = { write: (text: string) => lines.push(JSON.parse(text)) };
  const log = await createLogger({ level, format: 'json', stream });
  /** The line of an exchange is written when the connection has let go of it, a moment after its answer. */
  const found = async (is: (line: Line) => boolean) => {
    for (;;) {
      const line = lines.find((candidate) => candidate.msg === 'exchange' && is(candidate));
      if (line) return line;
      await new Promise(setImmediate);
    }
  };
  return { log, lines, found };
}

test('an exchange is one line with what is known about it, at the level debug alone', async () => {
  for (const level of ['debug', 'info'] as const) {
    const { log, lines, found } = await exchangeLog(level);
    let read = 0;
    const listener = await openListener({
      name: 'test',
      flag: '--test-port',
      host: '127.0.0.1',
      port: 0,
      log: log.child({ edge: 'test' }),
      handle(request, response) {
        annotate(request, {
          get application() {
            read++;
            return 'x'.repeat(1000);
          },
        });
        request.url = '/rewritten';
        response.writeHead(404).end(() => log.info('answered'));
      },
    });
    onTestFinished(() => listener.close());
    await call(`http://localhost:${listener.port}/a/b?token=secret`, { method: 'PUT' });
    if (level === 'debug') {
      expect(await found(() => true)).toEqual({
        level: 'debug',
        time: expect.any(String),
        edge: 'test',
        method: 'PUT',
        path: '/a/b',
        status: 404,
        ms: expect.any(Number),
        application: 'x'.repeat(256),
        msg: 'exchange',
      });
    } else {
      await listener.close();
      expect(lines.map(({ msg }) => msg)).toEqual(['answered']);
      expect(read).toBe(0);
    }
  }
});

test('a connection that is closed without an answer is a line without a status', async () => {
  const { log, found } = await exchangeLog();
  const options = { name: 'test', flag: '--test-port', host: '127.0.0.1', port: 0, log };
  const listener = await openListener({ ...options, handle: (request) => void request.socket.destroy() });
  onTestFinished(() => listener.close());
  await expect(call(`http://localhost:${listener.port}/`)).rejects.toThrow();
  expect(await found(() => true)).not.toHaveProperty('status');
});

test('a connection that changes its protocol is a line when it ends', async () => {
  const { log, found } = await exchangeLog();
  const options = { name: 'test', flag: '--test-port', host: '127.0.0.1', port: 0, log };
  const upgrade = (_: unknown, socket: { end(text: string): unknown }) =>
    void socket.end('HTTP/1.1 101 Switching Protocols\r\n\r\n');
  const listener = await openListener({ ...options, handle: (_, response) => void response.end(), upgrade });
  onTestFinished(() => listener.close());
  const socket = connect(listener.port, '127.0.0.1');
  socket.write('GET /up HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n');
  await once(socket.resume(), 'close');
  expect(await found(() => true)).toMatchObject({ method: 'GET', path: '/up', upgrade: 'x', ms: expect.any(Number) });
});

/** An instance whose exchanges are lines. */
async function watched(options: KymulatorOptions = {}) {
  const { log, lines, found } = await exchangeLog();
  const instance = await startKymulator({ ...options, log });
  onTestFinished(() => instance.close());
  /** Does something, and gives the line of the exchange that an edge has had with it. */
  const lineOf = async (edgeName: string, action: () => Promise<unknown>) => {
    const from = lines.length;
    await action();
    return found((line) => line.edge === edgeName && lines.indexOf(line) >= from);
  };
  const exchanges = () => lines.filter(({ msg }) => msg === 'exchange');
  return { instance, lines, exchanges, lineOf, client: new ConnectorClient(instance, 'latest') };
}

test('what became of a token is known, though every client hears the same', async () => {
  const clock = new ManualClock();
  const { client, lineOf, instance, lines } = await watched({ clock });
  const info = (token: string) => lineOf('connector', () => client.get(client.infoUrl('shop', token)));
  const first = (await client.token('shop')).json.token;
  expect(await info(first)).toMatchObject({
    status: 200,
    part: 'connector',
    route: '/v1/applications/signingRequests/info',
    tokenOutcome: 'accepted',
    application: 'shop',
  });
  const refused = { status: 403, code: 'TOKEN_INVALID', reason: 'Invalid token.' };
  expect(await info(first)).toMatchObject({ ...refused, tokenOutcome: 'used' });
  expect(await info('nonsense')).toMatchObject({ ...refused, tokenOutcome: 'unknown' });
  const second = (await client.token('shop')).json.token;
  clock.advance(60 * 60_000);
  expect(await info(second)).toMatchObject({ ...refused, tokenOutcome: 'expired' });

  const early = (name: string) => client.internal(`/v1/remoteenvironments/${name}/tokens`, { method: 'POST' });
  const named = (name: string, token: string) =>
    lineOf('connector', () =>
      client.get(`${instance.urls.connector}/v1/remoteenvironments/${name}/info?token=${token}`),
    );
  const [old, newer, others] = [await early('ec'), await early('ec'), await early('hb')].map(({ json }) => json.token);
  expect(await named('ec', old)).toMatchObject({ tokenOutcome: 'replaced' });
  expect(await named('ec', others)).toMatchObject({ tokenOutcome: 'of another application' });
  expect(await named('ec', newer)).toMatchObject({ tokenOutcome: 'accepted', application: 'ec' });
  for (const token of [first, second, old, newer, others]) expect(JSON.stringify(lines)).not.toContain(token);
});

test('of two that sign with one token at once, the other is told as one with a used token', async () => {
  const { client, lines } = await watched();
  const { json } = await client.token('shop');
  const info = (await client.get(client.infoUrl('shop', json.token))).json;
  const request = csr({ key: sharedKey, subject: slashSubject(info.certificate.subject) });
  const statuses = (await Promise.all([1, 2, 3].map(() => client.sign(info.csrUrl, request)))).map(
    ({ status }) => status,
  );
  expect(statuses.sort()).toEqual([201, 403, 403]);
  const outcomes = () =>
    lines
      .filter(({ msg, path }) => msg === 'exchange' && path === '/v1/applications/certificates')
      .map((line) => [line.status, line.tokenOutcome]);
  await expect
    .poll(() => outcomes().sort())
    .toEqual([
      [201, 'accepted'],
      [403, 'used'],
      [403, 'used'],
    ]);
});

test('every part says what it knows', async () => {
  const { client, instance, lineOf, lines } = await watched({ kyma: '1.0.0' });
  const { identity } = await client.pair('shop');
  const ca = instance.ca.certificate;
  const services = `${instance.urls.gateway}/shop/v1/metadata/services`;

  expect(await lineOf('gateway', () => call(services, { ca }))).toMatchObject({
    status: 400,
    code: 'CERTIFICATE_REFUSED',
    reason: 'no certificate was sent',
  });
  expect(await lineOf('gateway', () => call(services, { ca, ...identity }))).toMatchObject({
    status: 404,
    code: 'PATH_UNKNOWN',
    certificate: 'trusted',
    client: expect.stringContaining('CN=shop,'),
  });
  await ensureApplication(instance.store, 'other');
  const others = services.replace('/shop/', '/other/');
  expect(await lineOf('gateway', () => call(others, { ca, ...identity }))).toMatchObject({
    status: 403,
    part: 'validator',
    application: 'other',
    code: 'VALIDATOR_REFUSED',
    reason: 'the client certificate is not for this application',
  });
  const target = 'https://user:pa55word@localhost:1/';
  await ensureApplication(instance.store, 'shop');
  const body = JSON.stringify({ provider: 'p', name: 'n', description: 'd', api: { targetUrl: target } });
  expect(await lineOf('gateway', () => call(services, { ca, ...identity, method: 'POST', body }))).toMatchObject({
    status: 200,
    part: 'registry',
    application: 'shop',
    route: '/:application/v1/metadata/services',
  });
  expect(await lineOf('gateway', () => call(`${services}/x?y=z`, { ca, ...identity }))).toMatchObject({
    path: '/shop/v1/metadata/services/x',
    status: 404,
    code: 'SERVICE_UNKNOWN',
    reason: expect.stringContaining('x'),
  });
  const elsewhere = { headers: { Host: 'example.com' } };
  expect(await lineOf('internal', () => client.internal('/', elsewhere))).toMatchObject({
    status: 421,
    code: 'HOST_UNKNOWN',
    reason: expect.stringContaining('no proxy to other hosts'),
  });
  const pods = `${instance.kubernetes.url}/api/v1/namespaces/default/pods`;
  expect(await lineOf('kubernetes', () => call(pods, { ca }))).toMatchObject({
    status: 401,
    part: 'kubernetes',
    code: 'Unauthorized',
    verb: 'list',
    resource: 'pods',
    namespace: 'default',
  });
  const headers = { Authorization: `Bearer ${instance.kubernetes.token}` };
  const application = '/apis/applicationconnector.kyma-project.io/v1alpha1/applications/hop';
  expect(await lineOf('kubernetes', () => call(instance.kubernetes.url + application, { ca, headers }))).toMatchObject({
    status: 404,
    user: 'kymulator-admin',
    verb: 'get',
    resource: 'applications.applicationconnector.kyma-project.io/hop',
    reason: expect.stringContaining('"hop" not found'),
  });
  expect(await lineOf('control', () => call(`${edge(instance, 'control')}/v1/x`))).toMatchObject({
    status: 404,
    part: 'control',
    code: 'NOT_FOUND',
  });
  const basic = `${edge(instance, 'external-system')}/v1/api/basic/ok`;
  expect(await lineOf('external-system', () => call(basic))).toMatchObject({
    status: 403,
    part: 'external-system',
    route: '/v1/api/basic/ok',
    code: 'LOGIN_REFUSED',
  });
  for (const secret of ['pa55word', instance.kubernetes.token]) expect(JSON.stringify(lines)).not.toContain(secret);
});

test('calls to other systems are part of the exchange for which they were made', async () => {
  const { client, instance, lineOf, exchanges } = await watched();
  const { identity } = await client.pair('shop');
  await ensureApplication(instance.store, 'shop');
  const ca = instance.ca.certificate;
  const services = `${instance.urls.gateway}/shop/v1/metadata/services`;
  const system = edge(instance, 'external-system');
  const secured = {
    targetUrl: system,
    specificationUrl: `${system}/v1/health?key=pa55word`,
    specificationCredentials: {
      oauth: { url: `${system}/v1/api/oauth/token?key=pa55word`, clientId: 'clientID', clientSecret: 'clientSecret' },
    },
  };
  const withSpecification = JSON.stringify({ provider: 'p', name: 's', description: 'd', api: secured });
  expect(
    await lineOf('gateway', () => call(services, { ca, ...identity, method: 'POST', body: withSpecification })),
  ).toMatchObject({
    status: 200,
    calls: [
      { purpose: 'login', target: `${system}/v1/api/oauth/token`, status: 200, ms: expect.any(Number) },
      { purpose: 'specification', target: `${system}/v1/health`, status: 200, ms: expect.any(Number) },
    ],
  });
  const broken = withSpecification.replaceAll(system, 'http://localhost:1');
  expect(
    await lineOf('gateway', () => call(services, { ca, ...identity, method: 'POST', body: broken })),
  ).toMatchObject({
    // With the token that was fetched before.
    calls: [
      {
        purpose: 'specification',
        target: 'http://localhost:1/v1/health',
        failure: expect.stringContaining('REFUSED'),
      },
    ],
  });
  expect(JSON.stringify(exchanges())).not.toContain('pa55word');
});

test('a call through the Application Gateway says which service it was for, and what came of it', async () => {
  const demo = resolve(import.meta.dirname, '../../fixtures/demo');
  const { instance, lineOf, exchanges } = await watched({ seed: [demo] });
  const system = edge(instance, 'external-system');
  const gateway = edge(instance, 'application-gateway');
  const ms = expect.any(Number);
  const calling = (path: string) => lineOf('application-gateway', () => call(gateway + path));
  expect(await calling('/secured/csrf-oauth?key=pa55word')).toMatchObject({
    path: '/secured/csrf-oauth',
    status: 200,
    part: 'application-gateway',
    application: 'secured',
    service: 'csrf-oauth-5bfba',
    calls: [
      { purpose: 'login', target: `${system}/v1/api/oauth/token`, status: 200, ms },
      { purpose: 'login', target: `${system}/v1/api/csrf/token`, status: 200, ms },
      { purpose: 'target', target: system, status: 200, ms },
    ],
  });
  expect(await calling('/secured/nothing/x')).toMatchObject({
    status: 404,
    part: 'application-gateway',
    reason: expect.stringContaining('nothing'),
  });
  await instance.store.patch(
    { apiVersion: 'applicationconnector.kyma-project.io/v1alpha1', kind: 'Application', name: 'secured' },
    {
      spec: {
        services: [
          {
            id: 'i',
            name: 'gone',
            displayName: 'gone',
            entries: [{ type: 'API', targetUrl: 'http://localhost:1/?key=pa55word' }],
          },
        ],
      },
    },
  );
  expect(await calling('/secured/gone/x')).toMatchObject({
    status: 502,
    service: 'gone',
    calls: [{ purpose: 'target', target: 'http://localhost:1', ms, failure: expect.stringContaining('REFUSED') }],
  });
  expect(JSON.stringify(exchanges())).not.toContain('pa55word');
});
