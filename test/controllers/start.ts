import { onTestFinished } from 'vitest';
import { startControllers } from '../../src/controllers/start.ts';
import { ManualClock } from '../../src/core/clock.ts';
import { type Logger, type LogMethod, silentLogger } from '../../src/core/log.ts';
import { systemRandom } from '../../src/core/random.ts';
import type { OwnerReference, Resource, Stored } from '../../src/resources/resource.ts';
import { createMemoryStore } from '../../src/store/memory.ts';
import type { ResourceStore } from '../../src/store/store.ts';

/** A store in memory with the controllers of a cluster, on a clock that stands still. */
export async function start({
  existing = async () => {},
  seenBy = (store) => store,
}: {
  /** Writes what is there before they start. */
  readonly existing?: (store: ResourceStore) => Promise<unknown>;
  /** The store as the controllers see it. */
  readonly seenBy?: (store: ResourceStore) => ResourceStore;
} = {}) {
  const clock = new ManualClock(Date.UTC(2026, 0, 5, 10));
  const store = createMemoryStore({ clock, random: systemRandom });
  await existing(store);
  const errors: object[] = [];
  const error: LogMethod = (...input: [string | object, string?]) => errors.push(Object(input[0]));
  const log: Logger = { ...silentLogger, error, child: () => log };
  const controllers = await startControllers({ store: seenBy(store), clock, log });
  onTestFinished(async () => {
    await controllers.close();
    await store.close();
  });
  return { store, clock, controllers, errors };
}

export const application = (name: string): Resource => ({
  apiVersion: 'applicationconnector.kyma-project.io/v1alpha1',
  kind: 'Application',
  metadata: { name },
});

export const configMap = (name: string, owners: readonly OwnerReference[] = [], metadata: object = {}): Resource => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'default', ...(owners.length > 0 && { ownerReferences: owners }), ...metadata },
});

export const namespace = (name: string, metadata: object = {}): Resource => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name, ...metadata },
  spec: { finalizers: ['kubernetes'] },
});

export const definition = (change: object = {}): Resource => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'widgets.example.com' },
  spec: {
    group: 'example.com',
    scope: 'Namespaced',
    names: { plural: 'widgets', kind: 'Widget' },
    versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
    ...change,
  },
});

export const widget = (name: string, metadata: object = {}): Resource => ({
  apiVersion: 'example.com/v1',
  kind: 'Widget',
  metadata: { name, namespace: 'default', ...metadata },
});

/** A reference to an owner, in whatever more it says. */
export const ownedBy = ({ apiVersion, kind, metadata }: Stored, more: object = {}): OwnerReference => ({
  apiVersion,
  kind,
  name: metadata.name,
  uid: metadata.uid,
  ...more,
});

/** Whether these are there, by their names. */
export const namesOf = async (store: ResourceStore, kind = 'ConfigMap', apiVersion = 'v1') =>
  (await store.list({ apiVersion, kind })).items.map(({ metadata }) => metadata.name);

/** Everything that needs no time has happened: in memory the work of controllers takes only turns of the loop. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
}
