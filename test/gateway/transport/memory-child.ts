import { startKymulator } from '../../../src/kymulator.ts';

/** An instance in a process of its own, which tells its parent how far its memory grows. Argument: the target's URL. */
const [targetUrl = ''] = process.argv.slice(2);
const instance = await startKymulator({ proxyTimeout: 600_000, requestTimeout: 600_000 });
await instance.store.create({
  apiVersion: 'applicationconnector.kyma-project.io/v1alpha1',
  kind: 'Application',
  metadata: { name: 'app' },
  spec: {
    skipVerify: true,
    services: [
      {
        id: 'id',
        name: 'svc',
        displayName: 'svc',
        description: 'Streams',
        providerDisplayName: 'Tests',
        entries: [{ type: 'API', targetUrl }],
      },
    ],
  },
});
const before = process.memoryUsage.rss();
let highest = before;
setInterval(() => {
  highest = Math.max(highest, process.memoryUsage.rss());
}, 10).unref();
process.on('message', () => process.send?.({ grownBy: highest - before }));
process.on('disconnect', () => void instance.close());
process.send?.({ url: instance.edges.find(({ name }) => name === 'application-gateway')?.url });
