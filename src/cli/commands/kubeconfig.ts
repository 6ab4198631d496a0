import { join } from 'node:path';
import type { GivenFlags } from '../../config/resolve.ts';
import { mergeIntoFile } from '../../pairing/kubeconfig.ts';
import type { CommandContext } from '../command.ts';
import { failed } from '../failure.ts';
import { shellWord, shownPath } from '../paths.ts';

/** Prints the kubeconfig that the last start has written, or merges it into another one. */
export async function kubeconfig(context: CommandContext, flags: GivenFlags): Promise<void> {
  const { settings } = await context.settings(flags);
  const file = join(settings.certsDir, 'kubeconfig');
  const ours = await context.readFile(file);
  if (ours === undefined) {
    throw failed(
      `there is no ${shownPath(file, context.cwd)}: it is written when "${context.invocation} up" starts. ` +
        'An instance with --ephemeral writes none; start it with --kubeconfig FILE, or name its folder with --certs-dir.',
    );
  }
  if (settings.kubeconfig === undefined) {
    context.stdout.write(ours);
    return;
  }
  await mergeIntoFile(settings.kubeconfig, ours);
  const shown = shellWord(shownPath(settings.kubeconfig, context.cwd));
  context.stdout.write(`The running instance is now the current context in ${shown}. Try: kubectl get applications\n`);
}
