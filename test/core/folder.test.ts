import { statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { expect, test } from 'vitest';
import { makeFolder } from '../../src/core/folder.ts';
import { temporaryFolder } from '../support/instance.ts';

test('a folder is made with all that are missing above it, once', async () => {
  const folder = join(await temporaryFolder(), 'a/b/c');
  makeFolder(folder, 0o700);
  makeFolder(folder, 0o700);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  expect(statSync(join(folder, '..')).mode & 0o777).toBe(0o700);
});

test('what is in the way is an error: a file above it, a link that leads nowhere', async () => {
  const folder = await temporaryFolder();
  writeFileSync(join(folder, 'file'), '');
  symlinkSync(join(folder, 'nowhere'), join(folder, 'link'));
  expect(() => makeFolder(join(folder, 'file/a'))).toThrow(/ENOTDIR/);
  expect(() => makeFolder(join(folder, 'link'))).toThrow(/EEXIST/);
});

// Node's recursive mkdir spins there for ever.
test.runIf(process.platform === 'linux')('a file system that refuses folders is an error', () => {
  expect(() => makeFolder('/proc/kymulator/state')).toThrow(/ENOENT/);
});
