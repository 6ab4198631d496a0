/** Looking at well-formed JSON without parsing it: fast enough for specifications of many megabytes. */

import { atOnce, type Steps } from '../core/give-way.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** Characters and strings between two pauses. */
const PAUSE = 4096;

const isBlank = (code: number) => code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;

/** The text without the blanks outside of strings; everything else stays as spelled. */
export const compactJson = (text: string): string => atOnce(compacting(text));

/** The same in portions, for a text that may be long. */
export function* compacting(text: string): Steps<string> {
  let compact = '';
  let kept: string[] = [];
  let from = 0;
  let at = 0;
  for (let count = 1; at < text.length; count++) {
    if (count % PAUSE === 0) {
      compact += kept.join('');
      kept = [];
      yield;
    }
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = endOfString(text, at);
    else if (isBlank(code)) {
      kept.push(text.slice(from, at));
      while (isBlank(text.charCodeAt(at))) at++;
      from = at;
    } else at++;
  }
  return from === 0 ? text : compact + kept.join('') + text.slice(from);
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
