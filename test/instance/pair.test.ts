import { request } from 'undici';
import { expect, test } from 'vitest';
import { pair } from '../../src/testing.ts';
import { cli, temporaryFolder } from '../cli/cli.ts';
import { edge, start } from '../support/instance.ts';
import { openssl, rsaKey } from '../support/openssl.ts';

test('a paired system can be closed twice, and once more by its block', async () => {
  const instance = await start();
  await using shop = await pair(instance, 'shop', { key: String(rsaKey()) });
  const { statusCode, body } = await request(shop.urls.metadataUrl, { dispatcher: shop.dispatcher });
  expect([statusCode, await body.text()]).toEqual([200, '[]\n']);
  await Promise.all([shop.close(), shop.close()]);
  await shop.close();
});

test('a key that is none is named, before anything is made', async () => {
  const instance = await start();
  const ec = String(openssl(['genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256']));
  for (const key of ['junk', '', ec]) {
    await expect(pair(instance, 'shop', { key })).rejects.toThrow(
      'no key: the option "key" must be the PEM text of an RSA private key without password',
    );
  }
  const { items } = await instance.store.list({
    apiVersion: 'applicationconnector.kyma-project.io/v1alpha1',
    kind: 'Application',
  });
  expect(items).toEqual([]);
});

test.each(['0.4.3', '0.7.0', '1.24', 'latest'])(
  'the addresses of release %s have the promised members',
  async (kyma) => {
    const instance = await start({ kyma });
    await using shop = await pair(instance, 'shop', { key: String(rsaKey()) });
    const { metadataUrl, eventsUrl, certificatesUrl } = shop.urls;
    for (const url of [metadataUrl, eventsUrl, certificatesUrl]) expect(URL.canParse(url), url).toBe(true);
  },
);

test('a refusal has the same code and words for a test as for the command connect', async () => {
  // A central Connector Service wants to know tenant and group.
  const instance = await start({ kyma: '1.24', central: true });
  const refusal = await pair(instance, 'shop').catch((thrown: unknown) => thrown);
  expect(refusal).toMatchObject({
    code: 'TOKEN_REFUSED',
    message: expect.stringContaining('no token for "shop": 400 Required headers for ApplicationContext'),
  });
  const argv = ['connect', 'shop', '--control-url', edge(instance, 'control')];
  const { code, stderr } = await cli(argv, { cwd: await temporaryFolder() });
  expect({ code, stderr }).toEqual({ code: 1, stderr: `kymulator: ${(refusal as Error).message}\n` });
});
