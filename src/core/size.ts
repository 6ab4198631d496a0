const units: Readonly<Record<string, number>> = { '': 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 };

/** Reads a size such as `512KiB`, `1MiB` or a plain number of bytes. @returns bytes; undefined for another text */
export function parseSize(text: string): number | undefined {
  const [, digits, unit = ''] = /^(\d{1,6})(KiB|MiB|GiB)?$/.exec(text) ?? /^(\d{1,15})$/.exec(text) ?? [];
  return digits === undefined ? undefined : Number(digits) * (units[unit] ?? 1);
}
