/** Looking at well-formed JSON without parsing it: fast enough for specifications of many megabytes. */

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

const isBlank = (code: number) => code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
const isOpening = (code: number) => code === 0x7b || code === 0x5b;
const isClosing = (code: number) => code === 0x7d || code === 0x5d;

/** Where the value that starts at `start` ends, exclusive. */
export function endOfValue(text: string, start: number): number {
  let depth = 0;
  let at = start;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      at = endOfString(text, at);
      if (depth === 0) return at;
      continue;
    }
    if (isOpening(code)) depth++;
    else if (isClosing(code)) {
      if (depth === 0) return at;
      if (--depth === 0) return at + 1;
    } else if (depth === 0 && (code === 0x2c || isBlank(code))) return at;
    at++;
  }
  return at;
}

/** The text without the blanks outside of strings; everything else stays as spelled. */
export function compactJson(text: string): string {
  const kept: string[] = [];
  let from = 0;
  let at = 0;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = endOfString(text, at);
    else if (isBlank(code)) {
      kept.push(text.slice(from, at));
      while (isBlank(text.charCodeAt(at))) at++;
      from = at;
    } else at++;
  }
  return kept.length === 0 ? text : kept.join('') + text.slice(from);
}

/** Where the string that starts at `start` ends, exclusive. */
function endOfString(text: string, start: number): number {
  let at = start;
  for (;;) {
    at = text.indexOf('"', at + 1);
    if (at < 0) return text.length;
    let before = at - 1;
    while (text.charCodeAt(before) === BACKSLASH) before--;
    if ((at - before) % 2 === 1) return at + 1;
  }
}
