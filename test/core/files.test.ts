import { mkdir, readdir, readFile, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { createWhole, readIfThere, readOrCreate, writeWhole } from '../../src/core/files.ts';
import { runChild } from '../cli/child.ts';
import { temporaryFolder } from '../support/instance.ts';

const modeOf = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);

test('of several processes that make the same files at once, one makes each, and nothing else stays', async () => {
  const folder = await temporaryFolder();
  const count = 200;
  const child = fileURLToPath(new URL('./files-child.ts', import.meta.url));
  const runs = await Promise.all(Array.from({ length: 4 }, () => runChild(child, [folder, String(count)])));
  const made = runs.map(({ stdout, stderr }) => {
    expect(stderr).toBe('');
    return JSON.parse(stdout) as number[];
  });
  expect(made.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, number) => number));
  expect(await readdir(folder)).toHaveLength(count);
  for (const name of await readdir(folder)) {
    const lines = new Set((await readFile(join(folder, name), 'utf8')).split('\n'));
    expect(lines.size, 'one writer, and the end of the text').toBe(2);
  }
});

test('a file that is there stays as it is, and is replaced as a whole', async () => {
  const file = join(await temporaryFolder(), 'a/file');
  expect(await readIfThere(file)).toBeUndefined();
  expect(await createWhole(file, 'first', { flush: true })).toBe(true);
  expect(await createWhole(file, 'second')).toBe(false);
  expect(await readIfThere(file)).toBe('first');
  await writeWhole(file, 'third', { flush: true });
  expect(await readIfThere(file)).toBe('third');
});

test('a file that is made once is the same for everybody', async () => {
  const file = join(await temporaryFolder(), 'once');
  let calls = 0;
  const make = async () => String(++calls);
  const contents = await Promise.all(Array.from({ length: 10 }, () => readOrCreate(file, make)));
  expect(new Set(contents).size).toBe(1);
  const before = calls;
  expect(await readOrCreate(file, make)).toBe(contents[0]);
  expect(calls).toBe(before);
});

test('a link that leads nowhere is in the way of a new file, and gives way to one that is written', async () => {
  const folder = await temporaryFolder();
  const file = join(folder, 'file');
  await symlink(join(folder, 'nowhere'), file);
  expect(await createWhole(file, 'x')).toBe(false);
  await writeWhole(file, 'y');
  expect(await readdir(folder)).toEqual(['file']);
});

test.each([
  [0o000, '755', '644'],
  [0o022, '755', '644'],
  [0o077, '700', '600'],
])('under umask %o nobody else can put anything into a folder of ours, or read a key', async (umask, open, shown) => {
  const folder = await temporaryFolder();
  const before = process.umask(umask);
  onTestFinished(() => void process.umask(before));
  const [certificate, key, state] = ['certs/ca.crt', 'certs/ca.key', 'data/a/state'].map((name) => join(folder, name));
  await writeWhole(certificate as string, '');
  await createWhole(key as string, '', { mode: 0o600 });
  await writeWhole(state as string, '', { mode: 0o600, folderMode: 0o700 });
  expect(await modeOf(join(folder, 'certs'))).toBe(open);
  expect(await modeOf(certificate as string)).toBe(shown);
  expect(await modeOf(key as string)).toBe('600');
  expect(await modeOf(join(folder, 'data/a'))).toBe('700');
  expect(await modeOf(join(folder, 'data'))).toBe('700');
});

test('what killed processes have left is removed with the next write; what others are about to write is not', async () => {
  const folder = await temporaryFolder();
  const draft = (name: string, digit: string) =>
    join(folder, `${name}.${'00000000-0000-0000-0000-000000000000'.replaceAll('0', digit)}.new`);
  const old = new Date(Date.now() - 3_600_000);
  const future = new Date(Date.now() + 3_600_000);
  for (const [file, time] of [
    [draft('ca.key', '1'), old],
    [draft('server.crt', '2'), future],
    [draft('ca.key', '3'), new Date()],
    [join(folder, 'notes.1.new'), old],
  ] as const) {
    await writeFile(file, '');
    await utimes(file, time, time);
  }
  await writeWhole(join(folder, 'kubeconfig'), '');
  expect((await readdir(folder)).sort().map((name) => join(folder, name))).toEqual([
    draft('ca.key', '3'),
    join(folder, 'kubeconfig'),
    join(folder, 'notes.1.new'),
  ]);
});

test('a folder in the place of a file is an error, and no draft stays', async () => {
  const folder = await temporaryFolder();
  await mkdir(join(folder, 'file'));
  await expect(writeWhole(join(folder, 'file'), '')).rejects.toThrow(/EISDIR|ENOTEMPTY|EEXIST/);
  expect(await createWhole(join(folder, 'file'), '')).toBe(false);
  expect(await readdir(folder)).toEqual(['file']);
});
