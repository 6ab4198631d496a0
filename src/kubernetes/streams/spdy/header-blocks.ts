import { constants, inflateRawSync } from 'node:zlib';
import { DomainError } from '../../../core/errors.ts';
import { spdyDictionary } from './dictionary.ts';

/**
 * Header blocks: pairs of names and values, compressed by zlib. All blocks of one direction are one zlib stream, so
 * that each can refer back to the text of those before it. (kubernetes-api §10.3)
 */

export type Headers = ReadonlyMap<string, string>;

/** How far back a block can refer: zlib's window. */
const WINDOW = 32 * 1024;
/** Limit of one block's text: small bytes can stand for a very long text. */
const MAX_TEXT = 64 * 1024;
/** Two bytes of zlib's own head, four that name the dictionary: in front of the first block only. */
const ZLIB_HEAD = 6;

const broken = (detail: string, cause?: unknown) =>
  new DomainError('SPDY_HEADERS', `the headers of a stream cannot be read: ${detail}`, { cause });

/**
 * Reads the blocks of one connection, in their order. Node's zlib streams hand out their results later, which would let
 * frames overtake each other; so each block is inflated by itself, with the text before it as its dictionary.
 */
export class HeaderReader {
  #before: Buffer = spdyDictionary;
  #started = false;

  /** @throws DomainError `SPDY_HEADERS`; no later block can be read then either */
  read(block: Buffer): Headers {
    const deflated = this.#started ? block : block.subarray(ZLIB_HEAD);
    this.#started = true;
    const text = this.#inflate(deflated);
    this.#before = Buffer.concat([this.#before, text]).subarray(-WINDOW);
    return readPairs(text);
  }

  #inflate(deflated: Buffer): Buffer {
    try {
      return inflateRawSync(deflated, {
        dictionary: this.#before,
        finishFlush: constants.Z_SYNC_FLUSH,
        maxOutputLength: MAX_TEXT,
      });
    } catch (cause) {
      throw broken('they are not deflated with the dictionary of SPDY/3', cause);
    }
  }
}

/** The pairs of an inflated block; names in lower case. */
export function readPairs(text: Buffer): Headers {
  const headers = new Map<string, string>();
  let at = 0;
  const number = () => {
    if (at + 4 > text.length) throw broken('they end too early');
    at += 4;
    return text.readUInt32BE(at - 4);
  };
  const word = () => {
    const length = number();
    if (at + length > text.length) throw broken('they end too early');
    at += length;
    return text.toString('utf8', at - length, at);
  };
  for (let left = number(); left > 0; left--) {
    const name = word().toLowerCase();
    headers.set(name, word());
  }
  return headers;
}

/**
 * Writes empty blocks, which is all that a reply needs. They go out uncompressed inside of zlib's format, so that
 * there is nothing to wait for: the reply is written before any data of its stream.
 */
export class EmptyHeaderWriter {
  #started = false;

  block(): Buffer {
    const block = this.#started ? emptyBlock : Buffer.concat([zlibHead, emptyBlock]);
    this.#started = true;
    return block;
  }
}

/** Deflate with a window of 32 KiB, and a preset dictionary, named by its Adler-32 sum. */
const zlibHead = Buffer.from([0x78, 0xbb, 0xe3, 0xc6, 0xa7, 0xc2]);
/**
 * A stored deflate block of four bytes, which are the number of pairs: 0. Then an empty one, as a flush ends with: Go's
 * reader gives out what it has only there.
 */
const emptyBlock = Buffer.from([0x00, 0x04, 0x00, 0xfb, 0xff, 0, 0, 0, 0, 0x00, 0x00, 0x00, 0xff, 0xff]);
