import type { Headers } from './respond.ts';

/** When all texts are longer than this together, each is shortened, and what goes beyond is left out. (kubernetes-api §5.3) */
const MAX_TOTAL = 4096;
const MAX_SHORTENED = 256;

/** The `Warning` headers for texts, each of which stands once. */
export function warningHeaders(texts: ReadonlySet<string>): Headers {
  return texts.size > 0 ? { Warning: fitting([...texts]).map(warning) } : {};
}

/** As many texts as clients take in headers. */
export function fitting(texts: readonly string[]): readonly string[] {
  if (texts.reduce((total, { length }) => total + length, 0) <= MAX_TOTAL) return texts;
  const shown: string[] = [];
  for (let total = 0, index = 0; total < MAX_TOTAL && index < texts.length; index++) {
    const text = [...(texts[index] ?? '')].slice(0, MAX_SHORTENED).join('');
    shown.push(text);
    total += text.length;
  }
  return shown;
}

/** A `Warning` header as `kubectl` shows it; quotes and backslashes escaped, no line breaks. (kubernetes-api §5.3) */
const warning = (text: string) =>
  `299 - "${text.replace(/[\r\n]+/g, ' ').replace(/[\\"]/g, '\\$&')}"`.replace(/[^\x20-\x7e]/g, '?');
