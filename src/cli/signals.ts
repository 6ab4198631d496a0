import type { ProcessContext } from '../config/process.ts';

/**
 * Ctrl+C under npm arrives twice: once from the terminal and once more from npm, which passes it on. Milliseconds
 * within which a repetition counts as the same press of the key.
 */
const sameSignal = 250;

const codes = { SIGINT: 130, SIGTERM: 143 } as const;

/**
 * Listens for SIGINT and SIGTERM. After `started()`, the first fulfils `requested` and a second ends the process at once.
 * Before, the first does that already: what hangs while it starts would not notice a request. `release` stops listening.
 */
export function stopRequest({ signals, uptime, exit }: Pick<ProcessContext, 'signals' | 'uptime' | 'exit'>) {
  const { promise: requested, resolve } = Promise.withResolvers<void>();
  let first: number | undefined;
  let hasStarted = false;
  const handlers = (['SIGINT', 'SIGTERM'] as const).map((signal) => {
    const handler = () => {
      if (!hasStarted) {
        exit(codes[signal]);
      } else if (first === undefined) {
        first = uptime();
        resolve();
      } else if (uptime() - first > sameSignal) {
        exit(codes[signal]);
      }
    };
    signals.on(signal, handler);
    return () => signals.off(signal, handler);
  });
  return {
    requested,
    started: () => {
      hasStarted = true;
    },
    release: () => {
      for (const off of handlers) off();
    },
  };
}
