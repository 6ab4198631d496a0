const units: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};
const part = /(\d+\.?\d*|\.\d+)(ns|us|µs|ms|s|m|h)/g;

/** Milliseconds of a text in seconds (`1.5`) or in Go's form (`1m30s`), or what is wrong with it. */
export function parseSeconds(text: string): number | { readonly problem: string } {
  if (/^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text)) return Number(text) * 1000;
  const milliseconds = parseDuration(text);
  if (typeof milliseconds === 'number') return milliseconds;
  return { problem: `strconv.ParseFloat: parsing ${JSON.stringify(text)}: invalid syntax` };
}

/** Milliseconds of a text in Go's form (`1m30s`), or what is wrong with it. */
export function parseDuration(text: string): number | { readonly problem: string } {
  const [, sign, parts = ''] = /^([-+]?)(.*)$/s.exec(text) ?? [];
  if (parts === '0') return 0;
  if (parts === '' || parts.replace(part, '') !== '') {
    return { problem: `time: invalid duration ${JSON.stringify(text)}` };
  }
  const sum = [...parts.matchAll(part)].reduce(
    (total, [, count, unit = 's']) => total + Number(count) * (units[unit] ?? 0),
    0,
  );
  return sign === '-' ? -sum : sum;
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
