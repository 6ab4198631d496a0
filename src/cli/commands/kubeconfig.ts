import { join } from 'node:path';
import type { GivenFlags } from '../../config/resolve.ts';
import { userError } from '../../core/errors.ts';
import { mergeIntoFile } from '../../pairing/kubeconfig.ts';
import type { CommandContext } from '../command.ts';
import { shellWord, shownPath } from '../paths.ts';

/** Prints the kubeconfig that the last start has written, or merges it into another one. */
export async function kubeconfig(context: CommandContext, flags: GivenFlags): Promise<void> {
  const { settings } = await context.settings(flags);
  const file = join(settings.certsDir, 'kubeconfig');
  const ours = await context.readFile(file);
  if (ours === undefined) {
    throw userError('KUBECONFIG_MISSING', { file: shownPath(file, context.cwd), command: context.invocation });
  }
  if (settings.kubeconfig === undefined) {
    context.stdout.write(ours);
    return;
  }
  await mergeIntoFile(settings.kubeconfig, ours);
  const shown = shellWord(shownPath(settings.kubeconfig, context.cwd));
  context.stdout.write(`The running instance is now the current context in ${shown}. Try: kubectl get applications\n`);
}
