import { expect, test } from 'vitest';
import type { TokenRequest } from '../../../src/controllers/token-requests/token-request.ts';
import { tokenRequestKind } from '../../../src/resources/kinds.ts';
import { call } from '../../support/call.ts';
import { start } from '../../support/instance.ts';

const { apiVersion, kind } = tokenRequestKind;

async function statusIn(options: Parameters<typeof start>[0], more: Partial<TokenRequest> = {}) {
  const instance = await start(options);
  const { store } = instance;
  const reference = { apiVersion, kind, name: 'shop', namespace: 'default' };
  await store.create({ apiVersion, kind, metadata: { name: 'shop', namespace: 'default' }, ...more });
  await expect.poll(async () => (await store.get<TokenRequest>(reference))?.status, { timeout: 10_000 }).toBeDefined();
  const status = (await store.get<TokenRequest>(reference))?.status;
  return { instance, status };
}

test.each(['latest', '1.24.11', '0.6.1'])('the URL of a request starts the pairing in release %s', async (kyma) => {
  const { instance, status } = await statusIn({ kyma });
  expect(status).toMatchObject({ state: 'OK', application: 'shop' });
  expect(status?.token).toMatch(/^[\w-]{86}==$/);
  const info = await call(status?.url ?? '', { ca: instance.ca.certificate });
  expect(info.status).toBe(200);
  expect(info.json.csrUrl).toContain('token=');
});

test('a central Connector Service wants tenant and group, and refuses without them', async () => {
  const { status: with_ } = await statusIn({ central: true }, { context: { tenant: 't', group: 'g' } });
  expect(with_?.token).not.toBe('');
  const { status: without } = await statusIn({ central: true });
  expect(without).toMatchObject({ state: 'OK', token: '', url: '' });
});

test.each(['0.5.0', '2.3'])('release %s has nobody who answers', async (kyma) => {
  const { store } = await start({ kyma });
  const reference = { apiVersion, kind, name: 'shop', namespace: 'default' };
  await store.create({ apiVersion, kind, metadata: { name: 'shop', namespace: 'default' } });
  // A second request to a release that answers takes its status within this time many times over.
  const { store: other } = await start();
  await other.create({ apiVersion, kind, metadata: { name: 'shop', namespace: 'default' } });
  await expect.poll(async () => (await other.get<TokenRequest>(reference))?.status).toBeDefined();
  expect((await store.get<TokenRequest>(reference))?.status).toBeUndefined();
});
