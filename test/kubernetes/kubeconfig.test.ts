import { once } from 'node:events';
import { readFile, stat, symlink, writeFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { get } from 'node:https';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { ManualClock } from '../../src/core/clock.ts';
import { kubeconfigOf } from '../../src/kubernetes/access/kubeconfig.ts';
import { startKymulator } from '../../src/kymulator.ts';
import { mergeIntoFile, mergeKubeconfig } from '../../src/pairing/kubeconfig.ts';
import { cli } from '../cli/cli.ts';
import { call } from '../support/call.ts';
import { ConnectorClient } from '../support/connector.ts';
import { start, temporaryFolder } from '../support/instance.ts';

const ours = kubeconfigOf({ server: 'https://localhost:6443', authority: 'CA', certificate: 'CERT', key: 'KEY' });

const theirs = `# my clusters
apiVersion: v1
kind: Config
current-context: work
clusters:
- name: work # do not touch
  cluster: {server: https://project.example}
contexts:
- {name: work, context: {cluster: work, user: me}}
users: []
preferences: {}
`;

test('a kubeconfig has one cluster, one user and one context', () => {
  expect(parse(ours)).toEqual({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'kymulator',
    clusters: [
      { name: 'kymulator', cluster: { server: 'https://localhost:6443', 'certificate-authority-data': 'Q0E=' } },
    ],
    users: [{ name: 'kymulator', user: { 'client-certificate-data': 'Q0VSVA==', 'client-key-data': 'S0VZ' } }],
    contexts: [{ name: 'kymulator', context: { cluster: 'kymulator', user: 'kymulator', namespace: 'default' } }],
  });
});

test('merging adds our entries, leaves those of others and their comments, and is the same the second time', () => {
  const merged = mergeKubeconfig(theirs, ours, 'config');
  expect(merged).toContain('# my clusters');
  expect(merged).toContain('# do not touch');
  const names = (list: { name: string }[]) => list.map(({ name }) => name);
  const { clusters, contexts, users, preferences, ...rest } = parse(merged);
  expect([names(clusters), names(contexts), names(users), preferences]).toEqual([
    ['work', 'kymulator'],
    ['work', 'kymulator'],
    ['kymulator'],
    {},
  ]);
  expect(rest['current-context']).toBe('kymulator');
  expect(mergeKubeconfig(merged, ours, 'config')).toBe(merged);
  expect(mergeKubeconfig('', ours, 'config')).toBe(ours);
});

test.each(['- a list', 'a: [', 'clusters: 5'])(
  'a file with "%s" is no kubeconfig, and stays as it is',
  async (content) => {
    const file = join(await temporaryFolder(), 'config');
    await writeFile(file, content);
    await expect(mergeIntoFile(file, ours)).rejects.toMatchObject({ code: 'KUBECONFIG_INVALID' });
    expect(await readFile(file, 'utf8')).toBe(content);
  },
);

test('a merged file is for its owner only, and a link stays a link', async () => {
  const folder = await temporaryFolder();
  const [file, link] = [join(folder, 'config'), join(folder, 'link')];
  await writeFile(file, theirs);
  await symlink(file, link);
  await mergeIntoFile(link, ours);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(await readFile(file, 'utf8')).toContain('kymulator');
});

test('a start writes the kubeconfig and what programs in a cluster read, and a restart keeps the token', async () => {
  const folder = await temporaryFolder();
  const options = { ephemeral: false, dataDir: join(folder, 'state'), certsDir: join(folder, 'certs') };
  const first = await startKymulator(options);
  const { token } = first.kubernetes;
  await first.close();
  const second = await start({ ...options, kubeconfig: join(folder, 'merged') });
  expect(second.kubernetes.token).toBe(token);
  expect(await readFile(join(folder, 'certs/kubeconfig'), 'utf8')).toBe(second.kubernetes.kubeconfig);
  expect(await readFile(join(folder, 'merged'), 'utf8')).toBe(second.kubernetes.kubeconfig);
  const account = (name: string) => join(folder, 'state/serviceaccount', name);
  expect(await readFile(account('token'), 'utf8')).toBe(token);
  for (const file of [join(folder, 'certs/kubeconfig'), join(folder, 'state/kubernetes-token'), account('token')]) {
    expect((await stat(file)).mode & 0o777, file).toBe(0o600);
  }
  const answer = await call(`${second.kubernetes.url}/api/v1/namespaces/default`, {
    ca: await readFile(account('ca.crt'), 'utf8'),
    headers: { Authorization: `Bearer ${token}` },
  });
  expect(answer.status).toBe(200);
});

test('the command prints the kubeconfig, or merges it into another file', async () => {
  const folder = await temporaryFolder();
  const certsDir = join(folder, 'certs');
  const missing = await cli(['kubeconfig', '--certs-dir', certsDir], { cwd: folder });
  expect([missing.code === 0, missing.stderr.includes('there is no certs/kubeconfig')]).toEqual([false, true]);
  await start({ ephemeral: false, dataDir: join(folder, 'state'), certsDir });
  const printed = await cli(['kubeconfig', '--certs-dir', certsDir], { cwd: folder });
  expect(parse(printed.stdout)['current-context']).toBe('kymulator');
  await writeFile(join(folder, 'config'), theirs);
  const file = join(folder, 'config');
  const merged = await cli(['kubeconfig', '--certs-dir', certsDir, '--kubeconfig', file], { cwd: folder });
  expect([merged.code, merged.stdout]).toEqual([
    0,
    'The running instance is now the current context in config. Try: kubectl get applications\n',
  ]);
  expect(parse(await readFile(file, 'utf8')).clusters).toHaveLength(2);
});

const decoded = (text: string) => Buffer.from(text, 'base64').toString();

test('the client certificate opens the door, also a year before and after, and that of a connected system does not', async () => {
  const clock = new ManualClock();
  const instance = await start({ clock });
  const [{ user }] = parse(instance.kubernetes.kubeconfig).users;
  const identity = { cert: decoded(user['client-certificate-data']), key: decoded(user['client-key-data']) };
  const path = `${instance.kubernetes.url}/api/v1/namespaces`;
  const ca = instance.ca.certificate;
  expect((await call(path, { ca, ...identity })).status).toBe(200);
  clock.advance(300 * 24 * 3600 * 1000);
  expect((await call(path, { ca, ...identity })).status).toBe(200);
  const paired = await new ConnectorClient(instance, 'latest').pair('shop');
  expect((await call(path, { ca, ...paired.identity })).status).toBe(401);
  expect((await call(path, { ca })).status).toBe(401);
});

test('an instance that closes ends the watches in good order', async () => {
  const instance = await start();
  const { url, token } = instance.kubernetes;
  const request = get(`${url}/api/v1/namespaces?watch=true`, {
    agent: false,
    ca: instance.ca.certificate,
    headers: { Authorization: `Bearer ${token}` },
  });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  const [told] = await Promise.all([text(response), instance.close()]);
  expect(told.trim().split('\n')).toHaveLength(5);
  expect(response.complete).toBe(true);
});

test('objects survive a restart, and watches from before it are told to list again', async () => {
  const folder = await temporaryFolder();
  const options = { ephemeral: false, dataDir: join(folder, 'state'), certsDir: join(folder, 'certs') };
  const request = (instance: Awaited<ReturnType<typeof start>>, path: string, body?: object) =>
    call(instance.kubernetes.url + path, {
      ca: instance.ca.certificate,
      headers: { Authorization: `Bearer ${instance.kubernetes.token}` },
      ...(body ? { method: 'POST', body: JSON.stringify(body) } : {}),
    });
  const path = '/api/v1/namespaces/default/configmaps';
  const first = await startKymulator(options);
  const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'kept' } };
  const { json } = await request(first, path, map);
  await request(first, path, { ...map, metadata: { name: 'later' } });
  await first.close();
  const second = await start(options);
  expect((await request(second, `${path}/kept`)).json).toEqual(json);
  const watch = await request(
    second,
    `${path}?watch=true&timeoutSeconds=1&resourceVersion=${json.metadata.resourceVersion}`,
  );
  expect(JSON.parse(watch.text)).toMatchObject({ type: 'ERROR', object: { code: 410 } });
});
