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
    'kymulator.yaml:1: proxyTimeout is 10; expected a duration with its unit, such as 1500ms, 90s, 10m, 2h or 92d, not below zero and at most 3650d',
  ],
  [
    'duration below zero',
    { flags: { requestTimeout: '-1s' } },
    '--request-timeout is "-1s"; expected a duration with its unit, such as 1500ms, 90s, 10m, 2h or 92d, not below zero and at most 3650d',
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
  [
    'duration of ages',
    { flags: { proxyTimeout: '3651d' } },
    '--proxy-timeout is "3651d"; expected a duration with its unit, such as 1500ms, 90s, 10m, 2h or 92d, not below zero and at most 3650d',
  ],
  [
    'validity that ends beyond all dates',
    { env: { KYMULATOR_CERTIFICATE_VALIDITY: '3000000d' } },
    'KYMULATOR_CERTIFICATE_VALIDITY is "3000000d"; expected a duration with its unit, such as 1500ms, 90s, 10m, 2h or 92d, not below zero and at most 36500d',
  ],
  [
    'time to live of ages',
    { flags: { appTokenTtl: '9999d' } },
    '--app-token-ttl is "9999d"; expected a duration with its unit, such as 1500ms, 90s, 10m, 2h or 92d, at most 3650d',
  ],
  ['empty host', { flags: { host: '' } }, '--host is ""; expected an IP address or host name of this machine'],
  [
    'host',
    { yaml: 'host: a b' },
    'kymulator.yaml:1: host is "a b"; expected an IP address or host name of this machine',
  ],
  [
    'commands from outside',
    { flags: { allowExec: true, host: '0.0.0.0' } },
    '--allow-exec with --host 0.0.0.0 lets other machines run commands on this one, through the Kubernetes API; leave one of them out, or say yes to that with --allow-exec-from-outside',
  ],
  [
    'origin',
    { flags: { allowOrigin: ['http://localhost:3000/'] } },
    '--allow-origin is "http://localhost:3000/"; expected origins such as http://localhost:3000, without path',
  ],
  [
    'rule for outgoing calls',
    { env: { KYMULATOR_OUTGOING: '!private,10.0.0.0/99' } },
    'KYMULATOR_OUTGOING is "!private,10.0.0.0/99"; expected rules as texts: a host name, *.DOMAIN, an address, a range such as 10.0.0.0/8, loopback, private, metadata or *, with ! in front for what may not be called',
  ],
  ['host name', { flags: { hostName: ['a b'] } }, '--host-name is "a b"; expected host names or IP addresses as texts'],
  ['country', { flags: { country: 'Germany' } }, '--country is "Germany"; expected two letters such as DE'],
  ['path', { yaml: 'dataDir: [a]' }, 'kymulator.yaml:1: dataDir is ["a"]; expected a path'],
  [
    'list',
    { yaml: 'hostName: [a, 1]' },
    'kymulator.yaml:1: hostName is ["a",1]; expected host names or IP addresses as texts',
  ],
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

test('a folder for the state and no state on disk is one wish too many', async () => {
  const text = '--data-dir and --ephemeral exclude each other: nothing is kept in a folder then; leave one of them out';
  expect(await problemOf({ flags: { ephemeral: true, dataDir: 'd' } })).toBe(text);
  expect(await problemOf({ env: { KYMULATOR_EPHEMERAL: '1' }, flags: { dataDir: 'd' } })).toBe(text);
  // An image or a project names its folder for all runs.
  const { settings } = await resolveFrom({ env: { KYMULATOR_DATA_DIR: 'd' }, flags: { ephemeral: true } });
  expect(settings.ephemeral).toBe(true);
});

test.each([
  ['kyma: 1.24\n---\nquirks: true\n', 'kymulator.yaml:2: a second document begins here; put all options into one'],
  [`seed: ${'['.repeat(20_000)}`, 'kymulator.yaml:1: nested too deeply; no option needs more than a list'],
  [
    `kyma: &a [x, x, x, x, x, x, x, x, x, x]\n${[...'bcdef'].map((key, n) => `${key}: &${key} [${`*${'abcdef'[n]},`.repeat(10)}]`).join('\n')}`,
    'aliases (*name) that stand for too much',
  ],
])('a file that defeats the parser is described in our words', async (yaml, text) => {
  const message = await problemOf({ yaml });
  expect(message).toContain(text);
  expect(message).not.toMatch(/YAML\.|call stack|overflow|exhaustion/i);
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
    '  - --host-name is ""; expected host names or IP addresses as texts',
    '  - KYMULATOR_QUIRKS is "x"; expected true or false',
    '  - unknown environment variable KYMULATOR_FOO_BAR',
    expect.stringContaining('kymulator.yaml:1: unknown option prot'),
    expect.stringContaining('kymulator.yaml:2: logLevel is "loud"; expected one of'),
  ]);
});
