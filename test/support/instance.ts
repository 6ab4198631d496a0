import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type Kymulator, type KymulatorOptions, startKymulator } from '../../src/kymulator.ts';

/** Starts an instance that ends with the test. */
export async function start(options: KymulatorOptions = {}): Promise<Kymulator> {
  const instance = await startKymulator(options);
  onTestFinished(() => instance.close());
  return instance;
}

/** A new folder that is removed with the test. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'kymulator-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Base URL of an edge. */
export function edge(instance: Kymulator, name: string): string {
  const found = instance.edges.find((candidate) => candidate.name === name);
  if (!found) throw new Error(`no edge ${name}`);
  return found.url;
}
