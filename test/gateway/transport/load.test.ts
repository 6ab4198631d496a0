import { once } from 'node:events';
import { request, type ServerResponse } from 'node:http';
import { expect, test } from 'vitest';
import { listen } from '../../external-system/serve.ts';
import { rawTarget, startGateway } from '../start.ts';

test('five hundred slow streams flow at the same time', { timeout: 30_000 }, async () => {
  const streams: ServerResponse[] = [];
  const target = await listen((_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write('1');
    streams.push(response);
  });
  const gateway = await startGateway(`http://127.0.0.1:${target}`);
  const answers = await Promise.all(
    Array.from({ length: 500 }, async () => {
      const outgoing = request({ host: '127.0.0.1', port: gateway.port, path: '/app/svc', agent: false }).end();
      const [answer] = await once(outgoing, 'response');
      let text = '';
      answer.on('data', (chunk: Buffer) => {
        text += chunk;
      });
      return { answer, text: () => text };
    }),
  );
  await expect.poll(() => answers.every(({ text }) => text() === '1'), { timeout: 10_000 }).toBe(true);
  for (const stream of streams) stream.write('2');
  await expect.poll(() => answers.every(({ text }) => text() === '12'), { timeout: 10_000 }).toBe(true);
  const ended = answers.map(({ answer }) => once(answer, 'end'));
  for (const stream of streams) stream.end();
  await Promise.all(ended);
});

test('a target whose headers are beyond all measure answers 502', async () => {
  const target = await rawTarget(`HTTP/1.1 200 OK\r\nX-A: ${'x'.repeat(1_100_000)}\r\nContent-Length: 0\r\n\r\n`);
  const gateway = await startGateway(target.url);
  const answer = await gateway.ask({ path: '/app/svc' });
  expect([answer.status, answer.text]).toEqual([502, '']);
  await expect.poll(() => target.sockets[0]?.destroyed).toBe(true);
});
