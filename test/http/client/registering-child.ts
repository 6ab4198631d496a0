import { request } from 'undici';
import { pair, startKymulator } from '../../../src/testing.ts';

/**
 * An instance in a process of its own, whose environment says which authorities are public. Arguments: the authority of
 * the instance (file of its certificate, file of its key), and then the hosts that publish a specification at `/spec`
 * and `/$metadata`. Prints what became of each registration.
 */
const [caCert, caKey, ...hosts] = process.argv.slice(2);
await using instance = await startKymulator({ caCert, caKey });
await using shop = await pair(instance, 'shop');
const outcomes: string[] = [];
for (const host of hosts) {
  for (const api of [{ specificationUrl: `${host}/spec` }, { apiType: 'odata' }]) {
    const name = `service ${outcomes.length}`;
    const { statusCode, body } = await request(shop.urls.metadataUrl, {
      dispatcher: shop.dispatcher,
      method: 'POST',
      body: JSON.stringify({ provider: 'p', name, description: 'd', api: { targetUrl: host, ...api } }),
    });
    const answer = await body.text();
    if (statusCode !== 200) {
      outcomes.push(`${statusCode} ${answer}`);
      continue;
    }
    const { id } = JSON.parse(answer) as { id: string };
    const registered = await request(`${shop.urls.metadataUrl}/${id}`, { dispatcher: shop.dispatcher });
    outcomes.push(JSON.stringify(((await registered.body.json()) as { api: { spec: unknown } }).api.spec));
  }
}
console.log(JSON.stringify(outcomes));
