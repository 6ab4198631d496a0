import type { GivenFlags } from '../../config/resolve.ts';
import { createLogger } from '../../core/log.ts';
import type { CommandContext } from '../command.ts';
import { firstScreen } from '../screen.ts';
import { stopRequest } from '../signals.ts';

/** Runs an instance until Ctrl+C or SIGTERM. */
export async function up(context: CommandContext, flags: GivenFlags): Promise<void> {
  const { settings } = await context.settings(flags);
  const stop = stopRequest(context);
  try {
    const [log, { startKymulator }] = await Promise.all([
      createLogger({ level: settings.logLevel, format: settings.logFormat, stream: context.stderr }),
      import('../../kymulator.ts'),
    ]);
    // Folders that the environment or the file names for other runs.
    const unused = settings.ephemeral ? { dataDir: undefined, certsDir: undefined } : {};
    await using running = await startKymulator({ ...settings, ...unused, log });
    stop.started();
    const control = running.edges.find(({ name }) => name === 'control');
    context.stdout.write(
      firstScreen({
        version: running.version,
        settings: running.settings,
        edges: running.edges,
        caFile: running.ca.file,
        caUrl: control && `${control.url}/ca.crt`,
        kubeconfigFile: running.kubernetes.file,
        cwd: context.cwd,
        invocation: context.invocation,
        readyIn: context.uptime(),
        colours: context.stdout.isTTY === true && !context.env.NO_COLOR,
      }),
    );
    await stop.requested;
  } finally {
    stop.release();
  }
}
