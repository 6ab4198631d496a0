import type { DestinationStream } from 'pino';
import { parseLine, withoutC1 } from './log-controls.ts';
import { redact } from './redact.ts';

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';
export type LogFormat = 'auto' | 'pretty' | 'json';

/** Writes a message, or an object of details (an error as `err`) with a message. */
export interface LogMethod {
  (message: string): void;
  (details: object, message?: string): void;
}

/** What Kymulator logs to. pino's logger is one; so is any other that has these methods. */
export interface Logger {
  readonly trace: LogMethod;
  readonly debug: LogMethod;
  readonly info: LogMethod;
  readonly warn: LogMethod;
  readonly error: LogMethod;
  readonly fatal: LogMethod;
  /** Whether lines of a level go anywhere. Absent: they may. */
  isLevelEnabled?(level: LogLevel): boolean;
  /** A logger that adds these details to every line. */
  child(details: Record<string, unknown>): Logger;
}

export interface LogOptions {
  readonly level: LogLevel;
  /** `auto`: pretty on a terminal, JSON lines elsewhere. */
  readonly format?: LogFormat | undefined;
  /** Where the lines go. */
  readonly stream: LogStream;
}

/** The part of a writable stream that is used: `process.stderr`, or a collector in a test. */
export interface LogStream {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
}

const nothing: LogMethod = () => {};

/** Logs nothing, and costs nothing. */
export const silentLogger: Logger = {
  trace: nothing,
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
  fatal: nothing,
  isLevelEnabled: () => false,
  child: () => silentLogger,
};

/**
 * Makes a logger. Tokens, secrets and private keys never reach the stream (see `redact.ts`). Each line is written
 * before the call returns: no worker, no buffer, nothing to close.
 */
export async function createLogger({ level, format = 'auto', stream }: LogOptions): Promise<Logger> {
  if (level === 'silent') return silentLogger;
  const pretty = format === 'pretty' || (format === 'auto' && stream.isTTY === true);
  const destination: DestinationStream = { write: (line) => void stream.write(line) };
  // Both are loaded only when used, since they are a good part of the time that a start takes.
  const [{ pino }, sink] = await Promise.all([import('pino'), pretty ? prettySink(stream) : destination]);
  const logger: Logger = pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      serializers: { err: pino.stdSerializers.err },
      formatters: { level: (label) => ({ level: label }) },
      hooks: { streamWrite: redact },
    },
    sink,
  );
  return logger;
}

async function prettySink(stream: LogStream): Promise<DestinationStream> {
  const { prettyFactory } = await import('pino-pretty');
  const prettify = prettyFactory({
    colorize: stream.isTTY === true,
    translateTime: 'SYS:HH:MM:ss.l',
    ignore: 'pid,hostname',
    singleLine: true,
  });
  return { write: (line) => void stream.write(withoutC1(prettify(parseLine(line)))) };
}
