const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const YEAR = 365 * DAY;

/** A span of time as `kubectl` shows ages. (kubernetes-api §4.2) */
export function ageText(milliseconds: number): string {
  if (milliseconds < -SECOND) return '<invalid>';
  const of = (unit: number) => Math.floor(Math.max(0, milliseconds) / unit);
  const pair = (unit: number, name: string, rest: number, restName: string) => {
    const remainder = Math.floor((milliseconds % unit) / rest);
    return remainder === 0 ? `${of(unit)}${name}` : `${of(unit)}${name}${remainder}${restName}`;
  };
  if (milliseconds < 2 * MINUTE) return `${of(SECOND)}s`;
  if (milliseconds < 10 * MINUTE) return pair(MINUTE, 'm', SECOND, 's');
  if (milliseconds < 3 * HOUR) return `${of(MINUTE)}m`;
  if (milliseconds < 8 * HOUR) return pair(HOUR, 'h', MINUTE, 'm');
  if (milliseconds < 2 * DAY) return `${of(HOUR)}h`;
  if (milliseconds < 8 * DAY) return pair(DAY, 'd', HOUR, 'h');
  if (milliseconds < 2 * YEAR) return `${of(DAY)}d`;
  if (milliseconds < 8 * YEAR) return pair(YEAR, 'y', DAY, 'd');
  return `${of(YEAR)}y`;
}

/** The age of something with this timestamp. */
export function ageSince(timestamp: unknown, now: number): string {
  if (typeof timestamp !== 'string' || timestamp === '') return '<unknown>';
  const time = Date.parse(timestamp);
  return Number.isNaN(time) ? '<invalid>' : ageText(now - time);
}
