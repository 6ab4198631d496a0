import { describe, expect, test } from 'vitest';
import { countRows } from './rows.ts';
import { isEarly, minimal, type RegistryClient, type ReleaseName, releases, startRegistry } from './start.ts';

const counted = countRows('refusals');

const oauth = { url: 'http://httpbin.local/token', clientId: 'cid', clientSecret: 'cs' };
const withOauth = { ...minimal, api: { ...minimal.api, credentials: { oauth } } };
const withIdentifier = { ...minimal, identifier: 'orders-v2' };
const unknown = 'ffffffff-ffff-4fff-8fff-ffffffffffff';

type Expected = readonly [status: number, text: string];
const masked: Expected = [500, 'Internal error.'];
type Generation = 'G0' | 'G0.5' | 'G1' | 'later';

/** G1 at first, `later` from 1.4 on, where the application is looked up before anything is made. */
const generationOf = (release: ReleaseName): Generation => {
  if (release.startsWith('0.4')) return 'G0';
  if (release.startsWith('0.5')) return 'G0.5';
  return /^(0\.|1\.[0-3]\.)/.test(release) ? 'G1' : 'later';
};

const re = 'Remote environment: nobody not found.';
const app = 'Application nobody not found';

/** (metadata-service §7) */
const rows: readonly [
  what: string,
  call: (registry: RegistryClient) => ReturnType<RegistryClient['post']>,
  expected: Readonly<Record<Generation, Expected>>,
][] = [
  [
    'registering for nobody',
    (registry) => registry.post(minimal, 'nobody'),
    {
      G0: [500, `failed to create service in remote environment, ${re}`],
      'G0.5': masked,
      G1: [404, `Creating service in Application failed, ${app}`],
      later: [404, `Getting Application UID failed, ${app}`],
    },
  ],
  [
    'registering for nobody with an identifier',
    (registry) => registry.post(withIdentifier, 'nobody'),
    {
      G0: [500, `failed to read services from remote environment, ${re}`],
      'G0.5': masked,
      G1: [
        404,
        `Creating service failed, Checking identifier failed, Reading services from Application failed, ${app}`,
      ],
      later: [
        404,
        `Creating service failed, Checking identifier failed, Reading services from Application failed, ${app}`,
      ],
    },
  ],
  [
    'listing for nobody',
    (registry) => registry.list('nobody'),
    {
      G0: [500, `failed to read services from remote environment, ${re}`],
      'G0.5': masked,
      G1: [404, `Reading services from Application failed, ${app}`],
      later: [404, `Reading services from Application failed, ${app}`],
    },
  ],
  [
    'reading an unknown service',
    (registry) => registry.get(unknown),
    {
      G0: [404, `service with ID ${unknown} not found`],
      'G0.5': [404, `Service with ID ${unknown} not found`],
      G1: [404, `Reading service with ID ${unknown} failed, Service with ID ${unknown} not found`],
      later: [404, `Reading service with ID ${unknown} failed, Service with ID ${unknown} not found`],
    },
  ],
  [
    'reading for nobody',
    (registry) => registry.get(unknown, 'nobody'),
    {
      G0: [500, `failed to read service with ID ${unknown}, ${re}`],
      'G0.5': masked,
      G1: [404, `Reading service with ID ${unknown} failed, ${app}`],
      later: [404, `Reading service with ID ${unknown} failed, ${app}`],
    },
  ],
  [
    'replacing an unknown service',
    (registry) => registry.put(unknown, minimal),
    {
      G0: [404, `Cannot update the service ${unknown}, service with ID ${unknown} not found`],
      'G0.5': [404, `Updating ${unknown} service failed, Service with ID ${unknown} not found`],
      G1: [
        404,
        `Updating ${unknown} service failed, Reading service with ID ${unknown} failed, Service with ID ${unknown} not found`,
      ],
      later: [
        404,
        `Updating ${unknown} service failed, Reading service with ID ${unknown} failed, Service with ID ${unknown} not found`,
      ],
    },
  ],
  [
    'replacing for nobody',
    (registry) => registry.put(unknown, minimal, 'nobody'),
    {
      G0: [500, `Cannot update the service ${unknown}, failed to read service with ID ${unknown}, ${re}`],
      'G0.5': masked,
      G1: [404, `Updating ${unknown} service failed, Reading service with ID ${unknown} failed, ${app}`],
      later: [404, `Updating ${unknown} service failed, Reading service with ID ${unknown} failed, ${app}`],
    },
  ],
  [
    'removing for nobody',
    (registry) => registry.delete(unknown, 'nobody'),
    {
      G0: [500, `failed to delete service from RE repository, ${re}`],
      'G0.5': masked,
      G1: [404, `Deleting service from Application repository failed, ${app}`],
      later: [404, `Deleting service from Application repository failed, ${app}`],
    },
  ],
];

