import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll } from 'vitest';
import { type Kymulator, startKymulator } from '../../src/kymulator.ts';

export interface Result {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface KubectlOptions {
  /** What the program reads. */
  readonly input?: string | object;
  readonly env?: Readonly<Record<string, string>>;
  /** Another kubectl than the machine's own. */
  readonly program?: string;
  /** Ends the program after its output has this text. */
  readonly until?: string;
}

/** The real kubectl with a configuration and a cache of its own, against an instance of its own. */
export class Kubectl {
  folder = '';
  #instance: Kymulator | undefined;

  get instance(): Kymulator {
    if (!this.#instance) throw new Error('the instance is not started');
    return this.#instance;
  }

  async open(): Promise<void> {
    this.folder = await mkdtemp(join(tmpdir(), 'kymulator-kubectl-'));
    this.#instance = await startKymulator();
    await writeFile(join(this.folder, 'config'), this.instance.kubernetes.kubeconfig, { mode: 0o600 });
  }

  async close(): Promise<void> {
    await this.#instance?.close();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** Writes a file that commands can name. */
  async file(name: string, content: string | object): Promise<string> {
    const path = join(this.folder, name);
    await writeFile(path, asText(content));
    return path;
  }

  async run(
    args: string | readonly string[],
    { input, env, until, program = 'kubectl' }: KubectlOptions = {},
  ): Promise<Result> {
    const child = spawn(program, typeof args === 'string' ? args.split(' ') : args, {
      cwd: this.folder,
      // Some kubectl are launchers of another one; a group of their own makes it possible to end both.
      detached: until !== undefined,
      env: {
        PATH: process.env.PATH,
        HOME: this.folder,
        KUBECONFIG: join(this.folder, 'config'),
        KUBECACHEDIR: join(this.folder, 'cache'),
        ...env,
      },
    });
    const ended = new Promise<number | null>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', resolve);
    });
    child.stdin.on('error', () => {});
    child.stdin.end(input === undefined ? '' : asText(input));
    if (until) {
      let seen = '';
      child.stdout.on('data', (chunk) => {
        seen += chunk;
        if (seen.includes(until) && child.pid !== undefined) killGroup(child.pid);
      });
    }
    const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
    return { code: await ended, out: out.trim(), err: err.trim() };
  }

  /** The output of a command that must succeed. */
  async ok(args: string | readonly string[], options?: KubectlOptions): Promise<string> {
    const { code, out, err } = await this.run(args, options);
    if (code !== 0) throw new Error(`kubectl ${args} ended with ${code}: ${err}`);
    return out;
  }

  /** The error of a command that must fail. */
  async fails(args: string | readonly string[], options?: KubectlOptions): Promise<string> {
    const { code, out, err } = await this.run(args, options);
    if (code === 0) throw new Error(`kubectl ${args} succeeded: ${out}`);
    return err;
  }
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid);
  } catch {
    // It has ended by itself.
  }
}

const asText = (content: string | object) => (typeof content === 'string' ? content : JSON.stringify(content));

/** One instance for all tests of a file; each test works with names of its own. */
export function useKubectl(): Kubectl {
  const kubectl = new Kubectl();
  beforeAll(() => kubectl.open());
  afterAll(() => kubectl.close());
  return kubectl;
}

export const service = {
  id: 'a',
  name: 'orders',
  displayName: 'Orders',
  description: 'd',
  providerDisplayName: 'Acme',
  entries: [{ type: 'API', targetUrl: 'http://localhost' }],
};
