import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Kymulator } from '../../src/kymulator.ts';
import { type Answer, call } from './call.ts';
import { temporaryFolder } from './instance.ts';
import { run } from './shell.ts';

/** A command of the real kubectl on an instance, which must succeed. @returns its output */
export async function kubectl({ kubernetes }: Kymulator, command: string): Promise<string> {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'config'), kubernetes.kubeconfig, { mode: 0o600 });
  const env = { HOME: folder, KUBECONFIG: join(folder, 'config') };
  const { code, output } = await run('kubectl', command.split(' '), { cwd: folder, env });
  expect(code, output).toBe(0);
  return output;
}

/** A request to the Kubernetes API of an instance. */
export function request(
  { kubernetes, ca }: Kymulator,
  path: string,
  { method = 'GET', body }: { readonly method?: string; readonly body?: object } = {},
): Promise<Answer> {
  const text = body && JSON.stringify(body);
  return call(kubernetes.url + path, {
    method,
    ca: ca.certificate,
    headers: {
      Authorization: `Bearer ${kubernetes.token}`,
      ...(text && { 'Content-Type': 'application/json', 'Content-Length': String(Buffer.byteLength(text)) }),
    },
    ...(text && { body: text }),
  });
}