describe.each(releases)('the registry of %s', (release) => {
  const generation = generationOf(release);

  test('refuses what is not there', async () => {
    const registry = await startRegistry(release);
    for (const [what, call, expected] of rows) {
      const [code, error] = expected[generation];
      const answer = await call(registry);
      expect([what, answer.status, answer.text]).toEqual([what, code, `${JSON.stringify({ code, error })}\n`]);
      expect(answer.headers['content-type']).toBe('application/json;charset=UTF-8');
      counted.ran();
    }
  });

  test('refuses an identifier that is taken, until its service is gone', async () => {
    const registry = await startRegistry(release);
    const id = await registry.register(withIdentifier);
    const text = {
      G0: 'Service with Identifier orders-v2 already exists.',
      'G0.5': 'Service with Identifier orders-v2 already exists',
      G1: 'Creating service failed, Service with Identifier orders-v2 already exists',
      later: 'Creating service failed, Service with Identifier orders-v2 already exists',
    }[generation];
    const taken = await registry.post({ ...withIdentifier, name: 'other' });
    expect(taken.json).toEqual({ code: 409, error: text });
    expect((await registry.post({ ...withIdentifier, name: 'case', identifier: 'Orders-v2' })).status).toBe(200);
    await registry.createApplication('second');
    expect((await registry.post(withIdentifier, 'second')).status).toBe(200);
    await registry.delete(id);
    expect((await registry.post(withIdentifier)).status).toBe(200);
    counted.ran(4);
  });

  test('refuses to read or replace a service whose Secret is gone; only removing helps', async () => {
    const registry = await startRegistry(release);
    const id = await registry.register(withOauth);
    const secret = resource(release, id);
    await registry.store.delete({ apiVersion: 'v1', kind: 'Secret', namespace: 'kyma-integration', name: secret });
    const early = `reading API failed, failed to read oauth credentials from ${secret} secret, secret ${secret} not found`;
    const late = `Reading API failed, Secret ${secret} not found`;
    const [get, put] = {
      G0: [
        [500, early],
        [500, `Cannot update the service ${id}, ${early}`],
      ],
      'G0.5': [masked, masked],
      G1: [
        [404, late],
        [404, `Updating ${id} service failed, ${late}`],
      ],
      later: [
        [404, late],
        [404, `Updating ${id} service failed, ${late}`],
      ],
    }[generation];
    const read = await registry.get(id);
    expect([read.status, read.json.error]).toEqual(get);
    const replaced = await registry.put(id, withOauth);
    expect([replaced.status, replaced.json.error]).toEqual(put);
    expect((await registry.list()).status).toBe(200);
    expect((await registry.delete(id)).status).toBe(204);
    counted.ran(4);
  });

  test('fails over an entry of an unknown type', async () => {
    const registry = await startRegistry(release);
    const service = {
      id: 'x',
      name: 'x',
      displayName: 'x',
      description: '',
      providerDisplayName: '',
      entries: [{ type: 'Queue' }],
    };
    await registry.createApplication('odd', { services: [service] });
    const answer = await registry.list('odd');
    expect(answer.status).toBe(500);
    if (generation === 'G0') {
      expect(answer.json.error).toBe(
        "failed to read services from remote environment, incorrect type of entry 'Queue' in Remote Environment Service definition",
      );
    } else {
      expect(answer.json.error).toBe('Internal error.');
    }
    counted.ran();
  });
});

const resource = (release: string, id: string) => {
  if (isEarly(release)) return `re-shop-${id}`;
  return /^(0\.|1\.[0-6]\.)/.test(release) ? `app-shop-${id}` : `shop-${id}`;
};

test('internal errors are told in full when that is asked for', async () => {
  const registry = await startRegistry('0.5.0', { settings: { detailedErrorResponse: true } });
  expect((await registry.list('nobody')).json.error).toContain('Remote environment: nobody not found.');
  counted.ran();
});

test('with quirks percent signs in nested texts are read as verbs', async () => {
  const quirky = await startRegistry('1.24.0', { quirks: true });
  const text = (await quirky.get('a%25d')).json.error;
  expect(text).toBe('Reading service with ID a%d failed, Service with ID a%!!(MISSING)d(MISSING) not found');
  const plain = await startRegistry('1.24.0');
  expect((await plain.get('a%25d')).json.error).toBe(
    'Reading service with ID a%d failed, Service with ID a%d not found',
  );
  counted.ran(2);
});

describe.each(['2.0.0', 'latest'])('in %s names are unique', (release) => {
  test('a second service of the same normalised name is refused, and leaves its objects behind', async () => {
    const registry = await startRegistry(release);
    await registry.register(minimal);
    const answer = await registry.post({ ...withOauth, name: 'Orders API -- V2' });
    expect(answer.json).toEqual({
      code: 400,
      error: 'Creating service in Application failed, Service with name Orders API -- V2 already exists',
    });
    const { items } = await registry.store.list({ apiVersion: 'v1', kind: 'Secret' });
    expect(items).toHaveLength(1);
    counted.ran();
  });

  test('a service keeps its name, or takes that of another', async () => {
    const registry = await startRegistry(release);
    const id = await registry.register(minimal);
    await registry.register({ ...minimal, name: 'Second' });
    const answer = await registry.put(id, { ...minimal, name: 'New' });
    expect(answer.json).toEqual({
      code: 400,
      error: `Updating ${id} service failed, updating service in Application repository failed, Cannot change service name to New for service with ID ${id}`,
    });
    expect((await registry.put(id, { ...minimal, name: 'orders api v2' })).status).toBe(200);
    expect((await registry.put(id, { ...minimal, name: 'second' })).status).toBe(200);
    counted.ran(3);
  });
});

test('an application whose name makes no Service name cannot register APIs, but events', async () => {
  const registry = await startRegistry('1.24.0', { applications: ['1shop', 'my.shop'] });
  for (const application of ['1shop', 'my.shop']) {
    expect((await registry.post(minimal, application)).json).toEqual({ code: 500, error: 'Internal error.' });
    expect((await registry.post({ ...minimal, api: undefined, events: { spec: {} } }, application)).status).toBe(200);
    counted.ran();
  }
});
