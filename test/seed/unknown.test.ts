import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { definitionOf } from '../../src/resources/definition.ts';
import { applicationKind } from '../../src/resources/kinds.ts';
import { parseDocuments, readSeed } from '../../src/seed/read.ts';
import { temporaryFolder } from '../support/instance.ts';

const kyma = 'applicationconnector.kyma-project.io/v1alpha1';
const thing = 'apiVersion: example.com/v1\nkind: Thing\nmetadata: {name: a}\n';
const definition = definitionOf({
  ...applicationKind,
  apiVersion: 'example.com/v1',
  kind: 'Thing',
  plural: 'things',
  singular: 'thing',
});

test.each([
  [kyma, 'Aplication', `"Aplication" of ${kyma} is unknown; did you mean Application of ${kyma}?`],
  ['v1', 'secret', '"secret" of v1 is unknown; did you mean Secret of v1?'],
  [`${kyma}2`, 'Application', `is unknown; did you mean Application of ${kyma}?`],
  ['v1', 'Foo', '"Foo" of v1 is unknown; a CustomResourceDefinition in the seed makes it known'],
])('in %s the kind %s is refused, with what was meant', (apiVersion, kind, message) => {
  const text = `metadata: {name: a}\napiVersion: ${apiVersion}\nkind: ${kind}\n`;
  expect(() => parseDocuments(text, 'seed.yaml')).toThrow(
    `seed.yaml:3:7: the kind ${message.replace(/^is/, `"${kind}" of ${apiVersion} is`)}`,
  );
});

test('an unknown kind and what is wrong with other resources are told together', () => {
  const unknown = `apiVersion: ${kyma}\nkind: Aplication\nmetadata: {name: a}\n`;
  const wrong = 'apiVersion: v1\nkind: Secret\nmetadata: {name: A}\n';
  expect(() => parseDocuments(`${unknown}---\n${wrong}`, 's')).toThrow(
    /^The seed is invalid:\n {2}s:7:18: metadata\.name.*\n {2}s:2:7: the kind "Aplication".*$/,
  );
});

test('a kind of another group is kept, with a warning', () => {
  const { resources, warnings } = parseDocuments(thing, 'seed.yaml');
  expect(resources).toHaveLength(1);
  expect(warnings).toEqual([
    'seed.yaml:2:7: the kind "Thing" of example.com/v1 is unknown, so no API shows the resource; a CustomResourceDefinition in the seed makes it known',
  ]);
  expect(parseDocuments('{apiVersion: kyma.io/v1, kind: Aplication, metadata: {name: a}}', 's').warnings).toEqual([
    `s:1:32: the kind "Aplication" of kyma.io/v1 is unknown, so no API shows the resource; did you mean Application of ${kyma}?`,
  ]);
});

test('a kind that a definition of the seed or of the store makes known is fine', () => {
  const defined = `${thing}---\n${JSON.stringify(definition)}`;
  expect(parseDocuments(defined, 'seed.yaml').warnings).toEqual([]);
  expect(parseDocuments(thing, 'seed.yaml', { definitions: [definition] }).warnings).toEqual([]);
  expect(parseDocuments(thing.replace('/v1', '/v2'), 's', { definitions: [definition] }).warnings).toEqual([
    expect.stringContaining('did you mean Thing of example.com/v1?'),
  ]);
});

test.each([
  [
    'seed.yaml',
    `apiVersion: ${kyma}\nkind: Application\nmetadata:\n  name: a\n  lables:\n    a: b\nspec:\n  srvices:\n    - {}\n`,
    ['5:3', '8:3'],
  ],
  [
    'seed.json',
    `{"apiVersion": "${kyma}", "kind": "Application",\n"metadata": {"name": "a",\n "lables": {"a": "b"}},\n"spec": {"srvices": [{}]}}`,
    ['3:2', '4:10'],
  ],
])('an unknown member in %s is left out, with a warning', (file, text, [first, second]) => {
  const { resources, warnings } = parseDocuments(text, file);
  expect(resources[0]).toEqual({
    apiVersion: kyma,
    kind: 'Application',
    metadata: { name: 'a' },
    spec: { encodeUrl: true },
  });
  expect(warnings).toEqual([
    `${file}:${first}: unknown field "metadata.lables" is left out; did you mean labels?`,
    `${file}:${second}: unknown field "spec.srvices" is left out; did you mean services?`,
  ]);
});

test('of very many warnings only the first are told', () => {
  const spec = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`odd${index}`, 1]));
  const text = JSON.stringify({ apiVersion: kyma, kind: 'Application', metadata: { name: 'a' }, spec });
  const { warnings } = parseDocuments(text, 's');
  expect(warnings).toHaveLength(21);
  expect(warnings.at(-1)).toBe('… and 30 more');
});

test('a source without any resource is told, but not a file of a folder that has others', async () => {
  const folder = await temporaryFolder();
  const path = (name: string) => join(folder, name);
  await mkdir(path('empty'));
  await mkdir(path('some'));
  await writeFile(path('none.yaml'), '# nothing yet\n');
  await writeFile(path('some/none.yaml'), '');
  await writeFile(path('some/a.yaml'), 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n');
  const { warnings } = await readSeed([path('empty'), path('none.yaml'), path('some')]);
  expect(warnings).toEqual([
    expect.stringContaining(`${path('empty')}: there is no resource in it`),
    expect.stringContaining(`${path('none.yaml')}: there is no resource in it`),
  ]);
});

test('a later source may have another version of what an earlier one has', async () => {
  const folder = await temporaryFolder();
  for (const name of ['a', 'b']) {
    await writeFile(
      join(folder, name),
      `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {from: ${name}}\n`,
    );
  }
  const { resources } = await readSeed([join(folder, 'a'), join(folder, 'b')]);
  expect(resources.map(({ data }) => data)).toEqual([{ from: 'a' }, { from: 'b' }]);
});
