import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../../src/core/clock.ts';
import { systemRandom } from '../../../src/core/random.ts';
import { createMemoryStore } from '../../../src/store/memory.ts';
import { openSqliteStore } from '../../../src/store/sqlite.ts';
import { ConnectorClient, externalApi, type GenerationName, releases, sharedKey } from '../../support/connector.ts';
import { edge, start, temporaryFolder } from '../../support/instance.ts';
import { base64, csr } from '../../support/openssl.ts';
import { stampede } from '../../support/stampede.ts';

const CALLS = 1000;
const ROUNDS = 100;
const parts = { clock: systemClock, random: systemRandom };
const REFUSED = '403 {"code":403,"error":"Invalid token."}\n';

const stores = {
  memory: async () => createMemoryStore(parts),
  sqlite: async () => openSqliteStore({ file: join(await temporaryFolder(), 'kymulator.db'), ...parts }),
};

const signingRequest = JSON.stringify({
  csr: base64(csr({ key: sharedKey, subject: '/O=Organization/OU=OrgUnit/L=Waldorf/ST=Waldorf/C=DE/CN=shop' })),
});

/** One token, many calls at once: exactly one wins, whatever the store. (connector-service §3.4, §4.5) */
export function singleUseTests(storeName: keyof typeof stores): void {
  describe.each(['A2', 'latest'] as GenerationName[])('one token of %s', (name) => {
    async function prepare() {
      const store = await stores[storeName]();
      onTestFinished(() => store.close());
      const instance = await start({ kyma: releases[name], store });
      const client = new ConnectorClient(instance, name);
      const port = Number(new URL(edge(instance, 'internal')).port);
      const token = async () => (await client.token('shop')).json.token as string;
      const send = (url: string, method: string, body = '') => {
        const { pathname, search } = new URL(url);
        const head = `${method} ${pathname}${search} HTTP/1.1\r\nhost: ${externalApi}\r\ncontent-length: ${body.length}`;
        return stampede({ port, count: CALLS, text: `${head}\r\n\r\n${body}` });
      };
      return { client, token, send };
    }

    test(`gives one of ${CALLS} concurrent info calls its answer, ${ROUNDS} times`, { timeout: 120_000 }, async () => {
      const { client, token, send } = await prepare();
      for (let round = 0; round < ROUNDS; round++) {
        const outcome = await send(client.infoUrl('shop', await token()), 'GET');
        expect(outcome).toEqual({ '200': 1, [REFUSED]: CALLS - 1 });
      }
    });

    test(`signs one of ${CALLS} concurrent requests, ${ROUNDS} times`, { timeout: 240_000 }, async () => {
      const { client, token, send } = await prepare();
      for (let round = 0; round < ROUNDS; round++) {
        const outcome = await send(client.signingUrl('shop', await token()), 'POST', signingRequest);
        expect(outcome).toEqual({ '201': 1, [REFUSED]: CALLS - 1 });
      }
    });
  });
}
