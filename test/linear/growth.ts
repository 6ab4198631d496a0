import { expect, test } from 'vitest';

/** One rule over a client's text, and a kind of text that is hard for it. */
export interface Row<T = unknown> {
  /** What is read, and what makes it hard. */
  readonly rule: string;
  /** A text, or what was made of one, of about so many characters or parts. */
  readonly input: (size: number) => T;
  /** The rule; what it answers or throws does not matter here. */
  readonly read: (input: T) => unknown;
  /** The size up to which it is measured; default: 256 Ki. */
  readonly most?: number;
}

/** Lets a row say its own type in a list of others. */
export const row = <T>(one: Row<T>): Row => one as Row;

/** A text over and over, up to a length. */
export const repeated = (text: string) => (size: number) => text.repeat(Math.ceil(size / text.length));

const MOST = 128 * 1024;
/** Microseconds from which on a time says something. */
const ENOUGH = 10_000;
/** What twice the input may cost is three times as much; measured over two doublings, since single ones drown in noise. */
const DOUBLINGS = 2;
const FACTOR = 3 ** DOUBLINGS;
const ATTEMPTS = 12;

/**
 * Time of one reading, in microseconds. The processor's own account goes in steps of some milliseconds, so this is the
 * wall clock; the least of some attempts is free of what others do on the machine.
 */
function cost<T>({ read }: Row<T>, input: T): number {
  const before = performance.now();
  try {
    read(input);
  } catch {
    // A refusal is an answer.
  }
  return Math.round((performance.now() - before) * 1000);
}

const least = (times: number, measure: () => number): number =>
  Math.min(...Array.from({ length: times }, () => measure()));

/**
 * Doubles the input until reading it takes a measurable time, and twice more. What a collection of garbage or another
 * process adds is left out by taking the least of some attempts.
 */
export function growth<T>(row: Row<T>): { readonly size: number; readonly times: readonly [number, number] } {
  const { input, most = MOST } = row;
  let size = 256;
  let small = input(size);
  let before = least(2, () => cost(row, small));
  while (before < ENOUGH && size < most) {
    size *= 2;
    small = input(size);
    before = least(2, () => cost(row, small));
  }
  const large = input(size * 2 ** DOUBLINGS);
  let after = cost(row, large);
  // Once more, since by now the engine has compiled what it had only interpreted before.
  before = Math.min(before, cost(row, small));
  for (let attempt = 0; attempt < ATTEMPTS && after > allowed(before); attempt++) {
    before = Math.min(before, cost(row, small));
    after = Math.min(after, cost(row, large));
  }
  return { size, times: [before, after] };
}

/** What the larger input may cost. */
export const allowed = (before: number) => FACTOR * Math.max(before, ENOUGH / FACTOR);

/** Twice the input costs at most three times the processor time, for every row. */
export function testGrowth(rows: readonly Row[]): void {
  test.each(rows.map((one) => ({ ...one })))('$rule', (one) => {
    const { size, times } = growth(one);
    const [before, after] = times;
    const told = `${size} took ${before} µs, ${2 ** DOUBLINGS} times as much ${after} µs`;
    expect(after, told).toBeLessThanOrEqual(allowed(before));
  });
}
