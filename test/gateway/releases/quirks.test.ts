import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import type { Socket } from 'node:net';
import { beforeAll, expect, test } from 'vitest';
import { ManualClock } from '../../../src/core/clock.ts';
import { parseRelease } from '../../../src/core/release.ts';
import { gatewayDefaults } from '../../../src/gateway/proxy-site.ts';
import { centralGatewayOf } from '../../../src/gateway/releases/central.ts';
import { type Certificates, makeCertificates } from '../certificates.ts';
import { header, open, secured } from '../secured.ts';
import { rawTarget, type StartOptions, startGateway } from '../start.ts';

const TIMEOUT = gatewayDefaults.proxyTimeout;
const start = (targetUrl: string, options: StartOptions = {}) =>
  startGateway(targetUrl, { ...options, settings: { quirks: true, ...options.settings } });

let certificates: Certificates;
beforeAll(() => {
  certificates = makeCertificates();
});

const get = (port: number, path = '/app/svc') => request({ host: '127.0.0.1', port, path, agent: false }).end();

/** What came of a body, and whether it came to its end. */
async function readAll(answer: IncomingMessage): Promise<[text: string, complete: boolean]> {
  let text = '';
  answer.on('data', (chunk: Buffer) => {
    text += chunk;
  });
  answer.on('error', () => {});
  await new Promise((resolve) => answer.once('close', resolve));
  return [text, answer.complete];
}

test('a slow answer arrives in one piece at its end', async () => {
  const target = await rawTarget('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n');
  const gateway = await start(target.url);
  const outgoing = get(gateway.port);
  let arrived = false;
  const answered = once(outgoing, 'response').then(([answer]) => {
    arrived = true;
    return answer;
  });
  await expect.poll(() => target.received.length).toBe(1);
  // The gateway has had the beginning of the one answer when a whole other call is through.
  await gateway.ask({ path: '/app/nobody' });
  expect(arrived).toBe(false);
  target.sockets[0]?.write('1\r\nb\r\n0\r\n\r\n');
  expect(await readAll(await answered)).toEqual(['ab', true]);
});

test('a long answer does not wait for its end', async () => {
  const length = 100_000;
  const target = await rawTarget(`HTTP/1.1 200 OK\r\nContent-Length: ${length}\r\n\r\n${'x'.repeat(5000)}`);
  const gateway = await start(target.url);
  const [answer] = await once(get(gateway.port), 'response');
  await once(answer, 'data');
  target.sockets[0]?.write('x'.repeat(length - 5000));
  const [, complete] = await readAll(answer);
  expect(complete).toBe(true);
});

test.each([
  ['without a length looks complete', 'Transfer-Encoding: chunked\r\n\r\n4\r\npart\r\n', true],
  ['with a length breaks off', 'Content-Length: 9\r\n\r\npart', false],
])('an answer that is still coming when the time is up, %s', async (_, answer, complete) => {
  const clock = new ManualClock(0);
  const target = await rawTarget(`HTTP/1.1 200 OK\r\n${answer}`);
  const gateway = await start(target.url, { clock });
  const answered = once(get(gateway.port), 'response');
  await expect.poll(() => target.received.length).toBe(1);
  await gateway.ask({ path: '/app/nobody' });
  clock.advance(TIMEOUT);
  const [incoming] = await answered;
  expect(await readAll(incoming)).toEqual(['part', complete]);
  await expect.poll(() => target.sockets[0]?.destroyed).toBe(true);
});

test.each([
  ['in the middle of a chunk', 'Transfer-Encoding: chunked\r\n\r\n9\r\npart', 'part'],
  ['with broken gzip', 'Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nnope\r\n0\r\n\r\n', ''],
])('an answer that ends %s looks complete', async (_, answer, text) => {
  const target = await rawTarget((socket) => socket.end(`HTTP/1.1 200 OK\r\n${answer}`));
  const gateway = await start(target.url);
  const told = await gateway.ask({ path: '/app/svc' });
  expect([told.status, told.text]).toEqual([200, text]);
});

