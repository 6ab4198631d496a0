import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startKymulator } from '../../src/kymulator.ts';
import { definitionOf } from '../../src/resources/definition.ts';
import { applicationKind } from '../../src/resources/kinds.ts';
import { call } from '../support/call.ts';
import { start, temporaryFolder } from '../support/instance.ts';
import { warningLog } from '../support/warnings.ts';

const group = { apiVersion: 'example.com/v1', kind: 'Thing', plural: 'things', singular: 'thing' };
const application = 'apiVersion: applicationconnector.kyma-project.io/v1alpha1\nkind: Application\n';

test('what a seed has too much is told at the start, and no API shows it', async () => {
  const file = join(await temporaryFolder(), 'seed.yaml');
  await writeFile(file, `${application}metadata: {name: shop}\nspec:\n  srvices: []\n`);
  const { log, warnings } = warningLog();
  const { ca, kubernetes } = await start({ seed: [file], log });
  expect(warnings).toEqual([`${file}:5:3: unknown field "spec.srvices" is left out; did you mean services?`]);
  const shop = await call(`${kubernetes.url}/apis/applicationconnector.kyma-project.io/v1alpha1/applications/shop`, {
    ca: ca.certificate,
    headers: { Authorization: `Bearer ${kubernetes.token}` },
  });
  expect(shop.json.spec).toEqual({ encodeUrl: true });
});

test('a kind that the store has a definition of is known to every later seed', async () => {
  const folder = await temporaryFolder();
  const [definition, thing] = [join(folder, 'definition.json'), join(folder, 'thing.yaml')];
  await writeFile(definition, JSON.stringify(definitionOf({ ...applicationKind, ...group, shortNames: [] })));
  await writeFile(thing, 'apiVersion: example.com/v1\nkind: Thing\nmetadata: {name: a}\n');
  const { log, warnings } = warningLog();
  const kept = { ephemeral: false, dataDir: join(folder, 'state'), certsDir: join(folder, 'certs'), log };
  await (await startKymulator({ ...kept, seed: [thing] })).close();
  expect(warnings).toEqual([expect.stringContaining('the kind "Thing" of example.com/v1 is unknown')]);
  await (await startKymulator({ ...kept, seed: [definition] })).close();
  await (await startKymulator({ ...kept, seed: [thing] })).close();
  expect(warnings).toHaveLength(1);
});

test('a misspelt kind ends the start', async () => {
  const file = join(await temporaryFolder(), 'seed.yaml');
  await writeFile(file, `${application.replace('kind: App', 'kind: Ap')}metadata: {name: shop}\n`);
  await expect(startKymulator({ seed: [file] })).rejects.toMatchObject({
    code: 'SEED_INVALID',
    message: expect.stringMatching(/seed\.yaml:2:7: the kind "Aplication" .*did you mean Application of/),
  });
});
