import type { Clock } from './clock.ts';
import { codeOf, messageOf } from './errors.ts';
import type { Logger, LogLevel, LogMethod } from './log.ts';
import { redact } from './redact.ts';

/** One line that a part of the instance has logged, without secrets. */
export interface LogLine {
  /** Milliseconds since the epoch. */
  readonly time: number;
  /** JSON, as `--log-format json` has it, without line end. */
  readonly text: string;
}

export interface LineSelection {
  /** At most so many of the newest. */
  readonly tailLines?: number | undefined;
  /** Only those from this time on, in milliseconds since the epoch. */
  readonly since?: number | undefined;
}

/** The last log lines of every part of an instance. */
export interface LogTap {
  /** Logs to the original logger, and remembers. */
  readonly log: Logger;
  /** What is remembered of a part, oldest first. */
  lines(part: string, selection?: LineSelection): readonly LogLine[];
  /** Calls the listener for every new line of a part. @returns a function that ends it */
  follow(part: string, listener: (line: LogLine) => void): () => void;
}

export interface LogTapOptions {
  readonly clock: Clock;
  /** How many lines are remembered of each part. */
  readonly capacity?: number | undefined;
}

/** What is remembered. Finer lines are for the log alone: they are many, and making them costs time. */
const levels = ['info', 'warn', 'error', 'fatal'] as const;
type Level = (typeof levels)[number];

const isRemembered = (level: LogLevel) => levels.some((remembered) => remembered === level);

type Details = Readonly<Record<string, unknown>>;

/**
 * Listens to a logger. Which part a line belongs to says the detail `part` of the child logger that wrote it. Lines are
 * remembered even when the logger itself is set to log less.
 */
export function createLogTap(log: Logger, { clock, capacity = 1000 }: LogTapOptions): LogTap {
  const rings = new Map<string, LogLine[]>();
  const listeners = new Map<string, Set<(line: LogLine) => void>>();

  const remember = (level: Level, bindings: Details, details: Details, message: string | undefined) => {
    const all = { ...bindings, ...details };
    const time = clock.now();
    let text: string | undefined;
    // Made when somebody reads it, which most lines never see: logging stays cheap.
    const line: LogLine = {
      time,
      get text() {
        text ??= lineText(level, time, all, message);
        return text;
      },
    };
    const key = String(all.part ?? '');
    const ring = rings.get(key) ?? [];
    rings.set(key, ring);
    ring.push(line);
    // Cutting in batches keeps the cost of a line constant.
    if (ring.length >= 2 * capacity) ring.splice(0, ring.length - capacity);
    for (const listener of listeners.get(key) ?? []) listener(line);
  };

  const wrap = (inner: Logger, bindings: Details): Logger => {
    const method = (level: Level): LogMethod => {
      return (first: string | object, message?: string) => {
        if (typeof first === 'string') inner[level](first);
        else inner[level](first, message);
        if (typeof first === 'string') remember(level, bindings, {}, first);
        else remember(level, bindings, first as Details, message);
      };
    };
    const [info, warn, error, fatal] = levels.map(method) as [LogMethod, LogMethod, LogMethod, LogMethod];
    return {
      trace: inner.trace.bind(inner),
      debug: inner.debug.bind(inner),
      info,
      warn,
      error,
      fatal,
      isLevelEnabled: (level) => isRemembered(level) || (inner.isLevelEnabled?.(level) ?? true),
      child: (details) => wrap(inner.child(details), { ...bindings, ...details }),
    };
  };

  return {
    log: wrap(log, {}),
    lines: (part, { tailLines = capacity, since = Number.NEGATIVE_INFINITY } = {}) => {
      const kept = (rings.get(part) ?? []).slice(-capacity).filter(({ time }) => time >= since);
      return tailLines > 0 ? kept.slice(-tailLines) : [];
    },
    follow(part, listener) {
      const followers = listeners.get(part) ?? new Set();
      listeners.set(part, followers.add(listener));
      return () => {
        followers.delete(listener);
      };
    },
  };
}

function lineText(level: Level, time: number, details: Details, message: string | undefined): string {
  const line = { level, time: new Date(time).toISOString(), ...details, msg: message };
  try {
    return redact(JSON.stringify(line, withErrors));
  } catch {
    // Details that are no JSON (a circle, a BigInt) must not disturb who logs them.
    return redact(JSON.stringify({ level, time: line.time, msg: message }));
  }
}

/** Errors have no members of their own; their stack is nobody's business outside. */
const withErrors = (_key: string, value: unknown): unknown =>
  value instanceof Error ? { type: value.name, code: codeOf(value), message: messageOf(value) } : value;
