import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { fetchToken } from '../../../src/controllers/token-requests/fetch-token.ts';
import { systemClock } from '../../../src/core/clock.ts';
import { createHttpClient } from '../../../src/http/client/client.ts';

/** A Connector Service that always answers this. */
async function connector(status: number, body: string) {
  const seen: IncomingHttpHeaders[] = [];
  const server = createServer((request, response) => {
    seen.push(request.headers);
    response.writeHead(status).end(body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = createHttpClient({ clock: systemClock, trustedCertificates: [] });
  onTestFinished(async () => {
    await client.close();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/applications/tokens`;
  const signal = new AbortController().signal;
  return {
    seen,
    ask: (context = {}) => fetchToken(client, { url, headers: { Application: 'shop' } }, context, signal),
  };
}

test.each([
  { what: 'a token', status: 201, body: '{"url":"u","token":"t"}', issued: { url: 'u', token: 't' } },
  { what: 'a refusal', status: 400, body: '{"code":400,"error":"no"}', issued: { url: '', token: '' } },
  { what: 'JSON of another shape', status: 200, body: 'null', issued: { url: '', token: '' } },
])('$what is an answer', async ({ status, body, issued }) => {
  const { ask } = await connector(status, body);
  expect(await ask()).toEqual(issued);
});

test('an answer that is not JSON is none', async () => {
  const { ask } = await connector(502, '<html>');
  await expect(ask()).rejects.toMatchObject({ code: 'TOKEN_ANSWER_UNREADABLE' });
});

test('the application is always named, tenant and group only together', async () => {
  const { ask, seen } = await connector(201, '{}');
  await ask({ tenant: 't', group: 'g' });
  await ask({ tenant: 't' });
  expect(seen[0]).toMatchObject({ application: 'shop', tenant: 't', group: 'g', 'content-type': 'application/json' });
  expect(seen[1]).not.toHaveProperty('tenant');
});