test('a client that goes away is not noticed by the target, and the call still has its time-out', async () => {
  const clock = new ManualClock(0);
  const target = await rawTarget(`HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n${'x'.repeat(9000)}`);
  const gateway = await start(target.url, { clock });
  const outgoing = get(gateway.port);
  outgoing.on('error', () => {});
  const [answer] = await once(outgoing, 'response');
  answer.on('error', () => {});
  outgoing.destroy();
  target.sockets[0]?.write('x'.repeat(1000));
  await gateway.ask({ path: '/app/nobody' });
  expect(target.sockets[0]?.destroyed).toBe(false);
  clock.advance(TIMEOUT);
  await expect.poll(() => target.sockets[0]?.destroyed).toBe(true);
});

test('a call that a client has left ends with the answer, and the connection is used again', async () => {
  const target = await rawTarget(undefined);
  const gateway = await start(target.url);
  const outgoing = get(gateway.port);
  outgoing.on('error', () => {});
  await expect.poll(() => target.received.length).toBe(1);
  outgoing.destroy();
  await gateway.ask({ path: '/app/nobody' });
  target.sockets[0]?.write('HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx');
  await gateway.ask({ path: '/app/nobody' });
  const again = gateway.ask({ path: '/app/svc' });
  await expect.poll(() => target.received[0]?.split('GET ').length).toBe(3);
  target.sockets[0]?.write('HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\ny');
  expect((await again).text).toBe('y');
});

/** Refuses the first call and answers the second as told. */
function refusingFirst(then: (socket: Socket) => void) {
  let calls = 0;
  return rawTarget((socket) => {
    if (calls++ === 0) socket.write('HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n');
    else then(socket);
  });
}

test.each([
  ['chunked and to be continued', 'Transfer-Encoding: chunked\r\n\r\n4\r\nearl', ['earl', true]],
  ['with a length and to be continued', 'Content-Length: 8\r\n\r\nearl', ['earl', false]],
  ['all there', 'Content-Length: 8\r\n\r\nall here', ['all here', true]],
])('of a repeated answer that is %s only the first read is delivered', async (_, first, expected) => {
  const target = await refusingFirst((socket) => socket.write(`HTTP/1.1 200 OK\r\n${first}`));
  const gateway = await start(target.url);
  const [answer] = await once(get(gateway.port), 'response');
  expect(await readAll(answer)).toEqual(expected);
});

test('of a long repeated answer the first read is delivered in every release', async () => {
  for (const release of ['1.24', '2.9', '2.20', 'latest']) {
    const target = await refusingFirst((socket) => {
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: 60000\r\n\r\n${'x'.repeat(60_000)}`);
    });
    const gateway = await start(target.url, as(release));
    const [answer] = await once(get(gateway.port), 'response');
    const [text, complete] = await readAll(answer);
    expect([release, text.length > 3900 && text.length < 4096, complete]).toEqual([release, true, false]);
  }
});

test('of a repeated answer no more than 4 KiB are delivered, the head included', async () => {
  const target = await refusingFirst((socket) => {
    socket.write(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1f40\r\n${'x'.repeat(8000)}\r\n0\r\n\r\n`);
  });
  const gateway = await start(target.url);
  const [answer] = await once(get(gateway.port), 'response');
  const [text, complete] = await readAll(answer);
  expect([text.length > 3900 && text.length < 4096, complete]).toEqual([true, true]);
});

test('every CSRF endpoint sees the certificate of the service that showed one last', async () => {
  const csrf = await secured((_, response) => void response.end(), certificates);
  const target = await secured(open);
  const api = (name: string, type: string) => ({
    displayName: name,
    entries: [
      {
        type: 'API',
        targetUrl: target.url,
        credentials: { type, secretName: 'x', csrfInfo: { tokenEndpointURL: `${csrf.url}/${name}` } },
      },
    ],
  });
  const gateway = await start('', {
    secrets: { x: { username: 'u', ...certificates.client } },
    spec: { services: [api('first', 'Basic'), api('shown', 'CertificateGen'), api('later', 'Basic')] },
    settings: { trustedCertificates: [certificates.authority.crt] },
  });
  for (const name of ['first', 'shown', 'later']) await gateway.ask({ path: `/app/${name}` });
  expect(csrf.seen.map(({ certificate }) => certificate)).toEqual([undefined, 'client', 'client']);
});

