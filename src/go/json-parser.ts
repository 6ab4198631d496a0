/**
 * Reading JSON as Kyma's services, written in Go, do, because clients see their error texts for malformed input.
 * (connector-service §2.2, §2.3, §15.5–15.7)
 */

import { atOnce, type Steps } from '../core/give-way.ts';

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

/** Deeper nesting is refused where a tree is made of it, so that a hostile body cannot exhaust the stack of its reader. */
const MAX_DEPTH = 1000;
/** Go's own limit, for what is stepped over. */
const GO_MAX_DEPTH = 10_000;

/** Values between two pauses. */
const PAUSE = 256;

/**
 * What becomes of the member at this path of keys (or of the whole, where there are none): stepped over, but kept with
 * its kind and its place, or checked and forgotten. Undefined: read.
 */
export type Unread = (path: readonly string[]) => 'kept' | 'forgotten' | undefined;

/** What a reader makes of the parts of a text. */
export interface Making<V> {
  scalar(kind: GoKind, start: number, end: number, scalar?: string | boolean): V;
  array(start: number): V;
  add(array: V, item: V): void;
  object(start: number): V;
  set(object: V, key: string, value: V): void;
  /** Told where a list or an object ends. */
  end?(whole: V, end: number): void;
}

const nodes: Making<GoNode> = {
  scalar: (kind, start, end, scalar) => (scalar === undefined ? { kind, start, end } : { kind, start, end, scalar }),
  array: (start) => ({ kind: 'array', start, end: start, items: [] }),
  add: (array, item) => (array.items as GoNode[]).push(item),
  object: (start) => ({ kind: 'object', start, end: start, members: [] }),
  set: (object, key, value) => (object.members as GoMember[]).push({ key, value }),
  end: (whole, end) => {
    (whole as { end: number }).end = end;
  },
};

/**
 * Parses a JSON text.
 * @param unread what is not looked into
 * @throws GoSyntaxError with the text that Go's decoder gives
 */
export const parseGoJson = (text: string, unread?: Unread): GoNode => atOnce(goJsonReading(text, unread));

/** The same in portions, for a text that may be long. */
export const goJsonReading = (text: string, unread?: Unread): Steps<GoNode> => readInSteps(text, nodes, unread);

/** Reads a text in portions into whatever is made of its parts. @throws GoSyntaxError */
export const readInSteps = <V>(text: string, making: Making<V>, unread?: Unread): Steps<V> =>
  new Parser(text, making, unread).document();

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

/** A list or an object that is not at its end yet. */
interface Open<V> {
  readonly whole: V;
  readonly closing: ']' | '}';
}

const context = { ']': 'after array element', '}': 'after object key:value pair' } as const;

class Parser<V> {
  readonly #text: string;
  readonly #making: Making<V>;
  readonly #unread: Unread;
  /** The keys of the members that are being read. */
  readonly #path: string[] = [];
  #at = 0;
  #count = 0;
  /** Whether the member that was just stepped over leaves no trace. */
  #forgotten = false;

  constructor(text: string, making: Making<V>, unread: Unread = () => undefined) {
    this.#text = text;
    this.#making = making;
    this.#unread = unread;
  }

