import { isDecimal } from '../go/number.ts';

const units: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};
const part = /(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h)/y;

/** Milliseconds of a text in seconds (`1.5`) or in Go's form (`1m30s`), or what is wrong with it. */
export function parseSeconds(text: string): number | { readonly problem: string } {
  if (isDecimal(text)) return Number(text) * 1000;
  const milliseconds = parseDuration(text);
  if (typeof milliseconds === 'number') return milliseconds;
  return { problem: `strconv.ParseFloat: parsing ${JSON.stringify(text)}: invalid syntax` };
}

/** Milliseconds of a text in Go's form (`1m30s`), or what is wrong with it. */
export function parseDuration(text: string): number | { readonly problem: string } {
  const isSigned = text.startsWith('-') || text.startsWith('+');
  const parts = isSigned ? text.slice(1) : text;
  if (parts === '0') return 0;
  let sum = 0;
  let at = 0;
  while (at < parts.length) {
    part.lastIndex = at;
    const [whole, count, unit = 's'] = part.exec(parts) ?? [];
    if (whole === undefined) break;
    sum += Number(count) * (units[unit] ?? 0);
    at += whole.length;
  }
  if (at === 0 || at < parts.length) return { problem: `time: invalid duration ${JSON.stringify(text)}` };
  return text.startsWith('-') ? -sum : sum;
}

/** A duration as Go writes it: `20s`, `1m0s`, `1.5ms`. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds < 0) return `-${formatDuration(-milliseconds)}`;
  if (milliseconds === 0) return '0s';
  if (milliseconds < 1e-3) return `${number(milliseconds * 1e6)}ns`;
  if (milliseconds < 1) return `${number(milliseconds * 1e3)}µs`;
  if (milliseconds < 1000) return `${number(milliseconds)}ms`;
  const hours = Math.floor(milliseconds / 3_600_000);
  const minutes = Math.floor(milliseconds / 60_000) % 60;
  const seconds = number((milliseconds % 60_000) / 1000);
  return `${hours ? `${hours}h` : ''}${hours || minutes ? `${minutes}m` : ''}${seconds}s`;
}

const number = (value: number) => String(Number(value.toFixed(9)));
