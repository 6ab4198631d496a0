/** Names with all their values, in the order of appearance. */
export type Values = ReadonlyMap<string, readonly string[]>;

/** Undoes `%XX` in a binary string; what is no UTF-8 becomes replacement characters. */
export function decode(text: string): string {
  const bytes = text.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

/** The first value of a name; empty when there is none. */
export const first = (values: Values, name: string): string => values.get(name)?.[0] ?? '';
