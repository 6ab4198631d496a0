import { pair, startKymulator } from 'kymulator/testing';
import { request } from 'undici';
import { expect, test } from 'vitest';

// A connector's own contract test: a control plane of its own, on free ports, gone when the test ends.
test('the connector registers its API, which a workload can call', async () => {
  await using kyma = await startKymulator({ kyma: '1.24' });
  await using shop = await pair(kyma, 'shop');

  // What the connector under test would do: register, with its certificate.
  const target = kyma.edges.find(({ name }) => name === 'external-system')?.url;
  const registered = await request(shop.urls.metadataUrl, {
    method: 'POST',
    dispatcher: shop.dispatcher,
    body: JSON.stringify({
      provider: 'Acme',
      name: 'Orders API',
      description: 'Orders of the shop',
      api: { targetUrl: target },
    }),
  });
  expect(registered.statusCode).toBe(200);

  // What a workload in the cluster does: call the API through the Application Gateway.
  const gateway = kyma.edges.find(({ name }) => name === 'application-gateway')?.url;
  const answer = await request(`${gateway}/shop/orders-api/uuid`);
  expect(await answer.body.json()).toEqual({ uuid: expect.any(String) });
});
