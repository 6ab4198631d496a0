import { once } from 'node:events';
import { request } from 'node:http';
import { json } from 'node:stream/consumers';
import Fastify from 'fastify';
import { expect, onTestFinished, test } from 'vitest';
import { createSitePort } from '../../src/http/site-port.ts';

test('a site answers in this process, also to large bodies and to many requests on one connection', async () => {
  const app = Fastify({ bodyLimit: 2_000_000 });
  app.post('/length', async ({ body }) => ({ length: String(body).length }));
  await app.ready();
  const port = createSitePort({ handle: app.routing, close: () => app.close() });
  onTestFinished(async () => {
    port.close();
    await app.close();
  });
  const connection = port.connect();
  const body = 'x'.repeat(1_000_000);
  for (let time = 0; time < 3; time++) {
    const headers = { 'content-type': 'text/plain', 'content-length': body.length, connection: 'keep-alive' };
    const outgoing = request({ createConnection: () => connection, method: 'POST', path: '/length', headers });
    outgoing.end(body);
    const [response] = await once(outgoing, 'response');
    expect(response.statusCode).toBe(200);
    expect(await json(response)).toEqual({ length: body.length });
  }
});
