import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { ManualClock } from '../../../src/core/clock.ts';
import { gatewayDefaults } from '../../../src/gateway/proxy-site.ts';
import type { EntryCredentials } from '../../../src/gateway/routing/lookup.ts';
import { type Answer, header, json, open, secured } from '../secured.ts';
import { rawTarget, type StartOptions, startGateway } from '../start.ts';

const start = (targetUrl: string, credentials: EntryCredentials | undefined, options: StartOptions = {}) =>
  startGateway('', {
    secrets: { creds: { username: 'u', password: 'p', clientId: 'c', clientSecret: 's' } },
    ...options,
    spec: { services: [{ name: 'svc', displayName: 'svc', entries: [{ type: 'API', targetUrl, credentials }] }] },
  });

/** Refuses the first calls, and says which call this is. */
const refusing = (times: number, status = 401): Answer => {
  let calls = 0;
  return (_, response) => void response.writeHead(++calls > times ? 200 : status).end(`call ${calls}`);
};

const tokens = (): Answer => {
  let count = 0;
  return (_, response) => json(response, { access_token: `t${++count}` });
};

test.each([
  ['GET', 401],
  ['POST', 401],
  ['PUT', 403],
  ['DELETE', 403],
  ['PROPFIND', 401],
])('%s is sent once more after %i, the same in every part', async (method, status) => {
  const target = await secured(refusing(1, status));
  const gateway = await start(target.url, undefined);
  const body = method === 'GET' ? undefined : 'x'.repeat(100_000);
  // Node's client would not announce the body of a DELETE.
  const length = body && { 'Content-Length': String(body.length) };
  const answer = await gateway.ask({ method, path: '/app/svc/a?b=1', headers: { 'X-A': '1', ...length }, body });
  expect([answer.status, answer.text]).toEqual([200, 'call 2']);
  expect(target.seen[0]?.line).toBe(`${method} /a?b=1`);
  expect(target.seen[0]?.body).toBe(body ?? '');
  expect(target.seen[1]).toEqual(target.seen[0]);
});

test("the second answer is the client's, whatever it is", async () => {
  const target = await secured(refusing(2));
  const gateway = await start(target.url, { type: 'Basic', secretName: 'creds' });
  const answer = await gateway.ask({ path: '/app/svc' });
  expect([answer.status, answer.text, target.seen.length]).toEqual([401, 'call 2', 2]);
});

test('the whole second answer arrives, however large', async () => {
  const large = randomBytes(5 * 1024 * 1024);
  let calls = 0;
  const target = await secured((_, response) => void response.writeHead(++calls > 1 ? 200 : 401).end(large));
  const gateway = await start(target.url, undefined);
  const answer = await gateway.ask({ path: '/app/svc' });
  expect([answer.status, answer.bytes.equals(large)]).toEqual([200, true]);
});

test('a refused token is dropped and fetched anew, also for the calls after it', async () => {
  const token = await secured(tokens());
  const target = await secured((seen, response) => {
    response.writeHead(header(seen, 'authorization')[0] === 'Bearer t1' ? 401 : 200).end();
  });
  const gateway = await start(target.url, { type: 'OAuth', secretName: 'creds', authenticationUrl: token.url });
  expect((await gateway.ask({ path: '/app/svc' })).status).toBe(200);
  expect((await gateway.ask({ path: '/app/svc' })).status).toBe(200);
  expect(target.seen.map((seen) => header(seen, 'authorization')[0])).toEqual(['Bearer t1', 'Bearer t2', 'Bearer t2']);
});

test('a refused CSRF token is fetched anew, and cookies of the first one stay', async () => {
  let count = 0;
  const csrf = await secured((_, response) => {
    count++;
    response.setHeader('X-Csrf-Token', `c${count}`).setHeader('Set-Cookie', [`n${count}=${count}`, `s=${count}`]);
    response.end();
  });
  const target = await secured(refusing(1, 403));
  const credentials = { type: 'Basic', secretName: 'creds', csrfInfo: { tokenEndpointURL: csrf.url } };
  const gateway = await start(target.url, credentials);
  await gateway.ask({ path: '/app/svc', headers: { Cookie: 'z=9' } });
  expect(target.seen.map((seen) => [header(seen, 'x-csrf-token')[0], header(seen, 'cookie')[0]])).toEqual([
    ['c1', 'n1=1; s=1; z=9'],
    ['c2', 'n2=2; s=2; n1=1; z=9'],
  ]);
});

