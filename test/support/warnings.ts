import { type Logger, type LogMethod, silentLogger } from '../../src/core/log.ts';

/** A logger that keeps the texts of warnings, and nothing else. */
export function warningLog(): { readonly log: Logger; readonly warnings: string[] } {
  const warnings: string[] = [];
  const warn: LogMethod = (...input: [string | object, string?]) => {
    warnings.push(typeof input[0] === 'string' ? input[0] : (input[1] ?? ''));
  };
  const log: Logger = { ...silentLogger, warn, child: () => log };
  return { log, warnings };
}
