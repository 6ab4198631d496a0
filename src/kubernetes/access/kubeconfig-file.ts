import { rm } from 'node:fs/promises';
import { get } from 'node:https';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Logger } from '../../core/log.ts';
import { readIfThere, writeWhole } from '../../pki/files.ts';

export interface KubeconfigContent {
  readonly text: string;
  /** The Kubernetes API that it leads to. */
  readonly server: string;
  /** PEM of the authority behind that. */
  readonly trust: string;
}

/**
 * Writes the kubeconfig into the certs folder. Several instances may share that, for one authority; then the file stays
 * with the instance that came first for as long as that runs, since whoever works with it must not find themselves in
 * another cluster, and the later one puts its own beside its data.
 * @returns the file
 */
export async function keepKubeconfig(
  folders: { readonly certsDir: string; readonly dataDir: string },
  content: KubeconfigContent,
  log: Logger,
): Promise<string> {
  const shared = join(folders.certsDir, 'kubeconfig');
  const own = join(folders.dataDir, 'kubeconfig');
  const other = await runningInstance(await readIfThere(shared), content);
  if (other === undefined) {
    await writeWhole(shared, content.text, 0o600);
    await rm(own, { force: true });
    return shared;
  }
  await writeWhole(own, content.text, 0o600);
  log.warn(
    `${shared} leads to the instance at ${other}, which still runs, and stays as it is. The kubeconfig of this one is ${own}; ` +
      'with a --certs-dir of its own an instance has it there, and an authority of its own',
  );
  return own;
}

/** How long an instance on this machine may take to answer, in milliseconds. */
const PATIENCE = 1000;

/** The API server of a kubeconfig if it is another one, of the same authority, and answers. */
async function runningInstance(
  kubeconfig: string | undefined,
  { server, trust }: KubeconfigContent,
): Promise<string | undefined> {
  // Written by this very instance, as nearly always: reading it costs more than it tells.
  if (kubeconfig?.includes(`server: ${server}\n`)) return undefined;
  const other = kubeconfig === undefined ? undefined : serverOf(kubeconfig);
  if (other === undefined || other === server || !URL.canParse('/livez', other)) return undefined;
  const options = { agent: false, ca: trust, signal: AbortSignal.timeout(PATIENCE) };
  return new Promise((resolve) => {
    const request = get(new URL('/livez', other), options, (response) => {
      response.destroy();
      resolve(other);
    });
    request.on('error', () => resolve(undefined));
  });
}

interface Kubeconfig {
  readonly clusters?: readonly { readonly cluster?: { readonly server?: unknown } }[];
}

function serverOf(kubeconfig: string): string | undefined {
  try {
    const { clusters } = parse(kubeconfig) as Kubeconfig;
    const server = clusters?.[0]?.cluster?.server;
    return typeof server === 'string' && server.startsWith('https:') ? server : undefined;
  } catch {
    // Damaged: of no use to anybody, and written anew.
    return undefined;
  }
}