test('a configured header is sent in addition to one that is spelled otherwise', async () => {
  const target = await secured(open);
  const entries = [{ type: 'API', targetUrl: target.url, requestParametersSecretName: 'p' }];
  const gateway = await start('', {
    secrets: { p: { headers: '{"authorization":["mine"],"X-Own":["mine"]}' } },
    spec: { services: [{ displayName: 'svc', entries }] },
  });
  await gateway.ask({ path: '/app/svc', headers: { Authorization: 'yours', 'x-own': 'yours' } });
  const [call] = target.seen;
  expect(call && [header(call, 'authorization'), header(call, 'x-own')]).toEqual([['yours', 'mine'], ['yours']]);
});

test.each([
  ['/base/%2e%2e/x', '/app/x'],
  ['/base/a%2541', '/app/svc/a%41'],
  ['/base/a%20b?', '/app/svc/a%20b?'],
])('the rest of the Location %s is decoded twice: %s', async (location, expected) => {
  const target = await rawTarget(`HTTP/1.1 302 X\r\nLocation: ${location}\r\nContent-Length: 0\r\n\r\n`);
  const gateway = await start(`${target.url}/base`);
  expect((await gateway.ask({ path: '/app/svc' })).headers.location).toBe(expected);
});

test('the target is called when the client has sent everything, and not before', async () => {
  const target = await secured(open);
  const gateway = await start(target.url);
  const headers = { 'Content-Length': 6 };
  const outgoing = request({ host: '127.0.0.1', port: gateway.port, path: '/app/svc', method: 'POST', headers });
  outgoing.write('abc');
  await gateway.ask({ path: '/app/nobody' });
  expect(target.seen.length).toBe(0);
  outgoing.end('def');
  const [answer] = await once(outgoing, 'response');
  answer.resume();
  expect(target.seen.map(({ body }) => body)).toEqual(['abcdef']);
});

test('an upload that does not end answers 502 without a call of the target', async () => {
  const clock = new ManualClock(0);
  const target = await rawTarget(undefined);
  const gateway = await start(target.url, { clock });
  const headers = { 'Content-Length': 6 };
  const outgoing = request({ host: '127.0.0.1', port: gateway.port, path: '/app/svc', method: 'POST', headers });
  outgoing.on('error', () => {});
  outgoing.write('abc');
  await gateway.ask({ path: '/app/nobody' });
  clock.advance(gatewayDefaults.requestTimeout);
  const [answer] = await once(outgoing, 'response');
  answer.resume();
  expect([answer.statusCode, target.sockets.length]).toEqual([502, 0]);
  outgoing.destroy();
});

const as = (release: string) => ({ behaviour: centralGatewayOf(parseRelease(release)) });

test.each([
  ['2.20', 'service with name s%!v(MISSING)c not found'],
  ['latest', 'service with name s%20vc not found'],
])('in %s an error text with a percent sign is %s', async (release, error) => {
  const gateway = await start('', as(release));
  expect((await gateway.ask({ path: '/app/s%20vc' })).json()).toEqual({ code: 404, error });
});

test.each([
  ['2.18', 101],
  ['2.19', 502],
])('in %s a target that switches protocols gives %i', async (release, status) => {
  const target = await rawTarget('HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n');
  const gateway = await start(target.url, as(release));
  const headers = { Connection: 'Upgrade', Upgrade: 'x' };
  const outgoing = request({ host: '127.0.0.1', port: gateway.port, path: '/app/svc', headers, agent: false }).end();
  const got = await new Promise((resolve) => {
    outgoing.once('upgrade', (answer, socket) => {
      socket.destroy();
      resolve(answer.statusCode);
    });
    outgoing.once('response', (answer) => resolve(answer.resume().statusCode));
  });
  expect(got).toBe(status);
});

test('in 2.18 answers are sent on as they come', async () => {
  const target = await rawTarget('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n');
  const gateway = await start(target.url, as('2.18'));
  const [answer] = await once(get(gateway.port), 'response');
  const [chunk] = await once(answer, 'data');
  expect(String(chunk)).toBe('a');
  answer.destroy();
});
