import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';
import { parseRelease } from '../../src/core/release.ts';
import { readSecret } from '../../src/gateway/login/secrets.ts';
import { centralGatewayOf } from '../../src/gateway/releases/central.ts';
import { readSetCookies } from '../../src/go/cookies.ts';
import { sniffContentType } from '../../src/go/sniff.ts';
import { readTokenAnswer } from '../../src/kyma/oauth-token.ts';
import { listen } from '../external-system/serve.ts';
import { CountingClock } from './counting-clock.ts';
import { header, json, open, secured } from './secured.ts';
import { rawTarget, startGateway } from './start.ts';

const services = (targetUrl: string, credentials: object) => ({
  services: [
    { displayName: 'svc', entries: [{ type: 'API', targetUrl, credentials: { secretName: 'x', ...credentials } }] },
  ],
});

test('the bytes of a Secret are sent as they are', async () => {
  const token = await secured((_, response) => json(response, { access_token: 'Tü€' }));
  const target = await secured(open);
  const data = { username: '//4=', password: 'gA==', clientId: '//4=', clientSecret: 'gA==' };
  const secrets = { get: () => readSecret({ data }) };
  const basic = await startGateway('', { secretContents: secrets, spec: services(target.url, { type: 'Basic' }) });
  await basic.ask({ path: '/app/svc' });
  const spec = services(target.url, { type: 'OAuth', authenticationUrl: token.url });
  await (await startGateway('', { secretContents: secrets, spec })).ask({ path: '/app/svc' });
  expect(token.seen.map((seen) => [header(seen, 'authorization'), seen.body])).toEqual([
    [['Basic //46gA=='], 'client_id=%FF%FE&client_secret=%80&grant_type=client_credentials'],
  ]);
  expect(target.seen.map((seen) => header(seen, 'authorization'))).toEqual([
    ['Basic //46gA=='],
    [`Bearer ${Buffer.from('Tü€').toString('latin1')}`],
  ]);
});

test('a target may take its time to read an upload', async () => {
  const clock = new CountingClock(0);
  const held = Promise.withResolvers<IncomingMessage>();
  const port = await listen((incoming, response) => {
    incoming.once('end', () => response.end('read'));
    held.resolve(incoming);
  });
  const settings = { requestTimeout: 1000, proxyTimeout: 60_000 };
  const gateway = await startGateway(`http://127.0.0.1:${port}`, { clock, settings });
  const answer = gateway.ask({ method: 'POST', path: '/app/svc', body: Buffer.alloc(32 * 1024 * 1024) });
  const incoming = await held.promise;
  // The time of the client does not run while nobody reads from it.
  await expect.poll(() => clock.pending).toBe(1);
  clock.advance(5000);
  incoming.resume();
  expect((await answer).text).toBe('read');
});

