import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { messageOf, UserError } from '../../src/core/errors.ts';
import { parseDocuments, readSeed } from '../../src/seed/read.ts';

const thing = (name: string) => `apiVersion: example.com/v1\nkind: Thing\nmetadata: {name: ${name}}\n`;
const names = (resources: readonly { metadata: { name: string } }[]) => resources.map(({ metadata }) => metadata.name);

/** Writes files into a new directory that goes away with the test. */
function directory(files: Record<string, string>): string {
  const root = mkdtempSync(join(tmpdir(), 'kymulator-seed-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
  return root;
}

const parsed = (...input: Parameters<typeof parseDocuments>) => parseDocuments(...input).resources;

const refusal = (text: string, variables?: Record<string, string>) => {
  try {
    parseDocuments(text, 'seed.yaml', { variables });
  } catch (error) {
    expect(error).toBeInstanceOf(UserError);
    expect(error).toHaveProperty('code', 'SEED_INVALID');
    return messageOf(error);
  }
  throw new Error('the seed was accepted');
};

test('a directory is read recursively in the order of paths, other files are left alone', async () => {
  const root = directory({
    'b.yaml': thing('b'),
    'a/z.yml': thing('az'),
    'a/c.json': '{"apiVersion": "example.com/v1", "kind": "Thing", "metadata": {"name": "ac"}}',
    'README.md': 'not: [a seed',
    'empty.yaml': '# nothing here\n',
  });
  expect(names((await readSeed([root])).resources)).toEqual(['ac', 'az', 'b']);
});

test('a file is read whatever it is called', async () => {
  const root = directory({ seed: thing('a') });
  expect(names((await readSeed([join(root, 'seed')])).resources)).toEqual(['a']);
});

test('a path that does not exist is reported', async () => {
  await expect(readSeed(['/nowhere/seed.yaml'])).rejects.toMatchObject({
    code: 'SEED_UNREADABLE',
    message: expect.stringContaining('/nowhere/seed.yaml'),
  });
});

test('documents are separated by ---, lists are unrolled, empty documents are nothing', () => {
  const list = 'apiVersion: v1\nkind: List\nitems:\n- {apiVersion: e/v1, kind: T, metadata: {name: b}}\n-\n';
  expect(names(parsed(`---\n${thing('a')}---\n---\n${list}---\n${thing('c')}`, 'text'))).toEqual(['a', 'b', 'c']);
  expect(parsed('', 'text')).toEqual([]);
});

test('resources are completed: defaults, namespace, stringData', () => {
  const [secret] = parsed('{apiVersion: v1, kind: Secret, metadata: {name: a}, stringData: {k: v}}', 'text');
  expect(secret).toMatchObject({ type: 'Opaque', metadata: { namespace: 'default' }, data: { k: 'dg==' } });
});

const invalidService = `apiVersion: applicationconnector.kyma-project.io/v1alpha1
kind: Application
metadata:
  name: shop
spec:
  services:
    - id: a
      name: a
      description: ''
      providerDisplayName: ''
      entries:
        - type: Foo
`;

test('what is wrong with a resource is told with line and column, all of it at once', () => {
  expect(refusal(`${thing('a')}---\n${invalidService}`)).toBe(
    [
      'The seed is invalid:',
      '  seed.yaml:11:7: spec.services[0].displayName: Required value',
      '  seed.yaml:16:17: spec.services[0].entries[0].type: Unsupported value: "Foo": supported values: "API", "Events"',
    ].join('\n'),
  );
});

test('the place inside a list and behind an alias is found', () => {
  const list = `apiVersion: v1\nkind: List\nitems:\n  - apiVersion: v1\n    kind: Secret\n    metadata: {name: A}\n`;
  expect(refusal(list)).toContain('seed.yaml:6:22: metadata.name: Invalid value: "A"');
  expect(refusal('apiVersion: v1\nkind: Secret\nx: &x {name: A}\nmetadata: *x\n')).toContain(
    'seed.yaml:3:14: metadata.name',
  );
});

test.each([
  ['a: [1, 2\nb: 3', 'seed.yaml:2:'],
  ['kind: A\nkind: B', 'seed.yaml:2:1: Map keys must be unique'],
  ['just text', 'seed.yaml:1:1: Invalid value: "string"'],
  [`${thing('a')}---\n\tkind: x`, 'seed.yaml:5:1:'],
])('broken YAML %j is told with its place', (text, start) => {
  expect(refusal(text)).toContain(start);
});

test('a document that unfolds without end is refused', () => {
  const levels = Array.from(
    { length: 12 },
    (_, i) =>
      `a${i}: &a${i} [${Array(9)
        .fill(i ? `*a${i - 1}` : 'x')
        .join(',')}]`,
  );
  expect(refusal(levels.join('\n'))).toContain('alias');
});

test('the same resource twice is refused, naming both places', async () => {
  expect(refusal(`${thing('a')}---\n${thing('b')}---\n${thing('a')}`)).toBe(
    'The seed is invalid: seed.yaml:9:1: Thing "a" is defined already at seed.yaml:1; keep one of them',
  );
  const root = directory({ 'a.yaml': thing('a'), 'b.yaml': thing('a') });
  await expect(readSeed([root])).rejects.toThrow(join(root, 'a.yaml'));
});

test('placeholders in values are filled in; comments, names and doubled dollars are not', () => {
  const text = `# \${NOT_HERE}\n${thing('a')}"\${NAME}": "\${URL}/x?\${URL}"\nplain: \${URL}/y\ncost: $\${URL}\nshell: $HOME $5\n`;
  expect(parsed(text, 'text', { variables: { URL: 'http://h: #1', NAME: 'n' } })[0]).toMatchObject({
    '${NAME}': 'http://h: #1/x?http://h: #1',
    plain: 'http://h: #1/y',
    cost: `\${URL}`,
    shell: '$HOME $5',
  });
});

test('a placeholder without a value is refused with its line; without variables it is just a text', () => {
  const text = `${thing('a')}url: \${URl}\n`;
  expect(refusal(text, { URL: 'x' })).toContain(`seed.yaml:4:6: unknown variable \${URl} (known: URL;`);
  expect(refusal(text, {})).toContain('(known: none;');
  expect(parsed(text, 'text')[0]).toMatchObject({ url: `\${URl}` });
});
