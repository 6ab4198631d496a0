import { join } from 'node:path';
import {
  CustomObjectsApi,
  KubeConfig,
  type KubernetesListObject,
  type KubernetesObject,
  KubernetesObjectApi,
  makeInformer,
  PatchStrategy,
  setHeaderOptions,
} from '@kubernetes/client-node';
import { expect, onTestFinished, test } from 'vitest';
import { type Kymulator, startKymulator } from '../../src/kymulator.ts';
import { start, temporaryFolder } from '../support/instance.ts';

const group = 'applicationconnector.kyma-project.io';
const version = 'v1alpha1';
const plural = 'applications';
const coordinates = { group, version, plural };

interface Application extends KubernetesObject {
  spec?: { description?: string; labels?: Record<string, string> };
}

const application = (name: string, description = ''): Application => ({
  apiVersion: `${group}/${version}`,
  kind: 'Application',
  metadata: { name },
  spec: { description },
});

function configOf(instance: Kymulator): KubeConfig {
  const config = new KubeConfig();
  config.loadFromString(instance.kubernetes.kubeconfig);
  return config;
}

test('the object API creates, reads, patches, lists and deletes', async () => {
  const api = KubernetesObjectApi.makeApiClient(configOf(await start()));
  const created = await api.create(application('shop', 'first'));
  expect(created.metadata?.uid).toMatch(/^[0-9a-f-]{36}$/);
  const read = (await api.read({ ...application('shop'), metadata: { name: 'shop' } })) as Application;
  expect(read.spec?.description).toBe('first');
  const patched = (await api.patch(
    application('shop', 'second'),
    undefined,
    undefined,
    undefined,
    undefined,
    PatchStrategy.MergePatch,
  )) as Application;
  expect(patched.spec?.description).toBe('second');
  expect((await api.list(`${group}/${version}`, 'Application')).items.map(({ metadata }) => metadata?.name)).toEqual([
    'shop',
  ]);
  await api.delete(application('shop'));
  await expect(api.read({ ...application('shop'), metadata: { name: 'shop' } })).rejects.toMatchObject({ code: 404 });
});

test('of twenty writers of one object every accepted write is there, and the others are told 409', async () => {
  const api = configOf(await start()).makeApiClient(CustomObjectsApi);
  await api.createClusterCustomObject({ ...coordinates, body: application('shop') });
  const get = async () => (await api.getClusterCustomObject({ ...coordinates, name: 'shop' })) as Application;
  let conflicts = 0;
  /** Reads, changes, writes back, and starts over when somebody else was faster. */
  async function write(writer: number): Promise<void> {
    for (;;) {
      const current = await get();
      const labels = { ...current.spec?.labels, [`writer-${writer}`]: 'was here' };
      const body = { ...current, spec: { ...current.spec, labels } };
      try {
        await api.replaceClusterCustomObject({ ...coordinates, name: 'shop', body });
        return;
      } catch (error) {
        expect(error).toMatchObject({ code: 409 });
        conflicts++;
      }
    }
  }
  await Promise.all(Array.from({ length: 20 }, (_, writer) => write(writer)));
  expect(Object.keys((await get()).spec?.labels ?? {})).toHaveLength(20);
  expect(conflicts).toBeGreaterThan(0);
});

test('merge patches of many clients lose nothing', async () => {
  const api = configOf(await start()).makeApiClient(CustomObjectsApi);
  await api.createClusterCustomObject({ ...coordinates, body: application('shop') });
  await Promise.all(
    Array.from({ length: 20 }, (_, writer) =>
      api.patchClusterCustomObject(
        { ...coordinates, name: 'shop', body: { spec: { labels: { [`patch-${writer}`]: 'x' } } } },
        setHeaderOptions('Content-Type', PatchStrategy.MergePatch),
      ),
    ),
  );
  const shop = (await api.getClusterCustomObject({ ...coordinates, name: 'shop' })) as Application;
  expect(Object.keys(shop.spec?.labels ?? {})).toHaveLength(20);
});

test('an informer loses no change through a restart, after which old versions are gone (410)', {
  timeout: 60_000,
}, async () => {
  const folder = await temporaryFolder();
  const onDisk = { ephemeral: false, dataDir: join(folder, 'state'), certsDir: join(folder, 'certs') };
  let instance = await startKymulator(onDisk);
  onTestFinished(() => instance.close());
  const port = Number(new URL(instance.kubernetes.url).port);
  const config = configOf(instance);
  const api = config.makeApiClient(CustomObjectsApi);
  const list = () => api.listClusterCustomObject(coordinates) as Promise<KubernetesListObject<Application>>;
  const informer = makeInformer<Application>(config, `/apis/${group}/${version}/${plural}`, list);
  const known = new Map<string, string>();
  const learn = ({ metadata, spec }: Application) => known.set(metadata?.name ?? '', spec?.description ?? '');
  informer.on('add', learn);
  informer.on('update', learn);
  informer.on('delete', ({ metadata }) => known.delete(metadata?.name ?? ''));
  let stopped = false;
  // A real program starts its informer again when the connection broke.
  informer.on('error', () => {
    if (!stopped) setTimeout(() => informer.start().catch(() => informer.start().catch(() => {})), 200);
  });
  await informer.start();
  onTestFinished(async () => {
    stopped = true;
    await informer.stop();
  });
  const write = async (name: string, description: string) => {
    await instance.store.create({ ...application(name, description), metadata: { name } } as never);
  };
  await write('before', 'one');
  await write('gone', 'x');
  await expect.poll(() => known.get('gone')).toBe('x');
  await instance.close();

  instance = await startKymulator({ ...onDisk, kubernetesPort: port });
  const reference = { apiVersion: `${group}/${version}`, kind: 'Application' };
  await instance.store.patch({ ...reference, name: 'before' }, { spec: { description: 'two' } });
  await instance.store.delete({ ...reference, name: 'gone' });
  await write('after', 'three');
  await expect.poll(() => Object.fromEntries(known), { timeout: 30_000 }).toEqual({ before: 'two', after: 'three' });
  await write('later', 'four');
  await expect.poll(() => known.get('later'), { timeout: 10_000 }).toBe('four');
});
