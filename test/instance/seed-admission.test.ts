import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Kymulator, startKymulator } from '../../src/kymulator.ts';
import { kubectl, request } from '../support/administrator.ts';
import { start, temporaryFolder } from '../support/instance.ts';
import { warningLog } from '../support/warnings.ts';

async function seedFile(text: string): Promise<string> {
  const file = join(await temporaryFolder(), 'seed.yaml');
  await writeFile(file, text);
  return file;
}

const get = async (instance: Kymulator, path: string) => (await request(instance, path)).json;

const secret =
  'apiVersion: v1\nkind: Secret\nmetadata:\n  name: login\n  namespace: shop-prod\nstringData: {user: me}\n';
const definition = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {plural: widgets, kind: Widget}
  versions:
    - name: v1
      served: true
      storage: true
      schema: &schema
        openAPIV3Schema:
          type: object
          properties: {spec: {type: object, properties: {size: {type: integer, minimum: 1, default: 7}}}}
    - {name: v1beta1, served: true, storage: false, schema: *schema}
`;
const widget = 'apiVersion: example.com/v1beta1\nkind: Widget\nmetadata: {name: w}\n';

describe('what a seed writes can be worked on with kubectl:', () => {
  test('a namespace that is nowhere is made, with a word about it', async () => {
    const file = await seedFile(secret);
    const { log, warnings } = warningLog();
    const instance = await start({ seed: [file], log });
    expect(warnings).toEqual([
      `${file}:1:1: the namespace "shop-prod" is neither there nor in the seed, so it is made`,
    ]);
    expect(await kubectl(instance, 'label secret login -n shop-prod team=blue')).toContain('secret/login labeled');
    await kubectl(instance, 'create configmap more -n shop-prod');
    const { metadata, status } = await get(instance, '/api/v1/namespaces/shop-prod');
    expect(metadata.labels).toEqual({ 'kubernetes.io/metadata.name': 'shop-prod' });
    expect(status.phase).toBe('Active');
    await kubectl(instance, 'get serviceaccount default -n shop-prod');
  });

  test('a namespace with nearly the name of another may be a mistake', async () => {
    const { log, warnings } = warningLog();
    await start({ seed: [await seedFile(secret.replace('shop-prod', 'kyma-systen'))], log });
    expect(warnings).toEqual([expect.stringContaining('so it is made; did you mean kyma-system?')]);
  });

  test('a namespace of the seed comes first, wherever it stands', async () => {
    const { log, warnings } = warningLog();
    const namespace = 'apiVersion: v1\nkind: Namespace\nmetadata: {name: shop-prod, labels: {a: b}}\n';
    const { store } = await start({ seed: [await seedFile(`${secret}---\n${namespace}`)], log });
    expect(warnings).toEqual([]);
    const versionOf = async (kind: string, name: string, namespace?: string) =>
      Number((await store.get({ apiVersion: 'v1', kind, name, namespace }))?.metadata.resourceVersion);
    expect(await versionOf('Namespace', 'shop-prod')).toBeLessThan(await versionOf('Secret', 'login', 'shop-prod'));
  });

  test('a resource of a kind that the seed defines is completed by its schema, in the version that is kept', async () => {
    const instance = await start({ seed: [await seedFile(`${widget}spec: {}\n---\n${definition}`)] });
    expect((await get(instance, '/apis/example.com/v1/namespaces/default/widgets')).items).toEqual([
      expect.objectContaining({ apiVersion: 'example.com/v1', spec: { size: 7 } }),
    ]);
    expect(await kubectl(instance, 'label widget w team=blue')).toContain('labeled');
  });

  test.each([
    [
      'labels that are none',
      secret.replace('stringData', '  labels: {"a b": x}\nstringData'),
      /seed\.yaml:6:\d+: metadata\.labels: Invalid value: "a b": name part must consist of/,
    ],
    [
      'annotations that are none',
      secret.replace('stringData', '  annotations: {"a b": x}\nstringData'),
      /seed\.yaml:6:\d+: metadata\.annotations: Invalid value: "a b"/,
    ],
    [
      'a namespace that cannot be made',
      secret.replace('shop-prod', 'Shop_Prod'),
      /seed\.yaml:5:14: metadata\.namespace: Invalid value: "Shop_Prod": a lowercase RFC 1123 label/,
    ],
    [
      'owners that are none',
      secret.replace('stringData', '  ownerReferences: [{name: shop}]\nstringData'),
      /metadata\.ownerReferences\[0\]\.uid: Required value/,
    ],
    [
      'a resource that the schema of its definition refuses',
      `${widget}spec: {size: 0}\n---\n${definition}`,
      /seed\.yaml:4:14: spec\.size: Invalid value: 0: spec\.size in body should be greater than or equal to 1/,
    ],
  ])('%s are refused with their place', async (_, text, message) => {
    await expect(startKymulator({ seed: [await seedFile(text)] })).rejects.toMatchObject({
      code: 'SEED_INVALID',
      message: expect.stringMatching(message),
    });
  });
});

test('a seed cannot change what is immutable, and changes nothing then', async () => {
  const folder = await temporaryFolder();
  const options = { ephemeral: false, dataDir: join(folder, 'state'), certsDir: join(folder, 'certs') };
  const first = await startKymulator({ ...options, seed: [await seedFile(`${secret}immutable: true\n`)] });
  await first.close();
  const other = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: other}\n';
  const changed = `${other}---\n${secret.replace('user: me', 'user: you')}immutable: true\n`;
  await expect(startKymulator({ ...options, seed: [await seedFile(changed)] })).rejects.toMatchObject({
    code: 'SEED_INVALID',
    message: expect.stringMatching(
      /seed\.yaml:5:1: data: Forbidden: field is immutable.*; the Secret "login" is there already: delete it, or leave it out$/,
    ),
  });
  const instance = await start(options);
  expect(await instance.store.get({ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'default', name: 'other' })).toBe(
    undefined,
  );
});

test('a resource of a seed belongs to the owner of that name that is here, whatever its uid was elsewhere', async () => {
  const owner = 'apiVersion: applicationconnector.kyma-project.io/v1alpha1, kind: Application';
  const owners = `  ownerReferences: [{${owner}, name: shop, uid: from-elsewhere}, {${owner}, name: gone, uid: b}]\nstringData`;
  const application = `${owner.replace(', ', '\n')}\nmetadata: {name: shop}\n`;
  const { log, warnings } = warningLog();
  const file = await seedFile(
    `${secret.replace('stringData', owners).replace('shop-prod', 'default')}---\n${application}`,
  );
  const { store } = await start({ seed: [file], log });
  expect(warnings).toEqual([
    `${file}:1:1: the owner Application "gone" is not there, so the reference to it is left out`,
  ]);
  const login = { apiVersion: 'v1', kind: 'Secret', namespace: 'default', name: 'login' };
  const shop = { apiVersion: 'applicationconnector.kyma-project.io/v1alpha1', kind: 'Application', name: 'shop' };
  const uid = (await store.get(shop))?.metadata.uid;
  expect((await store.get(login))?.metadata.ownerReferences).toMatchObject([{ name: 'shop', uid }]);
  await store.delete(shop);
  await expect.poll(() => store.get(login)).toBeUndefined();
});
