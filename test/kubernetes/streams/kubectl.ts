import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { existsSync, readdirSync, realpathSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import { folder, path } from './start.ts';

const inPath = path.split(delimiter).find((directory) => existsSync(join(directory, 'kubectl')));
const installed = inPath ? realpathSync(join(inPath, 'kubectl')) : 'kubectl';
const others = inPath ? readdirSync(dirname(installed)).filter((name) => /^kubectl\.1\.\d+$/.test(name)) : [];

/** The kubectl of this machine, and the other versions that lie beside it. */
export const kubectls: readonly { readonly name: string; readonly program: string }[] = [
  { name: 'kubectl', program: installed },
  ...others.map((name) => ({ name, program: join(dirname(installed), name) })),
];

export interface KubectlOptions {
  readonly program?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** For a server with TLS, whose certificate is not looked at. */
  readonly token?: string;
}

/** Starts kubectl against this server; it does not outlive the test. */
export function startKubectl(
  url: string,
  args: readonly string[],
  { program = installed, env = {}, token }: KubectlOptions = {},
): ChildProcessWithoutNullStreams {
  const home = folder();
  const cluster = { name: 'test', cluster: { server: url, 'insecure-skip-tls-verify': token !== undefined } };
  const context = { name: 'test', context: { cluster: 'test', namespace: 'default', user: 'test' } };
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'test',
    clusters: [cluster],
    contexts: [context],
    users: [{ name: 'test', user: { token } }],
  };
  writeFileSync(join(home, 'config'), JSON.stringify(config));
  const child = spawn(program, args, {
    env: { PATH: path, HOME: home, KUBECONFIG: join(home, 'config'), KUBECACHEDIR: join(home, 'cache'), ...env },
  });
  child.stdin.on('error', () => {});
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  return child;
}

export interface KubectlResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Waits for the end of kubectl. */
export async function ended(child: ChildProcessWithoutNullStreams): Promise<KubectlResult> {
  const closed = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { code: await closed, stdout, stderr };
}

/** Runs kubectl to its end. */
export function kubectl(
  url: string,
  args: readonly string[],
  { input = '', ...options }: KubectlOptions & { readonly input?: string | Buffer } = {},
): Promise<KubectlResult> {
  const child = startKubectl(url, args, options);
  child.stdin.end(input);
  return ended(child);
}

/** Starts `kubectl port-forward` and waits until it listens. @returns the local port */
export async function portForward(
  url: string,
  args: readonly string[],
  options: KubectlOptions = {},
): Promise<{ readonly port: number; readonly child: ChildProcessWithoutNullStreams }> {
  const child = startKubectl(url, ['port-forward', '--address=127.0.0.1', ...args], options);
  const port = await new Promise<number>((resolve, reject) => {
    let output = '';
    const read = (chunk: Buffer) => {
      output += chunk;
      const match = /Forwarding from 127\.0\.0\.1:(\d+)/.exec(output);
      if (match) resolve(Number(match[1]));
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('close', () => reject(new Error(`kubectl does not forward: ${output}`)));
  });
  return { port, child };
}
