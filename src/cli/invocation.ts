import { basename } from 'node:path';
import type { ProcessContext } from '../config/process.ts';
import { shellWord, shownPath } from './paths.ts';

/**
 * How the user can run another command the same way as this one: `kymulator` when installed, `npx kymulator` inside
 * another project, `npm run kymulator --` in a clone where npm started us, else the very file that runs.
 */
export function invocation({ script, env, cwd }: Pick<ProcessContext, 'script' | 'env' | 'cwd'>): string {
  const byNpm = env.npm_lifecycle_event !== undefined;
  const installed = basename(script) === 'kymulator' || /[\\/]node_modules[\\/]/.test(script);
  if (installed) return byNpm || script.includes('node_modules') ? 'npx kymulator' : 'kymulator';
  return byNpm ? 'npm run kymulator --' : `node ${shellWord(shownPath(script, cwd))}`;
}