test('a login that fails for the second call is an empty 502', async () => {
  let status = 200;
  const token = await secured((_, response) => json(response, { access_token: 't' }, status));
  const target = await secured((_, response) => {
    status = 500;
    response.writeHead(401).end('no');
  });
  const gateway = await start(target.url, { type: 'OAuth', secretName: 'creds', authenticationUrl: token.url });
  const answer = await gateway.ask({ path: '/app/svc' });
  expect([answer.status, answer.text, answer.headers['content-type']]).toEqual([502, '', undefined]);
});

test.each<[type: string | undefined, authorizations: (string | undefined)[]]>([
  [undefined, ['Bearer mine', 'Bearer mine']],
  ['Basic', ['Bearer mine', `Basic ${Buffer.from('u:p').toString('base64')}`]],
  ['OAuth', ['Bearer mine', 'Bearer t1']],
])('the Access-Token of the client goes first, then the configured %s', async (type, authorizations) => {
  const token = await secured(tokens());
  const target = await secured(refusing(1));
  const credentials = type === undefined ? undefined : { type, secretName: 'creds', authenticationUrl: token.url };
  const gateway = await start(target.url, credentials);
  const headers = ['access-token', 'Bearer mine', 'ACCESS-TOKEN', 'Bearer second', 'Authorization', 'own', 'Host', 'x'];
  expect((await gateway.ask({ path: '/app/svc', headers })).status).toBe(200);
  expect(target.seen.map((seen) => header(seen, 'authorization')[0])).toEqual(authorizations);
  expect(target.seen.flatMap((seen) => header(seen, 'access-token'))).toEqual([]);
});

test.each([
  ['announced', { 'Content-Length': '2000' }],
  ['chunked', { 'Transfer-Encoding': 'chunked' }],
])("a body beyond the limit, %s, is sent once, and the first answer is the client's", async (_, headers) => {
  const target = await secured(refusing(1));
  const gateway = await start(target.url, undefined, { settings: { retryBodyLimit: 1999 } });
  const answer = await gateway.ask({ method: 'POST', path: '/app/svc', headers, body: 'x'.repeat(2000) });
  expect([answer.status, answer.text, target.seen.length]).toEqual([401, 'call 1', 1]);
});

test('a refusal during the upload starts the second call with the body from its beginning', async () => {
  const bodies: string[] = [];
  const refused = Promise.withResolvers<void>();
  const server = createServer((incoming, response) => {
    const at = bodies.push('') - 1;
    incoming.on('error', () => {});
    incoming.on('data', (chunk) => {
      bodies[at] += chunk;
      if (at === 0 && !response.headersSent) response.writeHead(401).end('no');
      else if (at === 1) refused.resolve();
    });
    incoming.on('end', () => at === 1 && response.end('done'));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const gateway = await start(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, undefined);
  const outgoing = request({ host: '127.0.0.1', port: gateway.port, path: '/app/svc', method: 'POST', agent: false });
  outgoing.write('first ');
  await refused.promise;
  outgoing.end('second');
  const [answer] = await once(outgoing, 'response');
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk);
  expect([answer.statusCode, Buffer.concat(chunks).toString(), bodies]).toEqual([
    200,
    'done',
    ['first ', 'first second'],
  ]);
});

test('the second call has the whole time again', async () => {
  const clock = new ManualClock(0);
  let calls = 0;
  const target = await rawTarget((socket) => {
    if (++calls === 1) socket.write('HTTP/1.1 401 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
  });
  const gateway = await start(target.url, undefined, { clock });
  const answer = gateway.ask({ path: '/app/svc' });
  await expect.poll(() => target.received.length).toBe(2);
  clock.advance(gatewayDefaults.proxyTimeout - 1);
  clock.advance(1);
  expect((await answer).status).toBe(504);
});

test('an endless refusal does not keep its connection', async () => {
  let calls = 0;
  const target = await rawTarget((socket) => {
    if (++calls > 1) return void socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
    socket.write('HTTP/1.1 401 No\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n');
  });
  const gateway = await start(target.url, undefined);
  expect((await gateway.ask({ path: '/app/svc' })).text).toBe('ok');
  await expect.poll(() => target.sockets[0]?.destroyed).toBe(true);
});

test('an open call is not made twice when it is let in', async () => {
  const target = await secured(open);
  const gateway = await start(target.url, undefined);
  await gateway.ask({ method: 'POST', path: '/app/svc', body: 'x' });
  expect(target.seen.length).toBe(1);
});
