import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../../src/core/clock.ts';
import { silentLogger } from '../../../src/core/log.ts';
import { createLogTap } from '../../../src/core/log-tap.ts';
import { systemRandom } from '../../../src/core/random.ts';
import { createKubernetesApi } from '../../../src/kubernetes/api.ts';
import { createStreams } from '../../../src/kubernetes/streams/streams.ts';
import { podSurroundings } from '../../../src/kubernetes/streams/surroundings.ts';
import { call } from '../../support/call.ts';
import { edge, start } from '../../support/instance.ts';
import { openssl } from '../../support/openssl.ts';
import { type KubectlOptions, kubectl, portForward } from './kubectl.ts';
import { folder, path } from './start.ts';

/** A private key and a certificate for it. */
function identity() {
  const file = join(folder(), 'identity.pem');
  const subject = ['-subj', '/CN=localhost'];
  openssl(['req', '-x509', '-newkey', 'rsa:2048', '-nodes', ...subject, '-keyout', file, '-out', `${file}.crt`]);
  return { key: readFileSync(file), cert: readFileSync(`${file}.crt`) };
}

/** An instance, and a Kubernetes API on its store that leads into it. */
async function startCluster(kyma?: string) {
  const { log, ...tap } = createLogTap(silentLogger, { clock: systemClock });
  const instance = await start({ log, ...(kyma && { kyma }) });
  const internal = edge(instance, 'internal');
  const streams = createStreams({
    store: instance.store,
    clock: systemClock,
    log: silentLogger,
    resolvePort: (_, pod, port) =>
      pod === 'connector-service-0' && port === 8080
        ? { host: '127.0.0.1', port: Number(new URL(internal).port) }
        : undefined,
    logTap: { log, ...tap },
    partOf: (_, pod) => (pod === 'connector-service-0' ? 'connector' : undefined),
    allowExec: true,
    surroundings: (_, pod) => podSurroundings(pod, { env: { PATH: path }, internalUrl: internal, directory: tmpdir() }),
  });
  const { store } = instance;
  const clockAndSo = { clock: systemClock, random: systemRandom, log: silentLogger };
  const api = await createKubernetesApi({ store, ...clockAndSo, token: 'secret', streams });
  const server = createServer(identity(), (request, response) => api.handle(request, response));
  server.on('upgrade', (request, socket, head) => api.upgrade(request, socket, head));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    server.close();
    await streams.close();
    await api.close();
    server.closeAllConnections();
  });
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const options: KubectlOptions = { token: 'secret' };
  return {
    instance,
    kubectl: (line: string, input?: string) => kubectl(url, line.split(' '), { ...options, ...(input && { input }) }),
    exec: (args: string[]) => kubectl(url, ['exec', ...args], options),
    portForward: (args: string[]) => portForward(url, args, options),
  };
}

test('the guide of 2018 gets a token through a forwarded port', async () => {
  const { portForward } = await startCluster('0.4.3');
  const { port } = await portForward(['-n=kyma-integration', 'svc/connector-service-internal-api', ':8080']);
  const answer = await call(`http://localhost:${port}/v1/remoteenvironments/shop/tokens`, { method: 'POST' });
  expect(answer.status).toBe(201);
  expect(answer.json.token).toMatch(/==$/);
});

test('the log of a pod shows what its part of the instance logs', async () => {
  const { instance, kubectl } = await startCluster();
  const headers = { Application: 'shop' };
  const answer = await call(`${edge(instance, 'internal')}/v1/applications/tokens`, { method: 'POST', headers });
  const { stdout } = await kubectl('logs -n kyma-integration connector-service-0');
  expect(stdout).toMatch(/"part":"connector".*"Application":"shop".*"msg":"Generating token"/);
  expect(stdout).not.toContain(answer.json.token);
});

test('the guide of today calls a registered API from a pod', async () => {
  const api = createHttpServer((request, response) => response.end(`asked for ${request.url}`));
  api.listen(0, '127.0.0.1');
  await once(api, 'listening');
  onTestFinished(() => {
    api.close();
    api.closeAllConnections();
  });
  const { kubectl, exec } = await startCluster();
  const application = {
    apiVersion: 'applicationconnector.kyma-project.io/v1alpha1',
    kind: 'Application',
    metadata: { name: 'test-app' },
    spec: {
      services: [
        {
          id: 'b7d4a7b2-0000-4000-8000-000000000000',
          name: 'test-basic',
          displayName: 'test-basic',
          description: 'Your service',
          providerDisplayName: 'Your organisation',
          entries: [{ type: 'API', targetUrl: `http://127.0.0.1:${(api.address() as AddressInfo).port}` }],
        },
      ],
    },
  };
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'test-app-gateway', labels: { run: 'test-app-gateway' } },
    spec: { containers: [{ name: 'test-app-gateway', image: 'busybox', tty: true, stdin: true }] },
  };
  for (const resource of [application, pod]) {
    const applied = await kubectl('apply -f -', JSON.stringify(resource));
    expect(applied.stderr).toBe('');
  }
  expect((await kubectl('wait --for=condition=Ready pod test-app-gateway -n default')).code).toBe(0);
  const url = 'http://central-application-gateway.kyma-system:8080/test-app/test-basic/some/path';
  const name = 'test-app-gateway';
  const result = await exec([name, '-c', name, '-n', 'default', '--', 'sh', '-c', `wget -O- '${url}'`]);
  expect(result.stdout).toBe('asked for /some/path');
  expect(result.code).toBe(0);
});
