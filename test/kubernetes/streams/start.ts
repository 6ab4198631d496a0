import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createSocketServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { systemClock } from '../../../src/core/clock.ts';
import { type Logger, silentLogger } from '../../../src/core/log.ts';
import { createLogTap } from '../../../src/core/log-tap.ts';
import { systemRandom } from '../../../src/core/random.ts';
import type { StreamTarget } from '../../../src/kubernetes/streams/handler.ts';
import { createStreams } from '../../../src/kubernetes/streams/streams.ts';
import { createMemoryStore } from '../../../src/store/memory.ts';

export interface StartOptions {
  /** The port on this machine that the pod's port 8080 leads to. */
  readonly backend?: number;
  readonly allowExec?: boolean;
  readonly environment?: Readonly<Record<string, string>>;
  readonly log?: Logger;
}

export type Started = Awaited<ReturnType<typeof start>>;

export const path = process.env.PATH ?? '';

/** Just as much of a Kubernetes API as kubectl needs to find the pod `web` (containers `web`) in `default`. */
export async function start(options: StartOptions = {}) {
  const { backend, allowExec = true, environment = { PATH: path }, log = silentLogger } = options;
  const store = createMemoryStore({ clock: systemClock, random: systemRandom });
  const logTap = createLogTap(log, { clock: systemClock });
  await store.create({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web', namespace: 'default', labels: { app: 'web' } },
    spec: { containers: [{ name: 'web', ports: [{ containerPort: 8080, name: 'http' }, { containerPort: 8081 }] }] },
    status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
  });
  const streams = createStreams({
    store,
    clock: systemClock,
    log: silentLogger,
    resolvePort: (_namespace, pod, port) =>
      pod === 'web' && port === 8080 && backend !== undefined ? { host: '127.0.0.1', port: backend } : undefined,
    logTap,
    partOf: (_namespace, pod) => (pod === 'web' ? 'connector' : undefined),
    allowExec,
    surroundings: () => ({ environment, directory: tmpdir() }),
  });

  const server = createServer((request, response) => {
    const target = targetOf(request);
    if (target) {
      if (!streams.request(request, response, target)) response.writeHead(405).end();
      return;
    }
    void answerObject(request, response);
  });
  server.on('upgrade', (request, socket, head) => {
    const target = targetOf(request);
    if (target) streams.upgrade(request, socket, head, target);
    else socket.destroy();
  });
  const answerObject = async ({ url = '' }: IncomingMessage, response: ServerResponse) => {
    const path = url.split('?')[0] ?? '';
    const [, collection, name] = /^\/api\/v1\/namespaces\/default\/(\w+)(?:\/([\w-]+))?$/.exec(path) ?? [];
    const pod = await store.get({ apiVersion: 'v1', kind: 'Pod', namespace: 'default', name: name ?? 'web' });
    const found = collection === 'pods' ? (name ? pod : { ...list, items: [pod] }) : answers[path];
    response
      .writeHead(found ? 200 : 404, { 'content-type': 'application/json' })
      .end(
        JSON.stringify(found ?? { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason: 'NotFound', code: 404 }),
      );
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    const closed = once(server, 'close');
    server.close();
    await streams.close();
    server.closeAllConnections();
    await store.close();
    await closed;
  });
  const { port } = server.address() as AddressInfo;
  return { port, url: `http://127.0.0.1:${port}`, streams, logTap, store };
}

function targetOf({ url = '' }: IncomingMessage): StreamTarget | undefined {
  const match = /^\/api\/v1\/namespaces\/(\w+)\/pods\/([\w-]+)\/(portforward|exec|attach|log)(\?|$)/.exec(url);
  if (!match) return undefined;
  const [, namespace = '', pod = '', subresource] = match;
  return { namespace, pod, subresource: subresource as StreamTarget['subresource'] };
}

const list = { kind: 'PodList', apiVersion: 'v1', metadata: { resourceVersion: '1' } };
const resource = (name: string, kind: string) => ({
  name,
  singularName: '',
  namespaced: true,
  kind,
  verbs: ['get', 'list'],
});
const answers: Readonly<Record<string, object>> = {
  '/version': { major: '1', minor: '32', gitVersion: 'v1.32.4' },
  '/api': { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [] },
  '/apis': { kind: 'APIGroupList', apiVersion: 'v1', groups: [] },
  '/api/v1': {
    kind: 'APIResourceList',
    groupVersion: 'v1',
    resources: [resource('pods', 'Pod'), resource('services', 'Service')],
  },
  '/api/v1/namespaces/default/services/web': {
    kind: 'Service',
    apiVersion: 'v1',
    metadata: { name: 'web', namespace: 'default' },
    spec: { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 'http' }] },
  },
};

/** A folder that goes away with the test. */
export function folder(): string {
  const directory = mkdtempSync(join(tmpdir(), 'kymulator-streams-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** A TCP server that lives as long as the test. @returns its port */
export async function listen(serve: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createSocketServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    serve(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return (server.address() as AddressInfo).port;
}
