import { once } from 'node:events';
import { request } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { startKymulator } from '../../src/kymulator.ts';
import type { Application } from '../../src/resources/application.ts';
import type { Secret } from '../../src/resources/core-kinds.ts';

const encode = (text: string) => Buffer.from(text).toString('base64');

const secret = (namespace: string): Secret => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'test-secret', namespace },
  data: { username: encode('test-user'), password: encode('test-password') },
});

test.each(['kyma-system', 'kyma-integration'])(
  "a Secret in %s opens the guide's API in an instance",
  async (namespace) => {
    const instance = await startKymulator();
    onTestFinished(() => instance.close());
    const url = (name: string) => new URL(instance.edges.find((edge) => edge.name === name)?.url ?? '');
    const application: Application = {
      apiVersion: 'applicationconnector.kyma-project.io/v1alpha1',
      kind: 'Application',
      metadata: { name: 'test-app' },
      spec: {
        services: [
          {
            id: 'id',
            name: 'test-basic-auth',
            displayName: 'test-basic-auth',
            description: 'Your service',
            providerDisplayName: 'Your organisation',
            entries: [
              {
                type: 'API',
                targetUrl: url('external-system').href,
                credentials: { type: 'Basic', secretName: 'test-secret' },
              },
            ],
          },
        ],
      },
    };
    await instance.store.create(application);
    const call = async () => {
      const { hostname, port } = url('internal');
      const path = `http://central-application-gateway.kyma-system:8080/test-app/test-basic-auth/basic-auth/test-user/test-password`;
      const outgoing = request({ host: hostname, port, path, agent: false }).end();
      const [answer] = await once(outgoing, 'response');
      answer.resume();
      return answer.statusCode;
    };
    expect(await call()).toBe(500);
    await instance.store.create(secret(namespace));
    expect(await call()).toBe(200);
  },
);
