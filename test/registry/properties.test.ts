import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isRegistrableUrl } from '../../src/registry/url-rule.ts';
import { startRegistry } from './start.ts';

/** KYMULATOR_REGISTRATIONS=20000 runs as many as the acceptance asks for. */
const registrations = Number(process.env.KYMULATOR_REGISTRATIONS ?? 2000);
const PER_RUN = 25;

const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }).map((value) => value.toWellFormed());
const key = fc.string({ minLength: 1, maxLength: 8 }).filter((name) => name !== 'connected-app' && !/^\d/.test(name));
const json = fc.jsonValue({ maxDepth: 3 }).map((value) => ({ value }));
const url = fc.webUrl({ withQueryParameters: true, withFragments: true }).filter(isRegistrableUrl);
const parameters = fc.option(
  fc.record({
    headers: fc.dictionary(key, fc.array(text, { maxLength: 2 }), { maxKeys: 2, noNullPrototype: true }),
    queryParameters: fc.dictionary(key, fc.array(text, { maxLength: 2 }), { maxKeys: 2, noNullPrototype: true }),
  }),
  { nil: undefined },
);
const credentials = fc.option(
  fc.oneof(
    fc.record({ oauth: fc.record({ url, clientId: text, clientSecret: text }) }),
    fc.record({ basic: fc.record({ username: text, password: text }) }),
  ),
  { nil: undefined },
);

const definition = fc.record({
  provider: text,
  name: text,
  description: text,
  shortDescription: fc.option(text, { nil: undefined }),
  labels: fc.option(fc.dictionary(key, text, { maxKeys: 3, noNullPrototype: true }), { nil: undefined }),
  api: fc.record({
    targetUrl: url,
    credentials,
    requestParameters: parameters,
    spec: fc.option(json, { nil: undefined }),
  }),
  events: fc.option(fc.record({ spec: json }), { nil: undefined }),
});

type Definition = (typeof definition)['generate'] extends (...args: never[]) => { value: infer T } ? T : never;

/** What reading a definition back must give. */
function readBack({ shortDescription: _, labels, api, ...rest }: Definition) {
  const { credentials, requestParameters, ...plain } = api;
  const stars = '********';
  const masked =
    credentials && 'oauth' in credentials
      ? { oauth: { url: credentials.oauth.url, clientId: stars, clientSecret: stars } }
      : credentials && { basic: { username: stars, password: stars } };
  return {
    ...rest,
    labels: { ...labels, 'connected-app': 'shop' },
    api: { ...plain, credentials: masked, requestParameters },
  };
}

test('whatever is registered reads back the same, once, and goes without a trace', { timeout: 600_000 }, async () => {
  const registry = await startRegistry('1.24.0');
  let count = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(definition, { minLength: PER_RUN, maxLength: PER_RUN }), async (definitions) => {
      const ids: string[] = [];
      for (const body of definitions) ids.push(await registry.register(body));
      count += ids.length;
      expect((await registry.list()).json.map(({ id }: { id: string }) => id)).toEqual(ids);
      for (const [index, id] of ids.entries()) {
        const expected = JSON.parse(JSON.stringify(readBack(definitions[index] as Definition)));
        expect((await registry.get(id)).json).toEqual(expected);
      }
      for (const id of ids) expect((await registry.delete(id)).status).toBe(204);
      for (const kind of ['Service', 'Secret']) {
        expect((await registry.store.list({ apiVersion: 'v1', kind })).items).toEqual([]);
      }
    }),
    { numRuns: Math.ceil(registrations / PER_RUN), endOnFailure: true },
  );
  console.info(`properties: ${count} registrations ran`);
});

test('whatever the body is, the answer is a refusal or an id', async () => {
  const registry = await startRegistry('1.24.0');
  const noise = fc.oneof(
    fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
    fc.json().map((value) => Buffer.from(value)),
    fc
      .record({ provider: fc.jsonValue(), name: fc.jsonValue(), api: fc.jsonValue() })
      .map((value) => Buffer.from(JSON.stringify(value))),
  );
  await fc.assert(
    fc.asyncProperty(noise, async (body) => {
      const { status, json } = await registry.post(body);
      expect(status === 400 ? json.code : status).toBe(status === 400 ? 400 : 200);
    }),
    { numRuns: 300 },
  );
});
