import { expect, test } from 'vitest';
import { UserError } from '../../src/core/errors.ts';
import { type Given, resolveFrom } from './sources.ts';

async function problemOf(given: Given): Promise<string> {
  const error: unknown = await resolveFrom(given).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(UserError);
  expect(error).toHaveProperty('code', 'CONFIG_INVALID');
  return error instanceof Error ? error.message : '';
}

test.each<[string, Given, string]>([
  ['port as a flag', { flags: { gatewayPort: 'abc' } }, '--gateway-port is "abc"; expected a port number, 0 to 65535'],
  [
    'port in the environment',
    { env: { KYMULATOR_GATEWAY_PORT: '65536' } },
    'KYMULATOR_GATEWAY_PORT is "65536"; expected a port number, 0 to 65535',
  ],
  [
    'port in the file',
    { yaml: 'kyma: 1.24\ngatewayPort: "9443"' },
    'kymulator.yaml:2: gatewayPort is "9443"; expected a port number, 0 to 65535',
  ],
  ['boolean', { env: { KYMULATOR_QUIRKS: 'maybe' } }, 'KYMULATOR_QUIRKS is "maybe"; expected true or false'],
  ['boolean in the file', { yaml: 'quirks: yes' }, 'kymulator.yaml:1: quirks is "yes"; expected true or false'],
  [
    'duration without unit',
    { yaml: 'proxyTimeout: 10' },
    'kymulator.yaml:1: proxyTimeout is 10; expected a duration with its unit, such as 1500ms, 90s, 10m, 2h or 92d, not below zero',
  ],
  [
    'duration below zero',
    { flags: { requestTimeout: '-1s' } },
    '--request-timeout is "-1s"; expected a duration with its unit, such as 1500ms, 90s, 10m, 2h or 92d, not below zero',
  ],
  ['choice', { flags: { logFormat: 'xml' } }, '--log-format is "xml"; expected one of auto, pretty, json'],
  [
    'release',
    { flags: { kyma: '3.0' } },
    '--kyma is "3.0"; expected latest, or a Kyma release from 0.4.0 to 2.20 such as 1.24 or 1.24.11',
  ],
  [
    'base URL',
    { flags: { gatewayUrl: 'gateway.example' } },
    '--gateway-url is "gateway.example"; expected a URL that starts with http:// or https://',
  ],
  [
    'domain',
    { flags: { domain: 'https://kyma.example' } },
    '--domain is "https://kyma.example"; expected a domain name such as kyma.example, without scheme and port',
  ],
  ['path', { yaml: 'dataDir: [a]' }, 'kymulator.yaml:1: dataDir is ["a"]; expected a path'],
  ['list', { yaml: 'hostName: [a, 1]' }, 'kymulator.yaml:1: hostName is ["a",1]; expected a list of texts'],
  ['list of paths', { flags: { seed: ['a,,b'] } }, '--seed is "a,,b"; expected a list of paths'],
])('a wrong %s is reported with its place and what is expected', async (_name, given, message) => {
  expect(await problemOf(given)).toBe(message);
});

test.each<[string, Given, string]>([
  [
    'variable',
    { env: { KYMULATOR_GATWAY_PORT: '1' } },
    'unknown environment variable KYMULATOR_GATWAY_PORT; did you mean KYMULATOR_GATEWAY_PORT?',
  ],
  ['variable without likeness', { env: { KYMULATOR_XYZ: '1' } }, 'unknown environment variable KYMULATOR_XYZ'],
  ['key', { yaml: '\ngateway-port: 1' }, 'kymulator.yaml:2: unknown option gateway-port; did you mean gatewayPort?'],
  ['missing file', { config: 'no.yaml' }, 'there is no configuration file no.yaml (looked for /project/no.yaml)'],
  ['list as a file', { yaml: '- kyma' }, 'kymulator.yaml:1: expected options, as in "kyma: 1.24"'],
  ['key without value, as a file', { yaml: 'kyma' }, 'kymulator.yaml:1: expected options, as in "kyma: 1.24"'],
  ['CA without key', { flags: { caCert: 'a' } }, '--ca-cert needs --ca-key: name the private key of that CA too'],
  ['key without CA', { flags: { caKey: 'a' } }, '--ca-key needs --ca-cert: name the certificate of that CA too'],
  [
    'port given twice',
    { flags: { controlPort: '9443' } },
    '--gateway-port and --control-port are both 9443; give each its own port, or 0',
  ],
])('%s: the user is told what is wrong', async (_name, given, message) => {
  expect(await problemOf(given)).toBe(message);
});

test('broken YAML is reported with its line', async () => {
  expect(await problemOf({ yaml: 'kyma: 1.24\nquirks: [true' })).toMatch(/^kymulator\.yaml:2: not valid YAML: /);
  expect(await problemOf({ yaml: 'kyma: 1.24\nquirks: true\nkyma: 1.23' })).toMatch(
    /^kymulator\.yaml:3: not valid YAML/,
  );
});

test('a file that cannot be read is reported with the reason', async () => {
  const { resolveSettings } = await import('../../src/config/resolve.ts');
  const readFile = async () => {
    throw new Error('EACCES: permission denied');
  };
  await expect(resolveSettings({ flags: { values: {} }, env: {}, cwd: '/project', readFile })).rejects.toThrow(
    'cannot read the configuration file kymulator.yaml: EACCES: permission denied',
  );
});

test('all problems of all sources are reported together', async () => {
  const message = await problemOf({
    problems: ['unknown option --gatway-port; did you mean --gateway-port?'],
    flags: { kyma: 'x', hostName: ['a', ''] },
    env: { KYMULATOR_QUIRKS: 'x', KYMULATOR_FOO_BAR: 'x' },
    yaml: 'prot: 1\nlogLevel: loud',
  });
  expect(message.split('\n')).toEqual([
    '7 problems in the configuration:',
    '  - unknown option --gatway-port; did you mean --gateway-port?',
    expect.stringContaining('--kyma is "x"'),
    '  - --host-name is ""; expected a list of texts',
    '  - KYMULATOR_QUIRKS is "x"; expected true or false',
    '  - unknown environment variable KYMULATOR_FOO_BAR',
    expect.stringContaining('kymulator.yaml:1: unknown option prot'),
    expect.stringContaining('kymulator.yaml:2: logLevel is "loud"; expected one of'),
  ]);
});
