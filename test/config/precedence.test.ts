import { expect, test } from 'vitest';
import { options } from '../../src/config/options.ts';
import { type Given, resolveFrom } from './sources.ts';

const all: Given = {
  flags: { connectorPort: '1111' },
  env: { KYMULATOR_CONNECTOR_PORT: '2222' },
  yaml: '# ours\nconnectorPort: 3333\n',
};

test.each<[string, Given, number, string]>([
  ['a flag wins over everything', all, 1111, 'flag --connector-port'],
  ['the environment wins over the file', { ...all, flags: {} }, 2222, 'environment KYMULATOR_CONNECTOR_PORT'],
  ['the file wins over the default', { yaml: all.yaml ?? '' }, 3333, 'kymulator.yaml:2'],
  ['the default comes last', {}, 8443, 'default'],
])('%s, and the origin says so', async (_name, given, port, origin) => {
  const { settings, origins } = await resolveFrom(given);
  expect(settings.connectorPort).toBe(port);
  expect(origins.connectorPort).toBe(origin);
});

test('without any source, every setting is its default', async () => {
  const { settings } = await resolveFrom({});
  for (const [name, option] of Object.entries(options)) {
    if (!('default' in option) || name === 'dataDir' || name === 'certsDir') continue;
    expect(settings, name).toHaveProperty(name, option.default);
  }
  expect(settings).not.toHaveProperty('appTokenTtl');
});

test.each<[string, Given, object]>([
  ['durations become milliseconds', { flags: { proxyTimeout: '1.5s' } }, { proxyTimeout: 1500 }],
  ['a token lifetime may be below zero', { env: { KYMULATOR_APP_TOKEN_TTL: '-1s' } }, { appTokenTtl: -1000 }],
  ['booleans of the environment are words', { env: { KYMULATOR_QUIRKS: 'Yes' } }, { quirks: true }],
  ['a negated flag turns off', { flags: { externalSystem: false } }, { externalSystem: false }],
  [
    'lists come from repeated flags and from commas',
    { flags: { hostName: ['a', 'b, c'] } },
    { hostName: ['a', 'b', 'c'] },
  ],
  ['one text in the file is a list of one', { yaml: 'hostName: a' }, { hostName: ['a'] }],
  ['a release in the file stays as it is written', { yaml: 'kyma: 2.20' }, { kyma: '2.20' }],
  ['an empty variable counts as not set', { env: { KYMULATOR_KYMA: '' }, yaml: 'kyma: 1.24' }, { kyma: '1.24' }],
  ['a key without value counts as not set', { yaml: 'kyma:\nquirks: true' }, { kyma: 'latest', quirks: true }],
  ['an empty file sets nothing', { yaml: '# nothing\n' }, { kyma: 'latest' }],
  ['the last of a repeated flag counts', { flags: { kyma: ['1.0', '1.1'] } }, { kyma: '1.1' }],
])('%s', async (_name, given, expected) => {
  expect((await resolveFrom(given)).settings).toMatchObject(expected);
});

test('paths of the file start at its folder, all others at the working directory', async () => {
  const { settings, file } = await resolveFrom({
    config: '../etc/own.yaml',
    files: { '/etc/own.yaml': 'dataDir: state\nseed: [a.yaml, /b.yaml]\n' },
    env: { KYMULATOR_CA_CERT: 'ca.crt', KYMULATOR_CA_KEY: '/keys/ca.key' },
  });
  expect(file).toBe('/etc/own.yaml');
  expect(settings).toMatchObject({
    dataDir: '/etc/state',
    seed: ['/etc/a.yaml', '/b.yaml'],
    caCert: '/project/ca.crt',
    caKey: '/keys/ca.key',
    certsDir: '/project/certs',
  });
});

test('KYMULATOR_CONFIG names the file, and --config wins over it', async () => {
  const files = { '/project/a.yaml': 'kyma: 1.1', '/project/b.yaml': 'kyma: 1.2' };
  const env = { KYMULATOR_CONFIG: 'a.yaml' };
  expect((await resolveFrom({ env, files })).settings.kyma).toBe('1.1');
  expect((await resolveFrom({ env, files, config: 'b.yaml' })).settings.kyma).toBe('1.2');
});

test('variables that Kubernetes makes for a Service named kymulator-gateway are no configuration', async () => {
  const env = {
    KYMULATOR_PORT: 'tcp://10.0.0.7:8080',
    KYMULATOR_SERVICE_HOST: '10.0.0.7',
    KYMULATOR_SERVICE_PORT_INTERNAL: '8080',
    KYMULATOR_GATEWAY_PORT: 'tcp://10.0.0.7:9443',
    KYMULATOR_GATEWAY_PORT_9443_TCP: 'tcp://10.0.0.7:9443',
    KYMULATOR_GATEWAY_PORT_9443_TCP_ADDR: '10.0.0.7',
  };
  expect((await resolveFrom({ env })).settings.gatewayPort).toBe(9443);
});
