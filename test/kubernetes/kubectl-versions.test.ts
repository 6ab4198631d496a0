import { execFileSync } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { application } from './cluster.ts';
import { useKubectl } from './kubectl.ts';

/** Other releases of kubectl that lie beside the machine's own, as the Google Cloud CLI brings them. */
const folder = dirname(realpathSync(execFileSync('sh', ['-c', 'command -v kubectl']).toString().trim()));
const others = ['1.27', '1.28', '1.29', '1.30', '1.31', '1.33']
  .map((release) => ({ release, program: join(folder, `kubectl.${release}`) }))
  .filter(({ program }) => existsSync(program));

const kubectl = useKubectl();

describe.skipIf(others.length === 0).each(others)('kubectl $release', ({ release, program }) => {
  const name = `by-${release.replace('.', '-')}`;
  const run = (args: string, input?: object) =>
    kubectl.ok(args, { program, ...(input ? { input } : {}), env: { KUBECACHEDIR: join(kubectl.folder, name) } });

  test('applies, reads, creates and deletes', async () => {
    expect(await run('apply -f -', application(name, { description: 'a' }))).toMatch(/created$/);
    expect(await run('apply -f -', application(name, { description: 'b' }))).toMatch(/configured$/);
    expect(await run(`get app ${name} -o jsonpath={.spec.description}`)).toBe('b');
    expect(await run('get app')).toMatch(/^NAME\s+AGE\n/);
    expect(await run(`create secret generic ${name} --from-literal=a=b`)).toMatch(/created$/);
    expect(await run('auth can-i get secrets')).toBe('yes');
    expect(await run('explain app.spec.description')).toContain('description');
    expect(await run(`delete app/${name} secret/${name}`)).toMatch(/deleted\n.*deleted$/);
  });
});
