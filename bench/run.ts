/**
 * Runs benchmarks one after another, each in a process of its own: `npm run bench`, or `npm run bench -- NAME…`.
 * Results are for reading; nothing fails because a machine is slow.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import process from 'node:process';

const suites: Readonly<Record<string, string>> = {
  gateway: 'small GETs through the Application Gateway',
  bodies: 'long bodies through the Application Gateway',
  kubernetes: 'the Kubernetes API, and kubectl',
  registry: 'registering and reading services',
  growth: 'registering beside many services',
  connector: 'certificates and whole pairings',
  store: 'lookups and writes',
  turns: 'the longest turn for requests made to be slow',
  start: 'start and memory of the built command line',
};

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !Object.hasOwn(suites, name));
if (unknown.length > 0) {
  console.error(`no benchmark ${unknown.join(', ')}; there are: ${Object.keys(suites).join(', ')}`);
  process.exit(2);
}

for (const [name, description] of Object.entries(suites)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  console.log(`\n── ${name}: ${description}`);
  const child = spawn(process.execPath, [join(import.meta.dirname, `${name}.ts`)], { stdio: 'inherit' });
  const [code] = await once(child, 'exit');
  if (code !== 0) process.exitCode = 1;
}
