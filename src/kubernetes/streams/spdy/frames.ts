import { DomainError } from '../../../core/errors.ts';

/** The frames of SPDY/3.1, as far as port forwarding and commands use them. (kubernetes-api §10.3) */

export type Frame =
  | { readonly type: 'data'; readonly streamId: number; readonly fin: boolean; readonly data: Buffer }
  | { readonly type: 'synStream'; readonly streamId: number; readonly fin: boolean; readonly block: Buffer }
  | { readonly type: 'reset'; readonly streamId: number; readonly status: number }
  | { readonly type: 'ping'; readonly id: Buffer }
  | { readonly type: 'ignored' };

/** Ends one direction of the frame's stream. */
const FIN = 0x01;
const HEAD = 8;
const VERSION = 3;
const STREAM_ID = 0x7fffffff;
/** More than any header of a stream needs. */
const MAX_CONTROL = 64 * 1024;
/** What fits into the 24 bits of a length is far more than clients send in one frame. */
const MAX_DATA = 4 * 1024 * 1024;

const types = { synStream: 1, synReply: 2, reset: 3, ping: 6 } as const;

export const resetStatus = { protocolError: 1, refusedStream: 3, cancel: 5 } as const;

const violation = (detail: string) => new DomainError('SPDY_PROTOCOL', `the client breaks SPDY/3.1: ${detail}`);

/** Cuts a stream of bytes into frames; what is incomplete waits for more bytes. */
export class FrameReader {
  #chunks: Buffer[] = [];
  #size = 0;
  /** Bytes without which the next frame cannot be read. */
  #needed = HEAD;

  /** @throws DomainError `SPDY_PROTOCOL`; the connection cannot be read any further then */
  push(chunk: Buffer): Frame[] {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    // A large frame comes in many chunks; they are joined once, when the last one is there.
    if (this.#size < this.#needed) return [];
    let rest = this.#chunks.length === 1 ? chunk : Buffer.concat(this.#chunks, this.#size);
    const frames: Frame[] = [];
    for (;;) {
      this.#needed = rest.length < HEAD ? HEAD : HEAD + lengthOf(rest);
      if (rest.length < this.#needed) break;
      frames.push(readFrame(rest.subarray(0, this.#needed)));
      rest = rest.subarray(this.#needed);
    }
    this.#chunks = rest.length > 0 ? [rest] : [];
    this.#size = rest.length;
    return frames;
  }
}

const isControl = (head: Buffer) => (head.readUInt8(0) & 0x80) !== 0;

function lengthOf(head: Buffer): number {
  const length = head.readUIntBE(5, 3);
  const limit = isControl(head) ? MAX_CONTROL : MAX_DATA;
  if (length > limit) throw violation(`a frame of ${length} bytes is longer than ${limit}`);
  return length;
}

function readFrame(bytes: Buffer): Frame {
  const fin = (bytes.readUInt8(4) & FIN) !== 0;
  const body = bytes.subarray(HEAD);
  if (!isControl(bytes)) return { type: 'data', streamId: bytes.readUInt32BE(0), fin, data: body };
  const version = bytes.readUInt16BE(0) & 0x7fff;
  if (version !== VERSION) throw violation(`version ${version} instead of ${VERSION}`);
  switch (bytes.readUInt16BE(2)) {
    case types.synStream:
      requireLength('SYN_STREAM', body, 10);
      // Between the id and the headers stand an associated stream, a priority and a slot, which clients leave empty.
      return { type: 'synStream', streamId: body.readUInt32BE(0) & STREAM_ID, fin, block: body.subarray(10) };
    case types.reset:
      requireLength('RST_STREAM', body, 8);
      return { type: 'reset', streamId: body.readUInt32BE(0) & STREAM_ID, status: body.readUInt32BE(4) };
    case types.ping:
      requireLength('PING', body, 4);
      return { type: 'ping', id: body.subarray(0, 4) };
    default:
      return { type: 'ignored' };
  }
}

function requireLength(name: string, { length }: Buffer, least: number): void {
  if (length < least) throw violation(`a ${name} of ${length} bytes is shorter than ${least}`);
}

function control(type: number, body: Buffer, flags = 0): Buffer {
  const head = Buffer.alloc(HEAD);
  head.writeUInt16BE(0x8000 | VERSION, 0);
  head.writeUInt16BE(type, 2);
  head.writeUInt8(flags, 4);
  head.writeUIntBE(body.length, 5, 3);
  return Buffer.concat([head, body]);
}

const uint32 = (...values: number[]): Buffer => {
  const bytes = Buffer.alloc(4 * values.length);
  values.forEach((value, index) => {
    bytes.writeUInt32BE(value, 4 * index);
  });
  return bytes;
};

/** The head of a data frame; the data is written behind it, uncopied. */
export function dataHead(streamId: number, length: number, fin = false): Buffer {
  const head = uint32(streamId, length);
  head.writeUInt8(fin ? FIN : 0, 4);
  return head;
}

export const synReply = (streamId: number, block: Buffer) =>
  control(types.synReply, Buffer.concat([uint32(streamId), block]));

export const reset = (streamId: number, status: number) => control(types.reset, uint32(streamId, status));

export const ping = (id: Buffer) => control(types.ping, id);
