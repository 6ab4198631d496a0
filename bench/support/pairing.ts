/** The client's side of a pairing with an instance in a process of its own. */
import { type Dispatcher, Pool } from 'undici';
import { startInstance } from './instance.ts';

interface System {
  readonly application: string;
  /** The body of the certificate call. */
  readonly signingRequest: string;
}

/** @param folder where the state is kept; absent: in memory */
export async function startPairing(connections: number, folder?: string) {
  const instance = await startInstance(folder);
  const inside = new Pool(instance.internal, { connections });
  const outside = new Pool(new URL(instance.connector).origin, { connections, connect: { ca: instance.ca } });
  return {
    /** Token, signing information, certificate. @throws when a step is refused */
    async pair({ application, signingRequest }: System): Promise<void> {
      const token = await call(inside, '/v1/applications/tokens', { method: 'POST', headers: { application } });
      const info = await call(outside, target(token.url), { method: 'GET' });
      await call(outside, target(info.csrUrl), { method: 'POST', body: signingRequest });
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([inside.close(), outside.close()]);
      await instance[Symbol.asyncDispose]();
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
