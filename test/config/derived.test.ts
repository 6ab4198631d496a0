import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { configurationPage } from '../../scripts/configuration-page.ts';
import { environmentNameOf, flagOf, isServiceLink } from '../../src/config/names.ts';
import { optionNames, optionRows } from '../../src/config/options.ts';
import { printConfig } from '../../src/config/print.ts';
import { configSchema } from '../../src/config/schema.ts';
import { resolveFrom } from './sources.ts';

test('docs/configuration.md is what scripts/write-docs.ts writes', async () => {
  const page = await readFile(resolve(import.meta.dirname, '../../docs/configuration.md'), 'utf8');
  expect(page, 'run: node scripts/write-docs.ts').toBe(configurationPage());
});

test('every option either has a default or says what its absence means', () => {
  for (const [name, option] of optionRows) {
    expect((option.default === undefined) !== (option.whenUnset === undefined), name).toBe(true);
    expect(option.description, name).not.toMatch(/\.$/);
  }
});

test('flags and variables follow from the key, and no variable looks like one of a service link', () => {
  expect(flagOf('applicationGatewayCompassPort')).toBe('--application-gateway-compass-port');
  expect(environmentNameOf('rootCaCert')).toBe('KYMULATOR_ROOT_CA_CERT');
  for (const name of optionNames) expect(isServiceLink(environmentNameOf(name), '8080'), name).toBe(false);
});

test('the schema has every option and nothing else', () => {
  const schema = configSchema();
  expect(schema).toMatchObject({ type: 'object', additionalProperties: false });
  expect(schema.properties).toMatchObject({
    gatewayPort: { type: 'integer', minimum: 0, maximum: 65535, default: 9443 },
    proxyTimeout: { type: 'string', default: '10s' },
    logLevel: { enum: expect.arrayContaining(['debug']) },
    kyma: { type: ['string', 'number'] },
  });
  expect(Object.keys(schema.properties ?? {})).toEqual(optionNames);
});

test('the printed configuration has every option with its value and its origin', async () => {
  const printed = printConfig(
    await resolveFrom({ flags: { appTokenTtl: '90s' }, yaml: 'quirks: true', env: { KYMULATOR_SEED: 'a,/b' } }),
  );
  const rows = printed.split('\n').map((line) => line.trim().split(/ {2,}/));
  expect(rows).toContainEqual(['quirks', 'true', 'kymulator.yaml:1']);
  expect(rows).toContainEqual(['seed', '/project/a, /b', 'environment KYMULATOR_SEED']);
  expect(rows).toContainEqual(['appTokenTtl', '90s', 'flag --app-token-ttl']);
  expect(rows).toContainEqual(['runtimeTokenTtl', "(the release's own)", 'default']);
  for (const name of optionNames) expect(rows.map(([first]) => first)).toContain(name);
});