  *document(): Steps<V> {
    const value = this.#unread([]) ? yield* this.#stepOver() : yield* this.#value();
    this.#blanks();
    if (this.#at < this.#text.length) throw this.#unexpected('after top-level value');
    return value;
  }

  /** Reads a value with everything in it; what is open is on a stack of its own. */
  *#value(): Steps<V> {
    const open: Open<V>[] = [];
    for (;;) {
      if (++this.#count % PAUSE === 0) yield;
      let value = this.#start(open);
      if (value === undefined) {
        const unread = this.#unreadMember(open.at(-1));
        if (!unread) continue;
        value = yield* this.#stepOver();
      }
      for (;;) {
        const frame = open.at(-1);
        if (!frame) return value;
        this.#add(frame, value);
        if (this.#separator(frame.closing)) {
          open.pop();
          value = this.#closed(frame);
          continue;
        }
        if (frame.closing === ']') break;
        this.#path.push(this.#key());
        if (!this.#unreadMember(frame)) break;
        if (++this.#count % PAUSE === 0) yield;
        value = yield* this.#stepOver();
      }
    }
  }

  /** Reads a scalar or something empty; of anything else the beginning, and puts it on the stack. */
  #start(open: Open<V>[]): V | undefined {
    this.#blanks();
    const start = this.#at;
    const first = this.#text[start];
    if (first !== '{' && first !== '[') return this.#scalar(start, first);
    if (open.length >= MAX_DEPTH) throw new GoSyntaxError('exceeded max depth');
    const frame: Open<V> =
      first === '['
        ? { whole: this.#making.array(start), closing: ']' }
        : { whole: this.#making.object(start), closing: '}' };
    this.#at++;
    this.#blanks();
    if (this.#peek() === frame.closing) return this.#closed(frame);
    if (frame.closing === '}') this.#path.push(this.#key());
    open.push(frame);
    return undefined;
  }

  #unreadMember(frame: Open<V> | undefined): boolean {
    if (frame?.closing !== '}') return false;
    const unread = this.#unread(this.#path);
    this.#forgotten = unread === 'forgotten';
    return unread !== undefined;
  }

  #add(frame: Open<V>, value: V): void {
    if (frame.closing === ']') {
      this.#making.add(frame.whole, value);
      return;
    }
    const key = this.#path.pop() as string;
    if (!this.#forgotten) this.#making.set(frame.whole, key, value);
    this.#forgotten = false;
  }

  /** Steps over the closing character. */
  #closed({ whole }: Open<V>): V {
    this.#at++;
    this.#making.end?.(whole, this.#at);
    return whole;
  }

  /** Checks a value without making anything of it. */
  *#stepOver(): Steps<V> {
    this.#blanks();
    const start = this.#at;
    const first = this.#text[start] ?? '';
    const open: (']' | '}')[] = [];
    do {
      if (++this.#count % PAUSE === 0) yield;
      if (open.length > GO_MAX_DEPTH) throw new GoSyntaxError('exceeded max depth');
      if (this.#opens(open)) continue;
      for (let closing = open.at(-1); closing && this.#separator(closing); closing = open.at(-1)) {
        open.pop();
        this.#at++;
      }
      if (open.at(-1) === '}') this.#key();
    } while (open.length > 0);
    return this.#making.scalar(kinds[first] ?? 'number', start, this.#at);
  }

  /** Steps over a scalar or something empty, or into what is not. @returns whether it is in something now */
  #opens(open: (']' | '}')[]): boolean {
    this.#blanks();
    const start = this.#at;
    const first = this.#text[start];
    if (first !== '{' && first !== '[') {
      this.#scalar(start, first);
      return false;
    }
    const closing = first === '{' ? '}' : ']';
    this.#at++;
    this.#blanks();
    if (this.#peek() === closing) {
      this.#at++;
      return false;
    }
    if (closing === '}') this.#key();
    open.push(closing);
    return true;
  }

  #scalar(start: number, first: string | undefined): V {
    if (first === undefined) throw endOfInput();
    if (first === '"') {
      const scalar = this.#string();
      return this.#making.scalar('string', start, this.#at, scalar);
    }
    if (first === 't' || first === 'f' || first === 'n') return this.#word(start, words[first]);
    if (first === '-' || isDigit(this.#text.charCodeAt(start))) return this.#number(start);
    throw this.#unexpected('looking for beginning of value');
  }

  /** The key of a member, and the colon behind it. */
  #key(): string {
    this.#blanks();
    if (this.#peek() === undefined) throw endOfInput();
    if (this.#peek() !== '"') throw this.#unexpected('looking for beginning of object key string');
    const key = this.#string();
    this.#expect(':', 'after object key');
    return key;
  }

  /** Steps over a comma, or stops before the closing character and says so. */
  #separator(closing: ']' | '}'): boolean {
    this.#blanks();
    if (this.#peek() === closing) return true;
    this.#expect(',', context[closing]);
    return false;
  }

  #expect(character: string, where: string): void {
    this.#blanks();
    if (this.#peek() === undefined) throw endOfInput();
    if (this.#peek() !== character) throw this.#unexpected(where);
    this.#at++;
  }

  #word(start: number, word: string): V {
    for (const expected of word) {
      if (this.#peek() !== expected) throw this.#unexpected(`in literal ${word} (expecting '${expected}')`);
      this.#at++;
    }
    return word === 'null'
      ? this.#making.scalar('null', start, this.#at)
      : this.#making.scalar('bool', start, this.#at, word === 'true');
  }

  #number(start: number): V {
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
    return this.#making.scalar('number', start, this.#at, this.#text.slice(start, this.#at));
  }

  #digits(where: string): void {
    if (!isDigit(this.#text.charCodeAt(this.#at))) throw this.#unexpected(where);
    const text = this.#text;
    let at = this.#at;
    while (isDigit(text.charCodeAt(at))) at++;
    this.#at = at;
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
    const text = this.#text;
    let at = this.#at;
    for (let code = text.charCodeAt(at); code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09; ) {
      code = text.charCodeAt(++at);
    }
    this.#at = at;
  }

  #peek(): string | undefined {
    return this.#text[this.#at];
  }

  /** Go reports the end of the input inside a word, number or escape as a blank. */
  #unexpected(where: string): GoSyntaxError {
    const codePoint = this.#text.codePointAt(this.#at);
    const byte = codePoint === undefined ? 0x20 : (Buffer.from(String.fromCodePoint(codePoint))[0] as number);
    return new GoSyntaxError(`invalid character ${quoteByte(byte)} ${where}`);
  }
}

const endOfInput = () => new GoSyntaxError('unexpected end of JSON input');
const isDigit = (code: number) => code >= 0x30 && code <= 0x39;

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
