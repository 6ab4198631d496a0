const unitMilliseconds = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
type Unit = keyof typeof unitMilliseconds;

const whole = /^(-?)((?:\d+(?:\.\d+)?(?:ms|s|m|h|d))+)$/;
const part = /(\d+(?:\.\d+)?)(ms|s|m|h|d)/gy;

/**
 * Reads a duration such as `1500ms`, `90s`, `10m`, `2h`, `92d`, `1h30m` or `0`.
 * @returns whole milliseconds, or undefined when the text is not a duration
 */
export function parseDuration(text: string): number | undefined {
  if (text === '0') return 0;
  const [, sign, parts] = whole.exec(text) ?? [];
  if (parts === undefined) return undefined;
  let sum = 0;
  for (const [, amount, unit] of parts.matchAll(part)) sum += Number(amount) * unitMilliseconds[unit as Unit];
  const milliseconds = Math.round(sum);
  if (!Number.isSafeInteger(milliseconds)) return undefined;
  return sign === '-' && milliseconds !== 0 ? -milliseconds : milliseconds;
}

/** The shortest text with one unit that `parseDuration` reads back as the same number of milliseconds. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds === 0) return '0s';
  const units = Object.entries(unitMilliseconds).reverse();
  const [unit, size] = units.find(([, size]) => milliseconds % size === 0) ?? ['ms', 1];
  return `${milliseconds / size}${unit}`;
}
