import { expect, test } from 'vitest';
import { ManualClock } from '../../src/core/clock.ts';
import { createHttpClient } from '../../src/http/client/client.ts';
import { generationFor } from '../../src/registry/generations.ts';
import { problemsOf } from '../../src/registry/problems.ts';
import { SpecSource } from '../../src/registry/spec-source.ts';
import { listen, minimal, startRegistry } from './start.ts';

test('tokens of so many clients are kept, and those that are used stay', { timeout: 60_000 }, async () => {
  const asked: string[] = [];
  const url = await listen(async (request, response) => {
    if (request.url !== '/token') return void response.end('{}');
    let form = '';
    for await (const chunk of request) form += chunk;
    asked.push(new URLSearchParams(form).get('client_id') ?? '');
    response.end('{"access_token":"t"}');
  });
  const clock = new ManualClock(0);
  const generation = generationFor('latest');
  if (!generation) throw new Error('there is a registry in the latest release');
  const problems = problemsOf({ generation, quirks: false, detailedErrorResponse: false });
  const client = createHttpClient({ clock, trustedCertificates: [] });
  await using stack = new AsyncDisposableStack();
  stack.defer(() => client.close());
  const source = new SpecSource({ client, generation, problems, clock, settings: {} });
  const fetchAs = (clientId: string) =>
    source.fetch(`${url}/spec`, { specificationCredentials: { oauth: { url: `${url}/token`, clientId } } });

  for (let count = 0; count < 1000; count++) await fetchAs(`client ${count}`);
  await fetchAs('client 0');
  await fetchAs('one more');
  expect(asked.length).toBe(1001);
  await fetchAs('client 0');
  expect(asked.length).toBe(1001);
  await fetchAs('client 1');
  expect(asked.slice(1001)).toEqual(['client 1']);

  source.clear();
  await fetchAs('client 0');
  expect(asked.slice(1002)).toEqual(['client 0']);
});

test.each([
  ['kaputt', 502, "failed to unmarshal token response body: invalid character 'k' looking for beginning of value"],
  [
    '{"expires_in":"10"}',
    502,
    'failed to unmarshal token response body: json: cannot unmarshal string into Go struct field oauthResponse.expires_in of type int',
  ],
  ['{"ACCESS_TOKEN":"t","expires_in":null}', 200, undefined],
])('the token answer %j is read as the gateway reads it', async (answer, status, text) => {
  const url = await listen((request, response) => void response.end(request.url === '/token' ? answer : '{}'));
  const registry = await startRegistry('1.24.0');
  const specificationCredentials = { oauth: { url: `${url}/token`, clientId: 'c', clientSecret: 's' } };
  const api = { ...minimal.api, specificationUrl: `${url}/spec`, specificationCredentials };
  const registered = await registry.post({ ...minimal, api });
  expect(registered.status).toBe(status);
  if (text !== undefined) expect(registered.json.error).toContain(` from ${url}/spec failed, ${text}`);
});
