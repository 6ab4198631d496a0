import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { expect, test } from 'vitest';
import { edge, start } from '../support/instance.ts';

/** An address of this machine that is not 127.0.0.1: where others would come in. */
const other =
  Object.values(networkInterfaces())
    .flatMap((addresses = []) => addresses)
    .find(({ family, internal }) => family === 'IPv4' && !internal)?.address ?? '127.0.0.2';

const isOpen = (port: string) =>
  new Promise<boolean>((resolve) => {
    const socket = connect({ host: other, port: Number(port) });
    socket.on('connect', () => resolve(socket.destroy() !== undefined)).on('error', () => resolve(false));
  });

const outside = [
  ...['connector', 'gateway', 'kubernetes'],
  ...['external-system', 'external-system-tls', 'external-system-expired'],
];
const inside = [
  ...['internal', 'internal-0'],
  ...['application-gateway', 'application-gateway-compass', 'application-gateway-health'],
];

test('--host opens what has a login to others, and nothing that has none', async () => {
  const instance = await start({ host: '0.0.0.0', clusterPort: ['0'] });
  const open: string[] = [];
  for (const { name, url } of instance.edges) if (await isOpen(new URL(url).port)) open.push(name);
  expect(open.sort()).toEqual([...outside].sort());
  expect(edge(instance, 'internal')).toMatch(/^http:\/\/localhost:/);
});

test('--inside-host opens what is inside, and the control API stays on this machine', async () => {
  const instance = await start({ insideHost: '0.0.0.0', clusterPort: ['0'] });
  const open: string[] = [];
  for (const { name, url } of instance.edges) if (await isOpen(new URL(url).port)) open.push(name);
  expect(open.sort()).toEqual([...inside].sort());
});

test.each([
  [{ host: '0.0.0.0' }, false],
  [{ host: '0.0.0.0', allowExecFromOutside: true }, true],
  [{ host: '192.168.0.7', insideHost: '127.0.0.1' }, false],
  [{ host: 'localhost', insideHost: '0.0.0.0' }, true],
])('commands for kubectl exec with %j: %j', async (options, starts) => {
  const { librarySettings } = await import('../../src/config/library.ts');
  const settings = () => librarySettings({ allowExec: true, ...options });
  if (starts) expect(settings().allowExec).toBe(true);
  else expect(settings).toThrow(/allowExecFromOutside/);
});
