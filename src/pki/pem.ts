import { decodeBase64 } from './base64.ts';

export interface PemBlock {
  readonly label: string;
  readonly der: Buffer;
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
 * The first PEM block of a text, with the leniency that clients of the Connector Service rely on: text before it, any
 * label, header lines, CRLF, blanks at line ends and an unfinished block before a good one are all fine; a differing
 * END label or a block squeezed into one line is none. (connector-service §6.1, §15.8)
 */
export function firstPemBlock(text: string): PemBlock | undefined {
  let rest = text;
  for (;;) {
    const start = rest.startsWith(BEGIN) ? 0 : rest.indexOf(`\n${BEGIN}`) + 1;
    if (start === 0 && !rest.startsWith(BEGIN)) return undefined;
    rest = rest.slice(start + BEGIN.length);
    const block = blockAt(rest);
    if (block) return block;
  }
}

/** All certificates, keys, … of a text. */
export function pemBlocks(text: string): PemBlock[] {
  const blocks: PemBlock[] = [];
  for (const [whole] of text.matchAll(/-----BEGIN ([^-]+)-----[\s\S]*?-----END \1-----/g)) {
    const block = firstPemBlock(whole);
    if (block) blocks.push(block);
  }
  return blocks;
}

/** Reads what follows `-----BEGIN `. */
function blockAt(text: string): PemBlock | undefined {
  const [first, afterLabel] = takeLine(text);
  if (!first.endsWith(DASHES)) return undefined;
  const label = first.slice(0, -DASHES.length);
  const body = skipHeaders(afterLabel);
  const endsAtOnce = body.startsWith(END);
  const bodyEnd = endsAtOnce ? 0 : body.indexOf(`\n${END}`);
  if (bodyEnd < 0) return undefined;
  const [last] = takeLine(body.slice(bodyEnd + (endsAtOnce ? 0 : 1) + END.length));
  if (last !== label + DASHES) return undefined;
  const der = decodeBase64(body.slice(0, bodyEnd).replace(/[ \t]/g, ''));
  return der && { label, der };
}

function skipHeaders(text: string): string {
  let rest = text;
  for (;;) {
    const [line, next] = takeLine(rest);
    if (!line.includes(':')) return rest;
    rest = next;
  }
}

/** A line without its end and the blanks before it, and what follows. */
function takeLine(text: string): [line: string, rest: string] {
  const end = text.indexOf('\n');
  if (end < 0) return [text.replace(/[ \t\r]+$/, ''), ''];
  return [text.slice(0, end).replace(/[ \t\r]+$/, ''), text.slice(end + 1)];
}
