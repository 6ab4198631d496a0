import { setTimeout as pause } from 'node:timers/promises';
import { formatDuration, parseDuration } from '../../config/duration.ts';
import type { GivenFlags } from '../../config/resolve.ts';
import { messageOf, userError } from '../../core/errors.ts';
import type { CommandContext } from '../command.ts';

/** Milliseconds between two questions. */
const interval = 100;
/** Milliseconds that one question may take. */
const patience = 2_000;

export interface WaitOptions {
  /** A duration, as text. */
  readonly timeout: string;
}

/** Waits until the instance is ready, or fails after the timeout. */
export async function wait(context: CommandContext, flags: GivenFlags, options: WaitOptions): Promise<void> {
  const timeout = parseDuration(options.timeout);
  if (timeout === undefined || timeout < 0) {
    throw userError('USAGE.timeout', { given: options.timeout });
  }
  const control = await context.control(flags);
  const end = context.uptime() + timeout;
  for (;;) {
    const left = Math.max(1, end - context.uptime());
    const reason = await control.notReady(Math.min(patience, left)).catch(messageOf);
    if (reason === undefined) break;
    if (context.uptime() + interval > end) {
      throw userError('INSTANCE_NOT_READY', { url: control.base, timeout: formatDuration(timeout), reason });
    }
    await pause(interval);
  }
  context.stdout.write(`Ready: ${control.base}\n`);
}
