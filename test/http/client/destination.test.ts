import { createServer } from 'node:http';
import type { AddressInfo, LookupFunction } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../../src/core/clock.ts';
import { createLogger } from '../../../src/core/log.ts';
import { parseGoUrl } from '../../../src/go/url.ts';
import { createHttpClient } from '../../../src/http/client/client.ts';
import type { DestinationOptions } from '../../../src/http/client/destination.ts';
import { verified } from '../../../src/http/client/tls.ts';

/** A server that counts its connections, on every address of this machine. It redirects `/to?URL`. */
async function startServer() {
  let connections = 0;
  const server = createServer(({ url = '' }, response) => {
    if (url.startsWith('/to?')) response.writeHead(302, { location: decodeURIComponent(url.slice(4)) }).end();
    else response.end('reached');
  }).on('connection', () => connections++);
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => void server.close());
  return { port: (server.address() as AddressInfo).port, connections: () => connections };
}

/** As a hosts file: every name leads to these addresses. */
const hosts =
  (table: Readonly<Record<string, readonly string[]>>): LookupFunction =>
  (name, options, callback) => {
    const found = (table[name] ?? []).map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
    const [first] = found;
    if (!first) callback(Object.assign(new Error(`getaddrinfo ENOTFOUND ${name}`), { code: 'ENOTFOUND' }), []);
    else if (options.all) callback(null, found);
    else callback(null, first.address, first.family);
  };

async function start(options: DestinationOptions = {}) {
  const lines: Record<string, unknown>[] = [];
  const stream = { write: (text: string) => lines.push(JSON.parse(text)) };
  const log = await createLogger({ level: 'warn', format: 'json', stream });
  const client = createHttpClient({ clock: systemClock, trustedCertificates: [], log, ...options });
  onTestFinished(() => client.close());
  const ask = client.asking({ timeout: { milliseconds: 10_000, text: 'too late' }, maxSize: 1000 });
  return {
    client,
    lines,
    async ask(url: string): Promise<string> {
      try {
        const answer = await ask({ method: 'GET', url: parseGoUrl(url), headers: [], identity: verified });
        return answer.body.toString();
      } catch (error) {
        return error instanceof Error ? error.message : String(error);
      }
    },
  };
}

test('a name is called at those of its addresses that are allowed, and at no other', async () => {
  const { port, connections } = await startServer();
  const lookup = hosts({
    'metadata.example': ['169.254.169.254', 'fd00:ec2::254'],
    'both.example': ['169.254.169.254', '127.0.0.1'],
    'here.example': ['127.0.0.1'],
  });
  const { ask, lines } = await start({ lookup });
  expect(await ask(`http://here.example:${port}/`)).toBe('reached');
  expect(await ask(`http://both.example:${port}/`)).toBe('reached');
  const before = connections();
  for (const scheme of ['http', 'https']) {
    expect(await ask(`${scheme}://metadata.example:${port}/`)).toBe('connect EHOSTUNREACH metadata.example');
  }
  expect(await ask(`http://none.example:${port}/`)).toContain('ENOTFOUND');
  expect(connections()).toBe(before);
  expect(lines).toHaveLength(2);
  expect(lines[0]).toMatchObject({
    host: 'metadata.example',
    address: '169.254.169.254',
    msg: expect.stringContaining('--outgoing'),
  });
});

test.each(['169.254.169.254', '[::ffff:169.254.169.254]', '2852039166', 'metadata.google.internal'])(
  'a redirect to %s fails as a connection does',
  async (host) => {
    const { port } = await startServer();
    const { ask } = await start();
    const answer = await ask(`http://localhost:${port}/to?${encodeURIComponent(`http://${host}/latest/`)}`);
    expect(answer).toMatch(/^connect EHOSTUNREACH /);
  },
);

test('rules hold for a real name and a real address', async () => {
  const { port, connections } = await startServer();
  for (const [outgoing, host, reached] of [
    [['!loopback'], 'localhost', false],
    [['!loopback'], '127.0.0.1', false],
    [['!127.0.0.1'], 'localhost', false],
    [['loopback'], 'localhost', true],
    [['localhost'], 'localhost', true],
    [['10.0.0.0/8'], '127.0.0.1', false],
  ] as const) {
    const before = connections();
    const { ask } = await start({ outgoing });
    expect(await ask(`http://${host}:${port}/`), `${outgoing} ${host}`).toMatch(
      reached ? /^reached$/ : /^connect E(HOSTUNREACH|CONNREFUSED)/,
    );
    expect(connections() - before).toBe(reached ? 1 : 0);
  }
});

test('a connection outside of the pools is judged in the same way', async () => {
  const { client } = await start({ lookup: hosts({ 'metadata.example': ['169.254.169.254'] }) });
  expect(() => client.dispatchers.connection('169.254.169.254', verified)).toThrow('EHOSTUNREACH');
  const { lookup } = client.dispatchers.connection('metadata.example', verified);
  const error = await new Promise((resolve) => lookup('metadata.example', {}, resolve));
  expect(error).toMatchObject({
    code: 'EHOSTUNREACH',
    cause: expect.objectContaining({ message: expect.stringContaining('--outgoing') }),
  });
});
