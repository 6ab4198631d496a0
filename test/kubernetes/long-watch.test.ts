import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { configMap, startCluster } from './cluster.ts';

const MAPS = '/api/v1/namespaces/default/configmaps';
const MANY = 3000;

test('what happens while a long first list is sent is told after it, once and in order', async () => {
  const cluster = await startCluster();
  const filler = 'x'.repeat(1000);
  for (let at = 0; at < MANY; at++) {
    await cluster.store.create({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: `m${at}`, namespace: 'default' },
      data: { filler },
    });
  }
  let turns = 0;
  let counting = true;
  const count = async () => {
    while (counting) {
      turns++;
      await setImmediate();
    }
  };
  const counted = count();
  const watch = await cluster.watch(
    `${MAPS}?watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true`,
  );
  await cluster.post(MAPS, configMap('late'));
  await cluster.delete(`${MAPS}/m0`);
  const events = await watch.take(MANY + 3);
  counting = false;
  await counted;
  expect(events.slice(0, MANY).every(({ type }) => type === 'ADDED')).toBe(true);
  expect(new Set(events.slice(0, MANY).map(({ object }) => object.metadata.name)).size).toBe(MANY);
  expect(events.slice(MANY).map(({ type, object }) => `${type} ${object.metadata.name ?? ''}`)).toEqual([
    'BOOKMARK ',
    'ADDED late',
    'DELETED m0',
  ]);
  expect(turns).toBeGreaterThan(5);
});
