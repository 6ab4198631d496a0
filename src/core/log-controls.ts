/** Keeps text of others from looking like lines of a log that people read on a terminal, or commanding the terminal. */

/** Line ends among them. */
const controls = /\p{Cc}/gu;
const controlsButLineFeeds = /(?!\n)\p{Cc}/gu;
/** DEL, the controls beyond it, and Unicode's own line ends: JSON leaves them as they are. */
const c1 = /[\x7f-\x9f\u2028\u2029]/g;

const asEscape = (control: string) =>
  control === '\n' ? '\\n' : `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** Members of a line that are shown as they are; all others are shown as JSON, which escapes what it has to. */
const shown = new Set(['msg', 'name']);
/** Shown as they are too, with their lines indented. */
const STACK = 'stack';

/** What a JSON line of the log says, as it may be made readable. */
export const parseLine = (line: string): object =>
  JSON.parse(line, (key, value: unknown) => {
    if (typeof value !== 'string') return value;
    if (key === STACK) return value.replace(controlsButLineFeeds, asEscape);
    return shown.has(key) ? value.replace(controls, asEscape) : value;
  });

/** A readable line, without the controls that its colours and line ends do not need. */
export const withoutC1 = (text: string): string => text.replace(c1, asEscape);
