import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, onTestFinished, test } from 'vitest';
import type { Operation } from '../../src/store/store.ts';
import { openSqlite, temporaryDirectory } from './open.ts';
import { application, applications, type Shop } from './resources.ts';

const create = (name: string, spec = {}): Operation => ({ verb: 'create', resource: application(name, spec) });

test('a batch is there after a restart, and one that was refused is not', async () => {
  const file = join(temporaryDirectory(), 'state.db');
  const { store } = openSqlite({}, file);
  await store.batch([create('a'), create('b', { services: Array.from({ length: 100 }, (_, id) => ({ id })) })]);
  await expect(store.batch([create('c'), create('a')])).rejects.toMatchObject({ code: 'ALREADY_EXISTS', index: 1 });
  const before = await store.list(applications);
  await store.close();
  const { store: reopened } = openSqlite({}, file);
  expect(await reopened.list(applications)).toEqual(before);
  expect(before.items).toHaveLength(2);
});

const RESOURCES = 100;
const KILLS = 6;

/** Writes the same number into many resources, batch after batch, and says each number that is acknowledged. */
const script = `
  import { openSqliteStore } from '${import.meta.resolve('../../src/store/sqlite.ts')}';
  import { systemClock } from '${import.meta.resolve('../../src/core/clock.ts')}';
  import { systemRandom } from '${import.meta.resolve('../../src/core/random.ts')}';
  const store = openSqliteStore({ file: process.argv[1], clock: systemClock, random: systemRandom });
  const kind = ${JSON.stringify(applications)};
  const { items } = await store.list(kind);
  for (let round = (items[0]?.spec.round ?? 0) + 1; ; round++) {
    await store.batch(Array.from({ length: ${RESOURCES} }, (_, n) => ({
      verb: items.length === 0 && round === 1 ? 'create' : 'update',
      resource: { ...kind, metadata: { name: 'shop-' + n }, spec: { round, filling: 'x'.repeat(2000) } },
    })));
    if (!process.stdout.write(round + '\\n')) await new Promise((done) => process.stdout.once('drain', done));
  }
`;

test('of a batch under way when the process is killed there is all or nothing, and all of one acknowledged', async () => {
  const file = join(temporaryDirectory(), 'state.db');
  for (let kill = 0; kill < KILLS; kill++) {
    const child = spawn(process.execPath, ['--input-type=module', '-e', script, file], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    let acknowledged = 0;
    let heard = 0;
    let batchTakes = 0;
    let last = 0;
    for await (const line of createInterface(child.stdout)) {
      acknowledged = Number(line);
      const now = performance.now();
      batchTakes = now - last;
      last = now;
      if (++heard !== 10) continue;
      // Whoever writes a line gives way to who reads it, so by now the next batch has hardly begun. Each time another
      // part of it is waited for.
      while (performance.now() - now < (batchTakes * (kill + 0.5)) / KILLS);
      child.kill('SIGKILL');
    }
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    expect(child.signalCode).toBe('SIGKILL');

    const { store } = openSqlite({}, file);
    const rounds = (await store.list<Shop>(applications)).items.map(({ spec }) => Number(spec?.round));
    await store.close();
    expect(rounds).toHaveLength(RESOURCES);
    expect(new Set(rounds).size).toBe(1);
    expect(rounds[0]).toBeGreaterThanOrEqual(acknowledged);
  }
});
