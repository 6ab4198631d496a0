import { describe, expect, test } from 'vitest';
import { countRows } from './rows.ts';
import { minimal, releases, startRegistry } from './start.ts';

const counted = countRows('specifications');
const withSpec = (spec: unknown, api: object = {}) => ({ ...minimal, api: { ...minimal.api, spec, ...api } });

const documentation = { displayName: 'a', description: 'b', type: 'c' };

describe.each(releases)('in %s', (release) => {
  test('specifications and documentation are read back', async () => {
    const registry = await startRegistry(release);
    const rows = [
      [withSpec({ openapi: '3.0.0' }).api, undefined, undefined],
      [withSpec({}).api, { spec: {} }, undefined],
      [undefined, { spec: { asyncapi: '1.0.0', topics: { b: 1, a: 2 } } }, documentation],
      [
        withSpec(null).api,
        { spec: null },
        { ...documentation, tags: ['t'], docs: [{ title: 't', type: '', source: '' }] },
      ],
    ] as const;
    for (const [index, [api, events, docs]] of rows.entries()) {
      const body = { ...minimal, name: `service ${index}`, api, events, documentation: docs };
      const read = (await registry.get(await registry.register(body))).json;
      expect([read.api, read.events, read.documentation]).toEqual([api, events, docs]);
      counted.ran();
    }
  });

  test('empty lists of a documentation vanish, and a null among the documents becomes an empty one', async () => {
    const registry = await startRegistry(release);
    const empty = { ...minimal, documentation: { ...documentation, tags: [], docs: [] } };
    expect((await registry.get(await registry.register(empty))).json.documentation).toEqual(documentation);
    const nulls = { ...minimal, name: 'second', documentation: { ...documentation, docs: [null] } };
    expect((await registry.get(await registry.register(nulls))).json.documentation).toEqual({
      ...documentation,
      docs: [{ title: '', type: '', source: '' }],
    });
    counted.ran(2);
  });

  test('a replacement without any specification keeps or drops the old ones', async () => {
    const registry = await startRegistry(release);
    const keeps = !/^0\.[4-8]/.test(release);
    const id = await registry.register({ ...withSpec({ old: true }), events: { spec: { e: 1 } }, documentation });
    await registry.put(id, minimal);
    const read = (await registry.get(id)).json;
    expect([read.api.spec, read.events, read.documentation]).toEqual(
      keeps ? [{ old: true }, { spec: { e: 1 } }, documentation] : [undefined, undefined, undefined],
    );
    await registry.put(id, { ...minimal, events: { spec: { e: 2 } } });
    const again = (await registry.get(id)).json;
    expect([again.api.spec, again.events, again.documentation]).toEqual([undefined, { spec: { e: 2 } }, undefined]);
    counted.ran(2);
  });
});

test('with a delay specifications become readable only after it', async () => {
  const registry = await startRegistry('1.24.0', { settings: { assetDelay: 5000 } });
  const id = await registry.register({ ...withSpec({ a: 1 }), events: { spec: {} }, documentation });
  registry.clock.advance(4999);
  expect((await registry.get(id)).json).not.toHaveProperty('events');
  registry.clock.advance(1);
  expect((await registry.get(id)).json).toMatchObject({ api: { spec: { a: 1 } }, events: { spec: {} }, documentation });
  counted.ran(2);
});

