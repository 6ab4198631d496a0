import process from 'node:process';
import { expect, test } from 'vitest';
import { applicationKind } from '../../src/resources/kinds.ts';
import { call } from '../support/call.ts';
import { edge, start, temporaryFolder } from '../support/instance.ts';

const MEASURED = 10;

const definition = (name: string) =>
  JSON.stringify({ provider: 'Acme', name, description: 'A service', api: { targetUrl: 'http://target.local/x' } });

const services = (count: number) =>
  Array.from({ length: count }, (_, n) => ({
    id: `id-${n}`,
    name: `service-${n}`,
    displayName: `Service ${n}`,
    description: 'A service',
    longDescription: 'A service',
    providerDisplayName: 'Acme',
    entries: [{ type: 'API', targetUrl: `http://target.local/${n}`, credentials: { type: '', secretName: '' } }],
  }));

test.each(['memory', 'SQLite'])(
  'a registration costs as much beside 5000 services as beside 10, in %s',
  async (where) => {
    const state = { ephemeral: false, dataDir: await temporaryFolder(), certsDir: await temporaryFolder() };
    const instance = await start(where === 'memory' ? {} : state);
    const { apiVersion, kind } = applicationKind;
    /** Milliseconds of processor time of one. */
    const cost = async (count: number) => {
      const name = `beside-${count}`;
      await instance.store.create({ apiVersion, kind, metadata: { name }, spec: { services: services(count) } });
      const register = async (n: number) => {
        const answer = await call(`${edge(instance, 'internal')}/${name}/v1/metadata/services`, {
          method: 'POST',
          headers: {
            Host: 'application-registry-external-api.kyma-integration:8081',
            'Content-Type': 'application/json',
          },
          body: definition(`new ${n}`),
        });
        expect(answer.status).toBe(200);
      };
      await register(0);
      const before = process.cpuUsage();
      for (let n = 1; n <= MEASURED; n++) await register(n);
      const { user, system } = process.cpuUsage(before);
      return (user + system) / 1000 / MEASURED;
    };
    await cost(1);
    const beside10 = await cost(10);
    // The aim is 4, which `npm run bench -- growth` measures; it was above 50.
    expect((await cost(5_000)) / beside10).toBeLessThan(12);
  },
);
