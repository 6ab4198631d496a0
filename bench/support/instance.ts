/** An instance in a process of its own, so that what it costs can be told from what asking it costs. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import process from 'node:process';
import { startKymulator } from '../../src/kymulator.ts';

interface Addresses {
  readonly internal: string;
  readonly control: string;
  readonly connector: string;
  readonly ca: string;
}

/** @param folder where the state is kept; absent: in memory */
export async function startInstance(folder?: string) {
  const child = fork(import.meta.filename, folder === undefined ? [] : [folder]);
  const ended = once(child, 'exit');
  const said = async <T>(): Promise<T> => {
    const [message] = await Promise.race([
      once(child, 'message') as Promise<unknown[]>,
      ended.then(([code]) => {
        throw new Error(`the instance ended with code ${code}`);
      }),
    ]);
    return message as T;
  };
  const addresses = await said<Addresses>();
  return {
    ...addresses,
    /** Milliseconds of processor time that it has used up to now, all threads together. */
    async cpu(): Promise<number> {
      const used = said<number>();
      child.send('cpu');
      return used;
    },
    async [Symbol.asyncDispose]() {
      child.kill();
      await ended;
    },
  };
}

if (process.argv[1] === import.meta.filename) {
  // Without the process that asks there is nothing left to do, however it ended.
  process.once('disconnect', () => process.exit());
  process.on('message', () => {
    const { user, system } = process.cpuUsage();
    process.send?.((user + system) / 1000);
  });

  const folder = process.argv[2];
  const state =
    folder === undefined ? {} : { ephemeral: false, dataDir: join(folder, 'state'), certsDir: join(folder, 'certs') };
  const { edges, urls, ca } = await startKymulator({ externalSystem: false, ...state });
  const edge = (wanted: string) => edges.find(({ name }) => name === wanted)?.url ?? '';
  process.send?.({
    internal: edge('internal'),
    control: edge('control'),
    connector: urls.connector,
    ca: ca.certificate,
  } satisfies Addresses);
}
