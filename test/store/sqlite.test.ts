import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test } from 'vitest';
import { UserError } from '../../src/core/errors.ts';
import { openSqlite, START, temporaryDirectory } from './open.ts';
import { application, applicationNamed, applications, secret, secrets } from './resources.ts';

const stateFile = () => join(temporaryDirectory(), 'data', 'state.db');

test('a restart keeps everything, the revision and the order', async () => {
  const file = stateFile();
  const { store } = openSqlite({}, file);
  const shop = await store.create(application('shop', { services: [{ id: 'é' }] }));
  await store.create(secret('b', 'x'));
  await store.create(secret('a', 'x'));
  await store.patch({ ...secrets, name: 'b', namespace: 'x' }, { data: { more: 'eA==' } });
  const before = { list: await store.list(secrets), revision: await store.revision() };
  await store.close();

  const { store: reopened } = openSqlite({}, file);
  expect(await reopened.get(applicationNamed('shop'))).toEqual(shop);
  expect(await reopened.list(secrets)).toEqual(before.list);
  expect(await reopened.revision()).toBe(before.revision);
});

test('the revision does not go back when the latest write was a deletion', async () => {
  const file = stateFile();
  const { store } = openSqlite({}, file);
  await store.create(application('shop'));
  await store.delete(applicationNamed('shop'));
  const revision = await store.revision();
  await store.close();

  const { store: reopened } = openSqlite({}, file);
  expect(await reopened.revision()).toBe(revision);
  expect((await reopened.list(applications)).items).toEqual([]);
});

test('changes from before a restart cannot be replayed', async () => {
  const file = stateFile();
  const { store } = openSqlite({}, file);
  const since = await store.revision();
  await store.create(application('shop'));
  const latest = await store.revision();
  await store.close();

  const { store: reopened } = openSqlite({}, file);
  const expired: string[] = [];
  const onExpired = ({ message }: Error) => void expired.push(message);
  reopened.watch(applications, { since: latest, onExpired }, () => {});
  expect(expired).toEqual([]);
  reopened.watch(applications, { since, onExpired }, () => {});
  expect(expired).toEqual([expect.stringContaining(`since revision ${since} are no longer kept`)]);
});

test('a second store on the same file is refused while the first is open', async () => {
  const file = stateFile();
  const { store } = openSqlite({}, file);
  const refusal = {
    code: 'DATA_DIR_IN_USE',
    message: expect.stringMatching(new RegExp(`${dirname(file)}.*Stop that instance.*--data-dir.*--ephemeral`)),
  };
  expect(() => openSqlite({}, file)).toThrow(expect.objectContaining(refusal));
  await store.create(application('shop'));
  await store.close();
  expect(() => openSqlite({}, file)).not.toThrow();
});

test('being refused in the same process does not break the lock against other processes', async () => {
  const file = stateFile();
  openSqlite({}, file);
  expect(() => openSqlite({}, file)).toThrow(UserError);
  const { child, said } = otherProcess(file);
  expect(await said).toBe('DATA_DIR_IN_USE');
  await once(child, 'exit');
});

test('a process that was killed leaves no lock behind, and what it had written', async () => {
  const file = stateFile();
  const { child, said } = otherProcess(file);
  expect(await said).toBe('written');
  expect(() => openSqlite({}, file)).toThrow(expect.objectContaining({ code: 'DATA_DIR_IN_USE' }));
  child.kill('SIGKILL');
  await once(child, 'exit');

  const { store } = openSqlite({}, file);
  expect((await store.list(secrets)).items).toHaveLength(1);
});

test('the file and its directory are for their owner only', () => {
  const file = stateFile();
  openSqlite({}, file);
  const mode = (path: string) => statSync(path).mode & 0o777;
  expect([mode(dirname(file)), mode(file), mode(`${file}-wal`)]).toEqual([0o700, 0o600, 0o600]);
});

test('an empty file is a new store', async () => {
  const file = join(temporaryDirectory(), 'state.db');
  writeFileSync(file, '');
  const { store } = openSqlite({}, file);
  expect(await store.revision()).toBe(String(START));
});

test.each([
  ['not a database', (file: string) => writeFileSync(file, 'kind: Application\n'.repeat(100))],
  ['a directory', (file: string) => mkdirSync(file)],
  ['of another program', (file: string) => change(file, 'CREATE TABLE recipes (name TEXT)')],
])('a file that is %s is refused by name and left alone', (_, make) => {
  const file = join(temporaryDirectory(), 'state.db');
  make(file);
  expect(() => openSqlite({}, file)).toThrow(
    expect.objectContaining({ code: 'STATE_UNREADABLE', message: expect.stringContaining(file) }),
  );
});

test.each([
  ['cut off', '{"secret": '],
  ['a number', '7'],
  ['without metadata', '{"apiVersion":"v1","kind":"Secret","secret":"x"}'],
  ['without a version', '{"apiVersion":"v1","kind":"Secret","metadata":{"name":"shop","uid":"secret"}}'],
])('a resource that is %s is refused by name, without its content', async (_, body) => {
  const file = stateFile();
  const { store } = openSqlite({}, file);
  await store.create(application('shop'));
  await store.close();
  change(file, `UPDATE resources SET body = '${body}'`);
  expect(() => openSqlite({}, file)).toThrow(
    expect.objectContaining({ code: 'STATE_UNREADABLE', message: expect.stringContaining('"shop" in it is damaged') }),
  );
});

test('the state of a newer version is refused, and can be opened again once it is one we know', async () => {
  const file = stateFile();
  await openSqlite({}, file).store.close();
  change(file, 'PRAGMA user_version = 99');
  expect(() => openSqlite({}, file)).toThrow(
    expect.objectContaining({ code: 'STATE_TOO_NEW', message: expect.stringMatching(/newer.*99.*knows up to 2/) }),
  );
  change(file, 'PRAGMA user_version = 2');
  expect(() => openSqlite({}, file)).not.toThrow();
});

test('a directory that cannot be made is reported with what to do', () => {
  const file = join(temporaryDirectory(), 'taken');
  writeFileSync(file, '');
  expect(() => openSqlite({}, join(file, 'state.db'))).toThrow(
    expect.objectContaining({ code: 'STATE_UNREADABLE', message: expect.stringContaining('--data-dir') }),
  );
});

function change(file: string, statement: string): void {
  const database = new DatabaseSync(file);
  database.exec(statement);
  database.close();
}

/** Opens the store in another process, which writes to it and stays, or says why it could not. */
function otherProcess(file: string) {
  const script = `
    import { openSqliteStore } from '${import.meta.resolve('../../src/store/sqlite.ts')}';
    import { systemClock } from '${import.meta.resolve('../../src/core/clock.ts')}';
    import { systemRandom } from '${import.meta.resolve('../../src/core/random.ts')}';
    try {
      const store = openSqliteStore({ file: process.argv[1], clock: systemClock, random: systemRandom });
      await store.create({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'a', namespace: 'x' } });
      console.log('written');
      setInterval(() => {}, 60_000);
    } catch (error) {
      console.log(error.code);
    }
  `;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script, file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return { child, said: once(child.stdout, 'data').then(([data]) => String(data).trim()) };
}
