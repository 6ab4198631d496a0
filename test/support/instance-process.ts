import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { EdgeAddress } from '../../src/kymulator.ts';

const program = fileURLToPath(new URL('./instance-child.ts', import.meta.url));

/** An instance in a process of its own. */
export interface InstanceProcess extends AsyncDisposable {
  readonly edges: readonly EdgeAddress[];
  /** Base URL of an edge. */
  url(name: string): string;
  /** How many descriptors it has open. On Linux alone. */
  descriptors(): number;
  /** Whether it still runs. */
  readonly runs: boolean;
}

/** @param openFiles how many descriptors it may have; default: as many as this process */
export async function startInstanceProcess(openFiles?: number): Promise<InstanceProcess> {
  const limit = openFiles === undefined ? '' : `ulimit -n ${openFiles}; `;
  const child = spawn('sh', ['-c', `${limit}exec "$0" "$1"`, process.execPath, program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  const edges = JSON.parse(line) as EdgeAddress[];
  return {
    edges,
    url: (name) => edges.find((edge) => edge.name === name)?.url ?? '',
    descriptors: () => readdirSync(`/proc/${child.pid}/fd`).length,
    get runs() {
      return child.exitCode === null && child.signalCode === null;
    },
    async [Symbol.asyncDispose]() {
      child.kill();
      await ended;
    },
  };
}
