import { expect, test } from 'vitest';
import { makeCertificates } from '../../gateway/certificates.ts';
import { type Answer, header, type Secured, secured } from '../../gateway/secured.ts';
import { startClient } from './start.ts';

/** Answers every path but `/end` with a redirect. */
const to =
  (status: number, location: string): Answer =>
  ({ line }, response) =>
    void (line.endsWith('/end') ? response.end('end') : response.writeHead(status, { location }).end());

const form = { method: 'POST', headers: ['Content-Type', 'text/odd', 'X-Own', '1'], body: 'a=b' } as const;
const lastOf = ({ seen }: Secured) => seen.at(-1) ?? { line: '', headers: [], body: '', certificate: undefined };

test.each([
  [301, 'GET /end', '', []],
  [302, 'GET /end', '', []],
  [303, 'GET /end', '', []],
  [307, 'POST /end', 'a=b', ['text/odd']],
  [308, 'POST /end', 'a=b', ['text/odd']],
])('%i leads to %s', async (status, line, body, type) => {
  const server = await secured(to(status, '/end'));
  expect(String((await startClient().ask(`${server.url}/start?x=1`, form)).body)).toBe('end');
  const last = lastOf(server);
  expect([last.line, last.body, header(last, 'content-type'), header(last, 'x-own')]).toEqual([
    line,
    body,
    type,
    ['1'],
  ]);
  expect(header(last, 'referer')).toEqual([`${server.url}/start?x=1`]);
});

test.each([300, 304, 305, 200])('%i is the last word', async (status) => {
  const server = await secured(to(status, '/end'));
  expect((await startClient().ask(server.url)).status).toBe(status);
  expect(server.seen.length).toBe(1);
});

test('a redirect without a location is the last word', async () => {
  const server = await secured((_, response) => void response.writeHead(302, { location: '' }).end('here'));
  const { status, body } = await startClient().ask(server.url);
  expect([status, String(body)]).toEqual([302, 'here']);
});

test('the tenth redirect is the last, and the error says where it led', async () => {
  const server = await secured(({ line }, response) => {
    response.writeHead(302, { location: `/${Number(line.replace(/\D/g, '')) + 1}` }).end();
  });
  await expect(startClient().ask(server.url.replace('//', '//user:secret@'))).rejects.toMatchObject({
    stage: 'request',
    message: 'stopped after 10 redirects',
    url: `${server.url}/10`,
  });
  expect(server.seen.length).toBe(10);
});

test('a location that is no URL is told', async () => {
  const server = await secured(to(302, '/%zz'));
  await expect(startClient().ask(server.url)).rejects.toMatchObject({
    stage: 'request',
    message: 'failed to parse Location header "/%zz": invalid URL escape "%zz"',
  });
});

test('secrets stay on the host of the first request, and once left out do not come back', async () => {
  const secrets = ['Authorization', 'a', 'cookie', 'c', 'Cookie2', 'c', 'WWW-Authenticate', 'w', 'X-Own', '1'];
  const known = (server: Secured) =>
    server.seen.map((seen) =>
      ['authorization', 'cookie', 'cookie2', 'www-authenticate', 'x-own'].map((name) => header(seen, name).length),
    );
  const server = await secured(({ line }, response) => {
    const next = { 'GET /': '/own', 'GET /own': elsewhere.url.replace('localhost', '127.0.0.1') }[line];
    if (next) response.writeHead(302, { location: next }).end();
    else response.end();
  });
  const elsewhere = await secured(
    (_, response) => void response.writeHead(302, { location: `${server.url}/back` }).end(),
  );
  await startClient().ask(server.url, { headers: secrets });
  expect(known(elsewhere)).toEqual([[0, 0, 0, 0, 1]]);
  expect(known(server)).toEqual([
    [1, 1, 1, 1, 1],
    [1, 1, 1, 1, 1],
    [0, 0, 0, 0, 1],
  ]);
});

test('who goes from TLS to plain HTTP does not say whence', async () => {
  const certificates = makeCertificates();
  const plain = await secured(to(200, ''));
  const secret = await secured(to(302, `${plain.url}/end`), certificates);
  await startClient({ trustedCertificates: [certificates.authority.crt] }).ask(`${secret.url}/start`);
  expect(header(lastOf(plain), 'referer')).toEqual([]);
});

test('the login of a URL goes with it, not with the request', async () => {
  const server = await secured(({ line }, response) => {
    const next = { 'GET /': '/same', 'GET /same': `${server.url.replace('//', '//other:pw@')}/other` }[line];
    if (next) response.writeHead(302, { location: next }).end();
    else response.end();
  });
  await startClient({ logsInByUrl: true }).ask(server.url.replace('//', '//user:pw@'));
  const logins = server.seen.map((seen) => Buffer.from(header(seen, 'authorization')[0]?.slice(6) ?? '', 'base64'));
  expect(logins.map(String)).toEqual(['user:pw', 'user:pw', 'other:pw']);
  expect(header(lastOf(server), 'referer')).toEqual([`${server.url}/same`]);
});
