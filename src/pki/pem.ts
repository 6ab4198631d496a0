import { indexOrEnd, lookAhead } from '../core/look-ahead.ts';
import { decodeBase64 } from '../go/base64.ts';

/** One block of a PEM text. */
export interface PemBlock {
  readonly label: string;
  readonly der: Buffer;
  /** As it stands, from BEGIN to the end of its END line, ended by one line feed. */
  readonly text: string;
}

/** PEM with 64-character lines and a final line feed. */
export function writePem(label: string, der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
}

const BEGIN = '-----BEGIN ';
const END = '-----END ';
const DASHES = '-----';

/**
 * The PEM blocks of a text in their order, with the leniency that clients of the Connector Service rely on and that Go's
 * reader has: text around them, any label, header lines, CRLF, blanks at line ends and an unfinished block before a good
 * one are all fine; a differing END label or a block squeezed into one line is none. However a text is made, no part of
 * it is looked at more than a few times. (connector-service §6.1, §15.8)
 */
export function* pemBlocks(text: string): Generator<PemBlock, void> {
  const blockAt = blockReader(text);
  for (let start = lineStart(text, BEGIN, 0); start < text.length; ) {
    const label = labelAt(text, start + BEGIN.length);
    const block = label === undefined ? undefined : blockAt(label, afterLine(text, start));
    if (block) yield { label: block.label, der: block.der, text: `${text.slice(start, block.end)}\n` };
    start = lineStart(text, BEGIN, block?.end ?? start + BEGIN.length);
  }
}

interface FoundBlock extends Omit<PemBlock, 'text'> {
  readonly end: number;
}

/** Reads what follows a BEGIN line; asked for one after the other. */
function blockReader(text: string): (label: string, from: number) => FoundBlock | undefined {
  const afterHeaders = lookAhead((from) => skipHeaders(text, from));
  const nextEnd = lookAhead((from) => lineStart(text, END, from));
  const nextDash = lookAhead((from) => indexOrEnd(text, '-', from));
  const trimmedLine = lookAhead((from) => trimmedEnd(text, from, indexOrEnd(text, '\n', from)));
  let notBase64 = -1;
  return (label, from) => {
    const start = afterHeaders(from);
    const bodyEnd = nextEnd(start);
    if (bodyEnd >= text.length || nextDash(start) < bodyEnd || start === notBase64) return undefined;
    const last = bodyEnd + END.length;
    const end = last + label.length + DASHES.length;
    if (!text.startsWith(label + DASHES, last) || trimmedLine(last) !== end) return undefined;
    const der = decodeBase64(text.slice(start, bodyEnd).replace(/[ \t]/g, ''));
    if (!der) notBase64 = start;
    return der && { label, der, end };
  };
}

/** The first of them. */
export const firstPemBlock = (text: string): PemBlock | undefined => pemBlocks(text).next().value ?? undefined;

/** Where a line begins with `prefix`, at `from` (if a line begins there) or later; the end of the text when none does. */
function lineStart(text: string, prefix: string, from: number): number {
  if (text.startsWith(prefix, from) && (from === 0 || text[from - 1] === '\n')) return from;
  const at = text.indexOf(`\n${prefix}`, from);
  return at < 0 ? text.length : at + 1;
}

/** The label on a BEGIN line; undefined when the line does not end as one. */
function labelAt(text: string, start: number): string | undefined {
  const end = trimmedEnd(text, start, indexOrEnd(text, '\n', start)) - DASHES.length;
  return end >= start && text.startsWith(DASHES, end) ? text.slice(start, end) : undefined;
}

/** Where the first line without a colon begins. */
function skipHeaders(text: string, from: number): number {
  let at = from;
  for (;;) {
    const next = afterLine(text, at);
    if (!text.slice(at, next).includes(':')) return at;
    at = next;
  }
}

const afterLine = (text: string, from: number) => Math.min(text.length, indexOrEnd(text, '\n', from) + 1);

/** The end of a line without the blanks before it. */
function trimmedEnd(text: string, start: number, end: number): number {
  let at = end;
  while (at > start && isBlank(text.charCodeAt(at - 1))) at--;
  return at;
}

const isBlank = (code: number) => code === 0x20 || code === 0x09 || code === 0x0d;
