import { execFile } from 'node:child_process';
import process from 'node:process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { yamlToJson } from '../../src/kubernetes/wire/yaml-worker.ts';

test('a document is read in a thread of its own', async () => {
  expect(await yamlToJson('a: 1\nb: [x, y]\n', 100)).toBe('{"a":1,"b":["x","y"]}');
  await expect(yamlToJson('a: [1', 100)).rejects.toThrow();
});

test('reading a document does not keep a process that has nothing else to do', async () => {
  const module = new URL('../../src/kubernetes/wire/yaml-worker.ts', import.meta.url).href;
  const program = `
    const { yamlToJson } = await import(${JSON.stringify(module)});
    void yamlToJson('- item\\n'.repeat(400_000), 100).then(() => console.log('read'), () => console.log('refused'));
    console.log('asked');
  `;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program]);
  expect(stdout).toBe('asked\n');
});
