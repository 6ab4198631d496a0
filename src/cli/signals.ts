import type { ProcessContext } from '../config/process.ts';

/**
 * Ctrl+C under npm arrives twice: once from the terminal and once more from npm, which passes it on. Milliseconds
 * within which a repetition counts as the same press of the key.
 */
const sameSignal = 250;

const codes = { SIGINT: 130, SIGTERM: 143 } as const;

/**
 * Listens for SIGINT and SIGTERM. The first fulfils `requested`; a second ends the process at once.
 * `release` stops listening.
 */
export function stopRequest({ signals, uptime, exit }: Pick<ProcessContext, 'signals' | 'uptime' | 'exit'>) {
  const { promise: requested, resolve } = Promise.withResolvers<void>();
  let first: number | undefined;
  const handlers = (['SIGINT', 'SIGTERM'] as const).map((signal) => {
    const handler = () => {
      if (first === undefined) {
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
    release: () => {
      for (const off of handlers) off();
    },
  };
}
