import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { type CreateCapability, type Kymulator, startWith } from '../../src/kymulator.ts';
import { call } from '../support/call.ts';
import { edge } from '../support/instance.ts';
import { kubectl, portForward } from './streams/kubectl.ts';

/** A capability that is one row of the table of services. */
const weather: CreateCapability = async ({ log }) => {
  const own = log.child({ part: 'weather' });
  return {
    name: 'weather',
    services: [
      {
        service: 'weather-api',
        namespaces: ['kyma-system'],
        port: 8083,
        portName: 'http',
        app: 'weather',
        logPart: 'weather',
        site: {
          handle(request, response) {
            own.info({ path: request.url }, 'asked for the weather');
            response.end('sunny');
          },
          close: async () => {},
        },
      },
    ],
    close: async () => {},
  };
};

async function start(): Promise<Kymulator> {
  const instance = await startWith([weather]);
  onTestFinished(() => instance.close());
  return instance;
}

const withKubectl = ({ kubernetes: { url, token } }: Kymulator, line: string) =>
  kubectl(url, line.split(' '), { token });

/** A call inside the cluster, as a client with `HTTP_PROXY` makes it. */
async function byHost(instance: Kymulator, host: string) {
  const outgoing = request(edge(instance, 'internal'), { headers: { host }, agent: false });
  outgoing.end();
  const [response] = await new Promise<[NodeJS.ReadableStream & { statusCode?: number }]>((resolve, reject) => {
    outgoing.once('response', (...answer) => resolve(answer));
    outgoing.once('error', reject);
  });
  return { status: response.statusCode, text: await text(response) };
}

test.each(['weather-api:8083', 'weather-api.kyma-system:8083', 'weather-api.kyma-system.svc.cluster.local:8083'])(
  'one row of the table makes the name %s answer',
  async (host) => {
    expect(await byHost(await start(), host)).toEqual({ status: 200, text: 'sunny' });
  },
);

test('it is in the list of names that others get', async () => {
  const { status, text } = await byHost(await start(), 'nobody.kyma-system:80');
  expect(status).toBe(421);
  expect(text).toContain('weather-api.kyma-system:8083');
});

test('kubectl shows its Service and its pod', async () => {
  const instance = await start();
  const services = await withKubectl(instance, 'get svc -n kyma-system weather-api -o jsonpath={.spec.ports[0].port}');
  expect(services.stdout).toBe('8083');
  const pods = await withKubectl(instance, 'get pods -n kyma-system -l app=weather -o name');
  expect(pods.stdout).toBe('pod/weather-0\n');
});

test('port-forward leads to it, and its log lines are the logs of its pod', async () => {
  const instance = await start();
  const { url, token } = instance.kubernetes;
  const { port } = await portForward(url, ['-n=kyma-system', 'svc/weather-api', ':8083'], { token });
  expect((await call(`http://localhost:${port}/today`)).text).toBe('sunny');
  const { stdout } = await withKubectl(instance, 'logs -n kyma-system weather-0');
  expect(stdout).toMatch(/"part":"weather","path":"\/today","msg":"asked for the weather"/);
});

test('metrics of the registry have a Service like every other name that answers', async () => {
  const { stdout } = await withKubectl(await start(), 'get svc -n kyma-integration -o name');
  expect(stdout).toContain('service/application-registry-metrics\n');
  expect(stdout).toContain('service/metadata-service-metrics\n');
});