describe('Swagger 2.0', () => {
  const stored = async (spec: unknown, release = '1.24.0', api: object = {}) => {
    const registry = await startRegistry(release);
    const id = await registry.register(withSpec(spec, api));
    const { text } = await registry.get(id);
    return { id, spec: /"spec":(.*)\}\}\n$/.exec(text)?.[1] ?? text };
  };

  test.each(releases)('is led through the gateway in %s', async (release) => {
    const { id, spec } = await stored({ swagger: '2.0' }, release);
    const host = {
      '0.4': `re-shop-${id}.kyma-integration.svc.cluster.local`,
      '0.5': `re-shop-${id}.kyma-integration.svc.cluster.local`,
      later: `shop-${id}.kyma-integration.svc.cluster.local`,
      middle: `app-shop-${id}.kyma-integration.svc.cluster.local`,
      central: 'central-application-gateway.kyma-system:8080/shop/orders-api-v2',
    };
    const era = /^0\.[45]/.test(release)
      ? (release.slice(0, 3) as '0.4' | '0.5')
      : /^(0\.|1\.[0-6]\.)/.test(release)
        ? 'middle'
        : /^1\./.test(release)
          ? 'later'
          : 'central';
    expect(spec).toBe(`{"schemes":["http"],"swagger":"2.0","host":"${host[era]}","paths":null}`);
    counted.ran();
  });

  test('comes back in the order of the model, without what the model does not know', async () => {
    const { id, spec } = await stored({
      unknown: 1,
      'x-root': { a: 1 },
      tags: [{ name: 't', description: 'd', extra: 1, 'X-Tag': true }],
      securityDefinitions: { b: { type: 'basic' }, a: { type: 'oauth2', flow: 'implicit', scopes: { s: 'x' } } },
      definitions: {
        Z: { type: ['string', 'null'], discriminator: 'd', own: 1, 'x-s': 1, readOnly: false, $ref: '#/a' },
        A: {},
      },
      paths: {
        '/b': {
          post: {},
          get: {
            responses: { 404: { description: 'no' }, 200: {}, default: {}, 'x-r': {} },
            security: [{ a: [] }],
            deprecated: false,
            summary: '',
          },
        },
        '/a': { parameters: [{ in: 'query', name: 'q', maximum: 0, type: 'integer', required: false }], 'x-p': 1 },
        nothing: {},
      },
      INFO: { version: '1', title: 't' },
      basePath: '/v1',
      host: 'x.y',
      schemes: ['https'],
      swagger: '2.0',
    });
    expect(spec).toBe(
      `{"schemes":["http"],"swagger":"2.0","info":{"title":"t","version":"1"},"host":"shop-${id}.kyma-integration.svc.cluster.local","paths":{` +
        '"/a":{"x-p":1,"parameters":[{"maximum":0,"type":"integer","name":"q","in":"query"}]},' +
        '"/b":{"get":{"security":[{"a":[]}],"responses":{"200":{"description":""},"404":{"description":"no"},"default":{"description":""},"x-r":{}}},"post":{}}},' +
        '"definitions":{"A":{},"Z":{"type":["string","null"],"x-s":1,"$ref":"#/a","discriminator":"d","own":1}},' +
        '"securityDefinitions":{"a":{"type":"oauth2","flow":"implicit","scopes":{"s":"x"}},"b":{"type":"basic"}},' +
        '"tags":[{"description":"d","name":"t","x-tag":true}],"x-root":{"a":1}}',
    );
    counted.ran();
  });

  const misfits: readonly [spec: object, text: string][] = [
    [{ swagger: 2.0 }, 'number into Go struct field SwaggerProps.swagger of type string'],
    [{ swagger: '2.0', info: 'x' }, 'string into Go struct field SwaggerProps.info of type spec.InfoProps'],
    [{ swagger: '2.0', paths: [] }, 'array into Go struct field SwaggerProps.paths of type map[string]json.RawMessage'],
  ];

  test('that does not fit the model is refused by 0.4, masked by 0.5, and kept as it is from 0.6 on', async () => {
    const early = await startRegistry('0.4.3');
    const masked = await startRegistry('0.5.0');
    for (const [spec, text] of misfits) {
      const answer = await early.post(withSpec(spec));
      expect([answer.status, answer.json.error]).toEqual([
        500,
        `failed to modify API spec, failed to unmarshal api spec, json: cannot unmarshal ${text}`,
      ]);
      expect((await masked.post(withSpec(spec))).json).toEqual({ code: 500, error: 'Internal error.' });
      expect((await stored(spec, '0.6.1')).spec).toBe(JSON.stringify(spec));
      counted.ran(3);
    }
  });

  test('is left alone for OData and in other versions', async () => {
    for (const [spec, api] of [
      [{ swagger: '2.0', host: 'x' }, { apiType: 'oData' }],
      [{ swagger: '1.2', host: 'x' }, {}],
      [{ openapi: '3.0.0', host: 'x' }, {}],
    ] as const) {
      const registry = await startRegistry('1.24.0');
      const id = await registry.register(withSpec(spec, api));
      expect((await registry.get(id)).json.api.spec).toEqual(spec);
      counted.ran();
    }
  });
});
