/**
 * JSON the way Kyma's services, written in Go, read and write it, because clients see it: escaping of `& < >`, error
 * texts for malformed input, member names in any case, duplicates. (connector-service §2.2, §2.3, §15.5–15.7)
 */

import { endOfValue } from './json-text.ts';

export type GoKind = 'null' | 'bool' | 'number' | 'string' | 'array' | 'object';

export interface GoMember {
  readonly key: string;
  readonly value: GoNode;
}

/** A parsed value with its place in the text, so that a member can also be kept exactly as it was written. */
export interface GoNode {
  readonly kind: GoKind;
  /** Offsets of the value in the text, end exclusive. */
  readonly start: number;
  readonly end: number;
  /** The value of a bool or string; the spelling of a number. */
  readonly scalar?: string | boolean;
  readonly items?: readonly GoNode[];
  readonly members?: readonly GoMember[];
}

/** Malformed JSON; the message is Go's own. */
export class GoSyntaxError extends Error {}

const unicodeEscapes: Readonly<Record<string, string>> = {
  '<': '\\u003c',
  '>': '\\u003e',
  '&': '\\u0026',
  '\u2028': '\\u2028',
  '\u2029': '\\u2029',
};

/** JSON text that is part of a larger value and goes into it as it stands. */
export class RawJson {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/**
 * Serialises as Go does with HTML escaping, ended by one line feed. Members that are `undefined` are left out, and
 * `RawJson` is written as it was read.
 */
export function encodeGoJson(value: unknown): string {
  // Outside of strings none of these characters can stand, so raw text is safe to treat alike.
  return `${writeJson(value).replace(/[<>&\u2028\u2029]/g, (character) => unicodeEscapes[character] as string)}\n`;
}

/** Serialises like `JSON.stringify`, with `RawJson` as it stands. */
export function writeJson(value: unknown): string {
  if (value instanceof RawJson) return value.text;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return `[${value.map(writeJson).join()}]`;
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${writeJson(member)}`).join()}}`;
}

/** Deeper nesting is refused, so that a hostile body cannot exhaust the stack. */
const MAX_DEPTH = 1000;

/** From this length on (characters), what nobody looks into is checked by the engine's own parser and stepped over. */
const LARGE = 64 * 1024;

/** Whether nobody looks into the member at this path of keys. */
export type IsOpaque = (path: readonly string[]) => boolean;

/**
 * Parses a JSON text.
 * @param isOpaque members that get a kind and a place but no content, as long as the text is well-formed and large
 * @throws GoSyntaxError with the text that Go's decoder gives
 */
export function parseGoJson(text: string, isOpaque?: IsOpaque): GoNode {
  const steppingOver = isOpaque && text.length >= LARGE && isWellFormed(text);
  return new Parser(text, steppingOver ? isOpaque : undefined).document();
}

function isWellFormed(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

const kinds: Readonly<Record<string, GoKind>> = {
  '{': 'object',
  '[': 'array',
  '"': 'string',
  t: 'bool',
  f: 'bool',
  n: 'null',
};
const words = { t: 'true', f: 'false', n: 'null' } as const;
const simpleEscapes: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

class Parser {
  readonly #text: string;
  readonly #isOpaque: IsOpaque | undefined;
  readonly #path: string[] = [];
  #at = 0;
  #depth = 0;

  constructor(text: string, isOpaque?: IsOpaque) {
    this.#text = text;
    this.#isOpaque = isOpaque;
  }

  document(): GoNode {
    const value = this.#value();
    this.#blanks();
    if (this.#at < this.#text.length) throw this.#unexpected('after top-level value');
    return value;
  }

  #value(): GoNode {
    this.#blanks();
    const start = this.#at;
    const first = this.#text[start];
    if (first === undefined) throw endOfInput();
    if (first === '{') return this.#object(start);
    if (first === '[') return this.#array(start);
    if (first === '"') {
      const scalar = this.#string();
      return { kind: 'string', start, end: this.#at, scalar };
    }
    if (first === 't' || first === 'f' || first === 'n') return this.#word(start, words[first]);
    if (first === '-' || isDigit(first)) return this.#number(start);
    throw this.#unexpected('looking for beginning of value');
  }

  #object(start: number): GoNode {
    this.#enter();
    const members: GoMember[] = [];
    this.#at++;
    this.#blanks();
    if (this.#peek() === '}') return this.#leave('object', start, { members });
    for (;;) {
      this.#blanks();
      if (this.#peek() === undefined) throw endOfInput();
      if (this.#peek() !== '"') throw this.#unexpected('looking for beginning of object key string');
      const key = this.#string();
      this.#expect(':', 'after object key');
      this.#path.push(key);
      members.push({ key, value: this.#isOpaque?.(this.#path) ? this.#stepOver() : this.#value() });
      this.#path.pop();
      if (this.#separator('}', 'after object key:value pair')) return this.#leave('object', start, { members });
    }
  }

  #stepOver(): GoNode {
    this.#blanks();
    const start = this.#at;
    this.#at = endOfValue(this.#text, start);
    return { kind: kinds[this.#text[start] ?? ''] ?? 'number', start, end: this.#at };
  }

  #array(start: number): GoNode {
    this.#enter();
    const items: GoNode[] = [];
    this.#at++;
    this.#blanks();
    if (this.#peek() === ']') return this.#leave('array', start, { items });
    for (;;) {
      items.push(this.#value());
      if (this.#separator(']', 'after array element')) return this.#leave('array', start, { items });
    }
  }

  #enter(): void {
    if (++this.#depth > MAX_DEPTH) throw new GoSyntaxError('exceeded max depth');
  }

  #leave(kind: GoKind, start: number, content: Pick<GoNode, 'items' | 'members'>): GoNode {
    this.#depth--;
    this.#at++;
    return { kind, start, end: this.#at, ...content };
  }

  /** Steps over a comma, or stops before the closing character and says so. */
  #separator(closing: string, context: string): boolean {
    this.#blanks();
    if (this.#peek() === closing) return true;
    this.#expect(',', context);
    return false;
  }

  #expect(character: string, context: string): void {
    this.#blanks();
    if (this.#peek() === undefined) throw endOfInput();
    if (this.#peek() !== character) throw this.#unexpected(context);
    this.#at++;
  }

  #word(start: number, word: string): GoNode {
    for (const expected of word) {
      if (this.#peek() !== expected) throw this.#unexpected(`in literal ${word} (expecting '${expected}')`);
      this.#at++;
    }
    const end = this.#at;
    return word === 'null' ? { kind: 'null', start, end } : { kind: 'bool', start, end, scalar: word === 'true' };
  }

  #number(start: number): GoNode {
    if (this.#peek() === '-') this.#at++;
    if (this.#peek() === '0') this.#at++;
    else this.#digits('in numeric literal');
    if (this.#peek() === '.') {
      this.#at++;
      this.#digits('after decimal point in numeric literal');
    }
    if (this.#peek() === 'e' || this.#peek() === 'E') {
      this.#at++;
      if (this.#peek() === '+' || this.#peek() === '-') this.#at++;
      this.#digits('in exponent of numeric literal');
    }
    return { kind: 'number', start, end: this.#at, scalar: this.#text.slice(start, this.#at) };
  }

  #digits(context: string): void {
    if (!isDigit(this.#peek())) throw this.#unexpected(context);
    while (isDigit(this.#peek())) this.#at++;
  }

  #string(): string {
    const text = this.#text;
    let from = ++this.#at;
    let result = '';
    for (;;) {
      const code = text.charCodeAt(this.#at);
      if (Number.isNaN(code)) throw endOfInput();
      if (code === 0x22) break;
      if (code < 0x20) throw this.#unexpected('in string literal');
      if (code === 0x5c) {
        result += text.slice(from, this.#at) + this.#escape();
        from = this.#at;
      } else {
        this.#at++;
      }
    }
    result += text.slice(from, this.#at);
    this.#at++;
    // Lone surrogates become U+FFFD, as they do in Go.
    return result.isWellFormed() ? result : result.toWellFormed();
  }

  #escape(): string {
    this.#at++;
    const letter = this.#peek();
    if (letter === 'u') {
      this.#at++;
      const from = this.#at;
      for (let count = 0; count < 4; count++) {
        if (!/[0-9a-fA-F]/.test(this.#peek() ?? '')) throw this.#unexpected('in \\u hexadecimal character escape');
        this.#at++;
      }
      return String.fromCharCode(Number.parseInt(this.#text.slice(from, this.#at), 16));
    }
    const character = letter === undefined ? undefined : simpleEscapes[letter];
    if (character === undefined) throw this.#unexpected('in string escape code');
    this.#at++;
    return character;
  }

  #blanks(): void {
    for (;;) {
      const code = this.#text.charCodeAt(this.#at);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return;
      this.#at++;
    }
  }

  #peek(): string | undefined {
    return this.#text[this.#at];
  }

  /** Go reports the end of the input inside a word, number or escape as a blank. */
  #unexpected(context: string): GoSyntaxError {
    const codePoint = this.#text.codePointAt(this.#at);
    const byte = codePoint === undefined ? 0x20 : (Buffer.from(String.fromCodePoint(codePoint))[0] as number);
    return new GoSyntaxError(`invalid character ${quoteByte(byte)} ${context}`);
  }
}

const endOfInput = () => new GoSyntaxError('unexpected end of JSON input');
const isDigit = (character: string | undefined) => character !== undefined && character >= '0' && character <= '9';

const namedControls: Readonly<Record<number, string>> = {
  7: '\\a',
  8: '\\b',
  9: '\\t',
  10: '\\n',
  11: '\\v',
  12: '\\f',
  13: '\\r',
  39: "\\'",
  92: '\\\\',
};

function quoteByte(byte: number): string {
  const named = namedControls[byte];
  if (named) return `'${named}'`;
  if (byte < 0x20 || byte === 0x7f) return `'\\x${byte.toString(16).padStart(2, '0')}'`;
  if ((byte >= 0x80 && byte <= 0xa0) || byte === 0xad) return `'\\u00${byte.toString(16)}'`;
  return `'${String.fromCharCode(byte)}'`;
}
