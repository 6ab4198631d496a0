/** An instance in a process of its own, and the client's side of a pairing with it. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import process from 'node:process';
import { type Dispatcher, Pool } from 'undici';
import { startKymulator } from '../../src/kymulator.ts';

interface Addresses {
  readonly internal: string;
  readonly connector: string;
  readonly ca: string;
}

interface System {
  readonly application: string;
  /** The body of the certificate call. */
  readonly signingRequest: string;
}

/** @param folder where the state is kept; absent: in memory */
export async function startPairing(connections: number, folder?: string) {
  const child = fork(import.meta.filename, folder === undefined ? [] : [folder]);
  const ended = once(child, 'exit');
  const started: Promise<unknown[]> = once(child, 'message');
  const [addresses] = await Promise.race([
    started,
    ended.then(([code]) => {
      throw new Error(`the instance ended with code ${code}`);
    }),
  ]);
  const { internal, connector, ca } = addresses as Addresses;
  const inside = new Pool(internal, { connections });
  const outside = new Pool(new URL(connector).origin, { connections, connect: { ca } });
  return {
    /** Token, signing information, certificate. @throws when a step is refused */
    async pair({ application, signingRequest }: System): Promise<void> {
      const token = await call(inside, '/v1/applications/tokens', { method: 'POST', headers: { application } });
      const info = await call(outside, target(token.url), { method: 'GET' });
      await call(outside, target(info.csrUrl), { method: 'POST', body: signingRequest });
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([inside.close(), outside.close()]);
      child.kill();
      await ended;
    },
  };
}

const target = (url: unknown) => {
  const { pathname, search } = new URL(String(url));
  return pathname + search;
};

async function call(
  pool: Pool,
  path: string,
  options: Pick<Dispatcher.RequestOptions, 'method' | 'headers' | 'body'>,
): Promise<Record<string, unknown>> {
  const { statusCode, body } = await pool.request({ path, ...options });
  if (statusCode >= 300) throw new Error(`${options.method} ${path.split('?')[0]}: ${statusCode} ${await body.text()}`);
  return (await body.json()) as Record<string, unknown>;
}

if (process.argv[1] === import.meta.filename) {
  // Without the process that asks there is nothing left to do, however it ended.
  process.once('disconnect', () => process.exit());

  const folder = process.argv[2];
  const state =
    folder === undefined ? {} : { ephemeral: false, dataDir: join(folder, 'state'), certsDir: join(folder, 'certs') };
  const { edges, urls, ca } = await startKymulator({ externalSystem: false, ...state });
  const internal = edges.find(({ name }) => name === 'internal')?.url ?? '';
  process.send?.({ internal, connector: urls.connector, ca: ca.certificate } satisfies Addresses);
}
