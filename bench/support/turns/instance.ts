/** An instance in a process of its own that tells the longest turn of its main thread, in processor time. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { setTimeout } from 'node:timers/promises';

/** Where the instance is, and what opens it. */
export interface Access {
  readonly edges: Readonly<Record<string, string>>;
  /** PEM. */
  readonly ca: string;
  /** Of a paired system, PEM. */
  readonly certificate: string;
  readonly key: string;
  readonly metadataUrl: string;
  readonly certificatesUrl: string;
  readonly csrUrl: string;
  /** Bearer token of the Kubernetes API. */
  readonly token: string;
}

/** Milliseconds in which an instance says something, if it is not busy with one turn. */
const PATIENCE = 60_000;

export class Instance {
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown[]>;
  readonly access: Access;

  private constructor(child: ChildProcess, ended: Promise<unknown[]>, access: Access) {
    this.#child = child;
    this.#ended = ended;
    this.access = access;
  }

  static async start(): Promise<Instance> {
    const child = fork(import.meta.filename, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    const ended = once(child, 'exit');
    const [access] = (await Promise.race([
      once(child, 'message'),
      ended.then(([code]) => Promise.reject(new Error(`the instance ended with code ${code}`))),
    ])) as [Access];
    return new Instance(child, ended, access);
  }

  /** Runs something, and tells the longest turn meanwhile in milliseconds. */
  async longestTurn(work: () => Promise<unknown>): Promise<number> {
    await this.#ask('begin');
    await work();
    return this.#ask('end');
  }

  async stop(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#ended;
  }

  async #ask(what: 'begin' | 'end'): Promise<number> {
    const ended = this.#ended.then(([code, signal]): never => {
      throw new Error(`the instance ended with ${code ?? signal}`);
    });
    if (!this.#child.connected) return ended;
    // That it does not get there is told by the end of the child.
    this.#child.send(what, () => {});
    const silent = setTimeout(PATIENCE, undefined, { ref: false }).then(() => {
      throw new Error(`nothing else is answered for ${PATIENCE} ms`);
    });
    const [answer] = await Promise.race([once(this.#child, 'message'), ended, silent]);
    return answer as number;
  }
}

if (process.argv[1] === import.meta.filename) {
  process.once('disconnect', () => process.exit());
  const { pair, startKymulator } = await import('../../../src/testing.ts');
  const kymulator = await startKymulator();
  const system = await pair(kymulator, 'shop');
  const { url, headers } = kymulator.tokenRequest('shop');
  const ask = async (target: string, init: RequestInit = {}) => (await fetch(target, init)).json();
  const { Agent, request } = await import('undici');
  const { url: infoUrl } = (await ask(url, { method: 'POST', headers })) as { url: string };
  const info = await request(infoUrl, { dispatcher: new Agent({ connect: { ca: system.ca } }) });
  const { csrUrl } = (await info.body.json()) as { csrUrl: string };

  let running = false;
  let longest = 0;
  let before = 0;
  const used = () => {
    const { user, system: kernel } = process.threadCpuUsage();
    return (user + kernel) / 1000;
  };
  // Once in every turn of the loop, so that what is used between two of these is what one turn took.
  const measure = () => {
    const now = used();
    longest = Math.max(longest, now - before);
    before = now;
    if (running) setImmediate(measure);
  };
  process.on('message', (message) => {
    if (message === 'begin') {
      running = true;
      longest = 0;
      before = used();
      setImmediate(measure);
    } else {
      running = false;
      measure();
    }
    process.send?.(message === 'begin' ? 0 : longest);
  });
  process.send?.({
    edges: Object.fromEntries(kymulator.edges.map((edge) => [edge.name, edge.url])),
    ca: system.ca,
    certificate: system.certificate,
    key: system.key,
    metadataUrl: String(system.urls.metadataUrl),
    certificatesUrl: String(system.urls.certificatesUrl),
    csrUrl,
    token: kymulator.kubernetes.token,
  } satisfies Access);
}
