import { isDecimal } from '../go/number.ts';
import { formatDuration, parseSeconds } from './duration.ts';
import { RequestError } from './exchange.ts';
import { first, type Values } from './query.ts';

/** Numbers, statuses and durations of paths and queries, refused in go-httpbin's words. (httpbin §2, §5) */

type Parser = 'Atoi' | 'ParseInt';

/** go-httpbin's MAX_DURATION, in milliseconds. */
export const MAX_DURATION = 10_000;

/**
 * A whole number, or Go's words for what is wrong with it.
 * @param parser the function of Go's that names itself in them
 */
export function parseInteger(text: string, parser: Parser = 'Atoi'): number | { readonly problem: string } {
  const problem = (reason: string) => ({ problem: `strconv.${parser}: parsing ${JSON.stringify(text)}: ${reason}` });
  if (!/^[-+]?\d+$/.test(text)) return problem('invalid syntax');
  return Number.isSafeInteger(Number(text)) ? Number(text) : problem('value out of range');
}

/** A whole number of 64 bits, or Go's words for what is wrong with it. */
export function parseInt64(text: string): bigint | { readonly problem: string } {
  const problem = (reason: string) => ({ problem: `strconv.ParseInt: parsing ${JSON.stringify(text)}: ${reason}` });
  const [, sign, digits] = /^([-+]?)(\d+)$/.exec(text) ?? [];
  if (digits === undefined) return problem('invalid syntax');
  const significant = withoutLeadingZeros(digits);
  // No number of this size has more, and to read a longer one takes its time.
  if (significant.length > 19) return problem('value out of range');
  const value = BigInt(`${sign === '-' ? '-' : ''}${significant}`);
  return BigInt.asIntN(64, value) === value ? value : problem('value out of range');
}

export const withoutLeadingZeros = (digits: string) => digits.replace(/^0+(?=\d)/, '');

/** @throws RequestError when the text is no status of the range */
export function parseStatus(text: string, from: number, to: number): number {
  const code = parseInteger(text);
  if (typeof code !== 'number') {
    throw new RequestError(400, `invalid status code: ${JSON.stringify(text)}: ${code.problem}`);
  }
  if (code < from || code > to) {
    throw new RequestError(400, `invalid status code: ${code} not in range [${from}, ${to}]`);
  }
  return code;
}

/**
 * A whole number.
 * @param what how the refusal calls it
 * @throws RequestError
 */
export function integer(text: string, what: string, parser?: Parser): number {
  const number = parseInteger(text, parser);
  if (typeof number === 'number') return number;
  throw new RequestError(400, `invalid ${what}: ${number.problem}`);
}

/**
 * A whole number of a range, both ends included.
 * @param what how the refusal calls it
 * @throws RequestError
 */
export function wholeNumber(text: string, what: string, from: number, to: number, parser?: Parser): number {
  const number = integer(text, what, parser);
  if (number >= from && number <= to) return number;
  throw new RequestError(400, `invalid ${what}: ${number} not in range [${from}, ${to}]`);
}

/** @throws RequestError when the text is no number from 0 to 1 */
export function share(text: string, what: string): number {
  const number = isDecimal(text) ? Number(text) : Number.NaN;
  if (Number.isNaN(number)) {
    throw new RequestError(400, `invalid ${what}: strconv.ParseFloat: parsing ${JSON.stringify(text)}: invalid syntax`);
  }
  if (number >= 0 && number <= 1) return number;
  throw new RequestError(400, `invalid ${what}: ${number} not in range [0, 1]`);
}

/** A nanosecond in milliseconds, the shortest duration that Go knows. */
export const NANOSECOND = 1e-6;

/**
 * Milliseconds.
 * @param least the shortest that is allowed
 * @throws RequestError when it is no duration from there to 10 seconds
 */
export function durationOf(text: string, what: string, least = 0): number {
  const milliseconds = parseSeconds(text);
  if (typeof milliseconds !== 'number') throw new RequestError(400, `invalid ${what}: ${milliseconds.problem}`);
  const refuse = (limit: string) =>
    new RequestError(400, `invalid ${what}: duration ${formatDuration(milliseconds)} ${limit}`);
  if (milliseconds < least) throw refuse(`shorter than ${formatDuration(least)}`);
  if (milliseconds > MAX_DURATION) throw refuse('longer than 10s');
  return milliseconds;
}

/** A parameter of the query; the fallback when it is missing or empty. */
export const parameter = (args: Values, name: string, fallback: string) => first(args, name) || fallback;

/** The value of a `Server-Timing` header: name, milliseconds, description. */
export const serverTiming = (rows: readonly (readonly [name: string, duration: number, about: string])[]) =>
  rows.map(([name, duration, about]) => `${name};dur=${duration.toFixed(2)};desc="${about}"`).join(', ');