test.each([
  ['in one packet', 'POST /app/svc HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n'],
])('an upload in chunks stays one, also %s and when it is repeated', async (_, sent) => {
  let calls = 0;
  const target = await secured((_, response) => void response.writeHead(calls++ ? 200 : 401).end('done'));
  const gateway = await startGateway(target.url);
  const socket = connect(gateway.port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  socket.write(sent);
  await once(socket, 'data');
  const seen = target.seen.map((call) => [
    call.body,
    header(call, 'transfer-encoding'),
    header(call, 'content-length'),
  ]);
  expect(seen).toEqual([
    ['hi', ['chunked'], []],
    ['hi', ['chunked'], []],
  ]);
});

test('nothing at all, compressed, is an empty answer', async () => {
  const target = await rawTarget(
    'HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
  );
  const gateway = await startGateway(target.url);
  const answer = await gateway.ask({ path: '/app/svc' });
  expect([answer.status, answer.text, answer.headers['content-encoding']]).toEqual([200, '', undefined]);
});

test('trailers arrive in the spelling of other headers', async () => {
  const target = await rawTarget(
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n2\r\nok\r\n0\r\nx-sum: 1\r\n\r\n',
  );
  const gateway = await startGateway(target.url);
  const socket = connect(gateway.port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  let got = '';
  socket.on('data', (bytes) => {
    got += bytes;
  });
  socket.write('GET /app/svc HTTP/1.1\r\nHost: a\r\n\r\n');
  await expect.poll(() => got).toMatch(/\r\n0\r\nX-Sum: 1\r\n\r\n$/);
});

test('a request for another protocol that gets an ordinary answer is treated as others', async () => {
  const target = await secured((_, response) => {
    response.sendDate = false;
    response.writeEarlyHints({ link: '</a>; rel=preload' });
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('plain words'));
  });
  const gateway = await startGateway(target.url);
  const headers = { Connection: 'Upgrade', Upgrade: 'x' };
  const outgoing = request({ host: '127.0.0.1', port: gateway.port, path: '/app/svc', headers, agent: false }).end();
  const early = once(outgoing, 'information');
  const [answer] = await once(outgoing, 'response');
  let text = '';
  for await (const chunk of answer) text += chunk;
  expect([text, answer.headers['content-type'], answer.headers['content-encoding']]).toEqual([
    'plain words',
    'text/plain; charset=utf-8',
    undefined,
  ]);
  expect((await early)[0].statusCode).toBe(103);
  expect(target.seen.map((seen) => header(seen, 'accept-encoding'))).toEqual([['gzip']]);
});

test.each([
  ['2.9', '/app/%C3%BC/x', 'service with name ü not found'],
  ['2.11', '/app/%C3%BC/x', 'service with name %C3%BC not found'],
])('in %s the name in %s is shown once encoded', async (release, path, error) => {
  const gateway = await startGateway('', { behaviour: centralGatewayOf(parseRelease(release)) });
  expect((await gateway.ask({ path })).json()).toEqual({ code: 404, error });
});

test.each([
  ['2.7', undefined],
  ['2.8', 200],
])('with quirks, in %s an answer after requestTimeout is %s', async (release, status) => {
  const clock = new CountingClock(0);
  const target = await rawTarget(undefined);
  const settings = { requestTimeout: 1000, proxyTimeout: 60_000, quirks: true };
  const gateway = await startGateway(target.url, {
    clock,
    settings,
    behaviour: centralGatewayOf(parseRelease(release)),
  });
  const answer = gateway.ask({ path: '/app/svc' }).then(
    (told) => told.status,
    () => undefined,
  );
  await expect.poll(() => target.received.length).toBe(1);
  clock.advance(1000);
  target.sockets[0]?.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
  expect(await answer).toBe(status);
});

test('a lifetime beyond 64 bits cannot be read, and neither can a cookie without a value', () => {
  expect(readTokenAnswer('{"expires_in":99999999999999999999}')).toEqual({
    problem:
      'json: cannot unmarshal number 99999999999999999999 into Go struct field oauthResponse.expires_in of type int',
  });
  expect(readSetCookies(['flag', 'a=1; Path=/']).map(({ name }) => name)).toEqual(['a']);
});

test.each([
  ['wOFF....', 'font/woff'],
  ['OTTO', 'font/otf'],
  ['.snd', 'audio/basic'],
  ['FORM....AIFF', 'audio/aiff'],
  ['RIFF....AVI ', 'video/avi'],
  ['MThd\0\0\0\x06', 'audio/midi'],
  ['\0\0\x01\0', 'image/x-icon'],
  ['Rar!\x1a\x07\0', 'application/x-rar-compressed'],
  [`${'x'.repeat(34)}LP`, 'application/vnd.ms-fontobject'],
  ['\0\0\0\x18ftypmp42\0\0\0\0isommp42', 'video/mp4'],
  ['\0\0\0\x18ftypqt  \0\0\0\0qt  qt  ', 'application/octet-stream'],
])('%j looks like %s', (start, type) => {
  expect(sniffContentType(Buffer.from(start, 'latin1'))).toBe(type);
});
