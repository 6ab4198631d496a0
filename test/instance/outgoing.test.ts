import { once } from 'node:events';
import { request } from 'node:http';
import { expect, test } from 'vitest';
import { createLogger } from '../../src/core/log.ts';
import type { KymulatorOptions } from '../../src/kymulator.ts';
import { pair } from '../../src/testing.ts';
import { call } from '../support/call.ts';
import { edge, start } from '../support/instance.ts';

async function startLogged(options: KymulatorOptions = {}) {
  const lines: Record<string, unknown>[] = [];
  const stream = { write: (text: string) => lines.push(JSON.parse(text)) };
  const log = await createLogger({ level: 'debug', format: 'json', stream });
  const instance = await start({ kyma: '1.24', log, ...options });
  const shop = await pair(instance, 'shop');
  const register = async (api: object, name = 'orders') => {
    const definition = { provider: 'Acme', name, description: name, api };
    return call(shop.urls.metadataUrl, {
      ...{ method: 'POST', body: JSON.stringify(definition) },
      ...{ ca: instance.ca.certificate, cert: shop.certificate, key: shop.key },
    });
  };
  return { instance, register, lines };
}

const METADATA = 'http://169.254.169.254';

test('a target that is a metadata service fails as one that cannot be reached, with the reason in the log', async () => {
  const { instance, register, lines } = await startLogged();
  expect((await register({ targetUrl: METADATA })).status).toBe(200);
  const url = `${edge(instance, 'application-gateway')}/shop/orders/latest/meta-data/`;
  expect(await call(url)).toMatchObject({ status: 502, text: '' });

  const { hostname, port, pathname } = new URL(url);
  const headers = { Connection: 'Upgrade', Upgrade: 'websocket' };
  const [answer] = await once(request({ hostname, port, path: pathname, headers, agent: false }).end(), 'response');
  expect(answer.resume().statusCode).toBe(502);

  const refused = lines.filter(({ msg }) => String(msg).startsWith('a call was not made'));
  expect(refused).toHaveLength(2);
  expect(refused[0]).toMatchObject({ level: 'warn', host: '169.254.169.254' });
  const exchange = () => lines.find(({ msg, status }) => msg === 'exchange' && status === 502);
  await expect.poll(exchange).toMatchObject({ calls: [{ failure: expect.stringContaining('--outgoing') }] });
});

test('nor is a specification or a token fetched there, by no redirect either', async () => {
  const { instance, register } = await startLogged({ detailedErrors: true });
  const system = edge(instance, 'external-system');
  const redirect = `${system}/redirect-to?url=${encodeURIComponent(`${METADATA}/`)}`;
  for (const SpecificationUrl of [`${METADATA}/spec`, redirect]) {
    const answer = await register({ targetUrl: system, SpecificationUrl });
    expect(answer.status, answer.text).toBe(502);
    expect(answer.json.error).toContain('EHOSTUNREACH');
    expect(answer.json.error).not.toContain('outgoing');
  }
  const credentials = { oauth: { url: `${METADATA}/token`, clientId: 'id', clientSecret: 'secret' } };
  expect((await register({ targetUrl: system, credentials }, 'secured')).status).toBe(200);
  const answer = await call(`${edge(instance, 'application-gateway')}/shop/secured/get`);
  expect(answer.status).toBe(502);
  expect(answer.json.error).toContain('failed to make a request to');
});

test('rules can keep calls away from this machine, while its own calls to itself go on', async () => {
  const { instance, register } = await startLogged({ outgoing: ['!loopback'] });
  expect((await register({ targetUrl: edge(instance, 'external-system') })).status).toBe(200);
  expect((await call(`${edge(instance, 'application-gateway')}/shop/orders/get`)).status).toBe(502);
  const tokenRequest = {
    apiVersion: 'applicationconnector.kyma-project.io/v1alpha1',
    kind: 'TokenRequest',
    metadata: { name: 'shop', namespace: 'default' },
  };
  await instance.store.create(tokenRequest);
  await expect
    .poll(() => instance.store.get({ ...tokenRequest, name: 'shop', namespace: 'default' }))
    .toMatchObject({ status: { state: 'OK' } });
});
