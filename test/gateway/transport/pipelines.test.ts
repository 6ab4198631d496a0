import { connect } from 'node:net';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../../src/core/clock.ts';
import { silentLogger } from '../../../src/core/log.ts';
import { openListener } from '../../../src/edges/listener.ts';
import { gatewayDefaults } from '../../../src/gateway/proxy-site.ts';
import { indexApis } from '../../../src/gateway/routing/lookup.ts';
import { createGatewaySite } from '../../../src/gateway/site.ts';
import { ask, listen } from '../../external-system/serve.ts';
import { rawTarget } from '../start.ts';

const CHUNKED = 'Transfer-Encoding: chunked\r\n\r\n';
/** What clients send, well-formed and not, one behind another. */
const pieces = [
  'GET /app/good HTTP/1.1\r\nHost: a\r\n\r\n',
  'GET /app/slow HTTP/1.1\r\nHost: a\r\n\r\n',
  'GET /app/odd HTTP/1.1\r\nHost: a\r\n\r\n',
  'GET /app HTTP/1.1\r\nHost: a\r\n\r\n',
  'HEAD /app/good HTTP/1.0\r\n\r\n',
  'GET /app/good HTTP/1.1\r\n\r\n',
  'GET /app/good HTTP/1.1\r\nHost: a b\r\n\r\n',
  'GET /app/good HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
  'GET /app/good HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n',
  'GET /app/odd HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n',
  'GET /app/slow HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n',
  'CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n',
  'OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n',
  'GET /app/good HTTP/1.1\r\nHost: a\r\nExpect: magic\r\n\r\n',
  'POST /app/good HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n',
  'POST /app/good HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n',
  `POST /app/good HTTP/1.1\r\nHost: a\r\n${CHUNKED}`,
  `POST /app/slow HTTP/1.1\r\nHost: a\r\n${CHUNKED}`,
  'POST /app/good HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n',
  'hi',
  '2\r\nhi\r\n',
  '0\r\n\r\n',
  'zz\r\n',
  '\r\n',
  '\0',
];
/** What targets answer. */
const answers = [
  'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok',
  'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok and more',
  'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n',
  'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\nzz',
  'HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\nnope',
  'HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n',
  'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n',
  'HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\nbytes',
  'HTTP/1.1 101 Switching\r\n\r\n',
  'HTTP/1.1 099 X\r\n\r\n',
  'HTTP/1.1 1000 X\r\n\r\n',
  'HTTP/1.1 204 No\r\nContent-Length: 5\r\n\r\nhello',
  'garbage\r\n\r\n',
  'HTTP/1.1 20',
];

/** More of them: `RUNS=2000 npm test -- test/gateway/transport/pipelines`. */
const RUNS = Number(process.env.RUNS ?? 200);

test('whatever clients and targets say, the gateway goes on', { timeout: Math.max(60_000, RUNS * 300) }, async () => {
  const good = await listen((request, response) => void request.resume().once('end', () => response.end('good')));
  const slow = await listen((_, response) => void setImmediate(() => setImmediate(() => response.end('slow'))));
  let at = 0;
  const odd = await rawTarget((socket) => socket.end(answers[at++ % answers.length] ?? '', 'latin1'));
  const service = (displayName: string, targetUrl: string) => ({ displayName, entries: [{ type: 'API', targetUrl }] });
  const services = [
    service('good', `http://127.0.0.1:${good}`),
    service('slow', `http://127.0.0.1:${slow}`),
    service('odd', odd.url),
  ];
  const index = indexApis({ metadata: { name: 'app' }, spec: { services } });
  for (const quirks of [false, true]) {
    const site = createGatewaySite({
      form: 'standalone',
      applications: { get: (name) => (name === 'app' ? index : undefined) },
      secrets: { get: () => undefined },
      settings: { ...gatewayDefaults, quirks, proxyTimeout: 200, requestTimeout: 200 },
      clock: systemClock,
      log: silentLogger,
    });
    const go = { readTimeout: 200, connects: true, brokenBody: () => site.brokenBody };
    const options = { name: 'test', flag: '--test', host: '127.0.0.1', port: 0, streams: true, go, ...site };
    const listener = await openListener(options);
    onTestFinished(() => site.close());
    onTestFinished(() => listener.close());

    const send = async (packets: readonly string[]) => {
      const socket = connect(listener.port, '127.0.0.1');
      socket.on('error', () => {});
      const closed = new Promise((resolve) => socket.once('close', resolve));
      socket.resume();
      for (const packet of packets) {
        if (!socket.destroyed) await new Promise((resolve) => socket.write(packet, 'latin1', resolve));
      }
      socket.end();
      const late = new Error('too late');
      const timer = setTimeout(() => socket.destroy(late), 5000);
      await closed;
      clearTimeout(timer);
      // A reset is an end like any other.
      if (socket.errored === late) throw new Error(`the connection stays: ${JSON.stringify(packets)}`);
    };
    const packet = fc.array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 5 }).map((all) => all.join(''));
    const connection = fc.array(packet, { minLength: 1, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(fc.array(connection, { minLength: 1, maxLength: 8 }), async (connections) => {
        await Promise.all(connections.map(send));
        expect((await ask(listener.port, { path: '/app/good' })).text).toBe('good');
      }),
      { numRuns: RUNS },
    );
  }
});
