export const MiB = 1024 * 1024;
/** Characters of a head of which we take 64 KiB, and of one of which Go's servers take 1 MiB. */
export const HEAD = 60_000;
export const GO_HEAD = 1_000_000;

/** A text over and over, up to a length. */
export const fill = (text: string, length: number) => text.repeat(Math.max(0, Math.floor(length / text.length)));

/** As many texts of running numbers as there is room for. */
export function names(length: number, of: (at: number) => string, separator: string): string {
  const parts: string[] = [];
  for (let size = 0, at = 0; ; at++) {
    const part = of(at);
    size += part.length + separator.length;
    if (size > length) return parts.join(separator);
    parts.push(part);
  }
}
