import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../src/core/clock.ts';
import { silentLogger } from '../../src/core/log.ts';
import { tokenRequestKind } from '../../src/resources/kinds.ts';
import { createTokenRequestController } from '../../src/token-requests/controller.ts';
import { fetchToken } from '../../src/token-requests/fetch-token.ts';
import type { TokenRequest } from '../../src/token-requests/token-request.ts';
import { call } from '../support/call.ts';
import { start } from '../support/instance.ts';

const { apiVersion, kind } = tokenRequestKind;

async function statusIn(options: Parameters<typeof start>[0], more: Partial<TokenRequest> = {}) {
  const instance = await start(options);
  const { store } = instance;
  const controller = await createTokenRequestController({
    store,
    clock: systemClock,
    log: silentLogger,
    requestToken: (application, context, signal) => fetchToken(instance.tokenRequest(application), context, signal),
  });
  onTestFinished(() => controller.close());
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
