import { randomUUID } from 'node:crypto';
import { rename, rm } from 'node:fs/promises';
import { get } from 'node:https';
import { join } from 'node:path';
import { parse } from 'yaml';
import { codeOf } from '../../core/errors.ts';
import { createWhole, readIfThere, writeWhole } from '../../core/files.ts';
import type { Logger } from '../../core/log.ts';

export interface KubeconfigContent {
  readonly text: string;
  /** The Kubernetes API that it leads to. */
  readonly server: string;
}

const SECRET = { mode: 0o600, folderMode: 0o700 } as const;

/**
 * Writes the kubeconfig into the certs folder. Several instances may share that; then the file stays with the instance
 * that came first for as long as that runs, since whoever works with it must not find themselves in another cluster, and
 * the later one puts its own beside its data.
 * @returns the file
 */
export async function keepKubeconfig(
  folders: { readonly certsDir: string; readonly dataDir: string },
  content: KubeconfigContent,
  log: Logger,
): Promise<string> {
  const shared = join(folders.certsDir, 'kubeconfig');
  const own = join(folders.dataDir, 'kubeconfig');
  const other = await claim(shared, content);
  if (other === undefined) {
    await rm(own, { force: true });
    return shared;
  }
  await writeWhole(own, content.text, SECRET);
  log.warn(
    `${shared} leads to the instance at ${other}, which still runs, and stays as it is. The kubeconfig of this one is ${own}; ` +
      'with a --certs-dir of its own an instance has it there, and an authority of its own',
  );
  return own;
}

/** How often others may be faster. */
const ATTEMPTS = 10;

/** Writes the file unless it leads to another instance that runs. @returns where that is */
async function claim(file: string, { text, server }: KubeconfigContent): Promise<string | undefined> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const present = await readIfThere(file);
    // Written for this address, which only one can have: as nearly always.
    if (present?.includes(`server: ${server}\n`)) break;
    const cluster = present === undefined ? undefined : clusterOf(present);
    if (cluster && cluster.server !== server && (await answers(cluster))) return cluster.server;
    if (present !== undefined && !(await takeAway(file, present))) continue;
    if (await createWhole(file, text, { mode: SECRET.mode })) return undefined;
  }
  await writeWhole(file, text, { mode: SECRET.mode });
  return undefined;
}

/** Removes a file, unless somebody has written another one by now. */
async function takeAway(file: string, content: string): Promise<boolean> {
  const aside = `${file}.${randomUUID()}.new`;
  try {
    await rename(file, aside);
    const taken = await readIfThere(aside);
    if (taken === undefined || taken === content) return true;
    await createWhole(file, taken, { mode: SECRET.mode });
    return false;
  } catch (thrown) {
    if (codeOf(thrown) === 'ENOENT') return false;
    throw thrown;
  } finally {
    await rm(aside, { force: true });
  }
}

/** How long an instance on this machine may take to answer, in milliseconds. */
const PATIENCE = 1000;

interface Cluster {
  readonly server: string;
  /** PEM of the authority behind it. */
  readonly trust: string;
}

function answers({ server, trust }: Cluster): Promise<boolean> {
  const options = { agent: false, ca: trust, signal: AbortSignal.timeout(PATIENCE) };
  return new Promise((resolve) => {
    const request = get(new URL('/livez', server), options, (response) => {
      response.destroy();
      resolve(true);
    });
    request.on('error', () => resolve(false));
  });
}

interface Kubeconfig {
  readonly clusters?: readonly { readonly cluster?: Readonly<Record<string, unknown>> }[];
}

/** The cluster that a kubeconfig of ours leads to; undefined for a damaged one, which is of no use to anybody. */
function clusterOf(kubeconfig: string): Cluster | undefined {
  try {
    const { clusters } = parse(kubeconfig) as Kubeconfig;
    const { server, 'certificate-authority-data': trust } = clusters?.[0]?.cluster ?? {};
    if (typeof server !== 'string' || !server.startsWith('https:') || !URL.canParse('/livez', server)) return undefined;
    return { server, trust: Buffer.from(String(trust ?? ''), 'base64').toString() };
  } catch {
    return undefined;
  }
}
