import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { type Duplex, duplexPair } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { constants, createDeflate, createInflate } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { serveSpdy } from '../../../src/kubernetes/streams/spdy/connection.ts';
import { spdyDictionary } from '../../../src/kubernetes/streams/spdy/dictionary.ts';
import {
  dataHead,
  type Frame,
  FrameReader,
  ping,
  reset,
  synReply,
} from '../../../src/kubernetes/streams/spdy/frames.ts';
import { EmptyHeaderWriter, HeaderReader, readPairs } from '../../../src/kubernetes/streams/spdy/header-blocks.ts';
import type { SpdyStream } from '../../../src/kubernetes/streams/spdy/stream.ts';

const bytes = (hex: string) => Buffer.from(hex.replaceAll(' ', ''), 'hex');

const uint32 = (value: number) => {
  const four = Buffer.alloc(4);
  four.writeUInt32BE(value);
  return four;
};

/** Pairs as a client writes them before compression. */
const pairs = (headers: Readonly<Record<string, string>>) =>
  Buffer.concat([
    uint32(Object.keys(headers).length),
    ...Object.entries(headers)
      .flat()
      .flatMap((word) => [uint32(Buffer.byteLength(word)), Buffer.from(word)]),
  ]);

/** The zlib stream of a client: blocks that end with a flush. */
function compressor() {
  const deflate = createDeflate({ dictionary: spdyDictionary });
  return async (text: Buffer): Promise<Buffer> => {
    const parts: Buffer[] = [];
    const collect = (part: Buffer) => parts.push(part);
    deflate.on('data', collect);
    deflate.write(text);
    await new Promise<void>((resolve) => deflate.flush(constants.Z_SYNC_FLUSH, resolve));
    deflate.off('data', collect);
    return Buffer.concat(parts);
  };
}

const synStream = (streamId: number, block: Buffer, flags = 0) => {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(block.length + 10);
  length.writeUInt8(flags);
  return Buffer.concat([bytes('8003 0001'), length, uint32(streamId), uint32(0), bytes('0000'), block]);
};
const data = (streamId: number, content: string, fin = false) =>
  Buffer.concat([dataHead(streamId, Buffer.byteLength(content), fin), Buffer.from(content)]);

test('the dictionary is the one of the protocol', () => {
  expect(spdyDictionary).toHaveLength(1423);
  expect(createHash('sha256').update(spdyDictionary).digest('hex')).toBe(
    '51d27341373f923f3cd88e1eb7162aeaa3723d7585ff2399201dc06498407f02',
  );
});

describe('frames', () => {
  const rows: { what: string; frame: Buffer; read: Partial<Frame> }[] = [
    { what: 'data', frame: bytes('00000003 00 000002 6869'), read: { type: 'data', streamId: 3, fin: false } },
    { what: 'the end of data', frame: bytes('00000003 01 000000'), read: { type: 'data', fin: true } },
    {
      what: 'a new stream',
      frame: synStream(5, Buffer.from('block'), 1),
      read: { type: 'synStream', streamId: 5, fin: true, block: Buffer.from('block') },
    },
    { what: 'a reset', frame: reset(7, 5), read: { type: 'reset', streamId: 7, status: 5 } },
    { what: 'a ping', frame: ping(bytes('00000009')), read: { type: 'ping', id: bytes('00000009') } },
    { what: 'settings', frame: bytes('8003 0004 00 000004 00000000'), read: { type: 'ignored' } },
    { what: 'a goodbye', frame: bytes('8003 0007 00 000008 0000000000000000'), read: { type: 'ignored' } },
    { what: 'a window update', frame: bytes('8003 0009 00 000008 0000000100001000'), read: { type: 'ignored' } },
  ];

  test.each(rows)('$what is read', ({ frame, read }) => {
    expect(new FrameReader().push(frame)).toMatchObject([read]);
  });

  test('borders between chunks mean nothing', () => {
    const all = Buffer.concat(rows.map(({ frame }) => frame));
    const whole = new FrameReader().push(all);
    for (const size of [1, 3, 7, 8, 9, 64]) {
      const reader = new FrameReader();
      const frames = [];
      for (let at = 0; at < all.length; at += size) frames.push(...reader.push(all.subarray(at, at + size)));
      expect(frames).toEqual(whole);
    }
  });

  test.each([
    { what: 'another version', frame: bytes('8002 0001 00 00000a 00000001000000000000') },
    { what: 'a control frame that is too long', frame: bytes('8003 0001 00 ffffff') },
    { what: 'data that is too long', frame: bytes('00000001 00 ffffff') },
    { what: 'a new stream that is too short', frame: bytes('8003 0001 00 000004 00000001') },
  ])('$what is refused', ({ frame }) => {
    expect(() => new FrameReader().push(frame)).toThrow(expect.objectContaining({ code: 'SPDY_PROTOCOL' }));
  });
});

describe('header blocks', () => {
  test('every block of a connection is read, as each refers to those before', async () => {
    const compress = compressor();
    const reader = new HeaderReader();
    for (let id = 0; id < 200; id++) {
      const headers = { streamType: id % 2 ? 'data' : 'error', port: '8080', requestID: String(id) };
      const read = reader.read(await compress(pairs(headers)));
      expect(Object.fromEntries(read)).toEqual({ streamtype: headers.streamType, port: '8080', requestid: String(id) });
    }
  });

  test('empty blocks are what zlib reads as no pairs', async () => {
    const writer = new EmptyHeaderWriter();
    const inflate = createInflate({ dictionary: spdyDictionary });
    for (let time = 0; time < 3; time++) {
      inflate.write(writer.block());
      const [text] = await once(inflate, 'data');
      expect(text).toEqual(bytes('00000000'));
    }
    inflate.close();
  });

  test.each([
    { what: 'too few words', text: bytes('00000002 00000001 61 00000001 62') },
    { what: 'a word that is too long', text: bytes('00000001 000000ff 61') },
    { what: 'nothing', text: Buffer.alloc(0) },
  ])('$what is refused', ({ text }) => {
    expect(() => readPairs(text)).toThrow(expect.objectContaining({ code: 'SPDY_HEADERS' }));
  });

  test('a small block that stands for a very long text is refused', async () => {
    const block = await compressor()(Buffer.alloc(10_000_000));
    expect(() => new HeaderReader().read(block)).toThrow(expect.objectContaining({ code: 'SPDY_HEADERS' }));
  });
});

/** A connection, seen from the client: what it reads is frames. */
function connect(onStream: (stream: SpdyStream) => void = () => {}): {
  readonly client: Duplex;
  readonly compress: (text: Buffer) => Promise<Buffer>;
} {
  const [client, server] = duplexPair();
  serveSpdy(server, onStream);
  return { client, compress: compressor() };
}

describe('a connection', () => {
  test('replies to a stream before it sends its data', async () => {
    const { client, compress } = connect((stream) => stream.end('hello'));
    client.write(synStream(1, await compress(pairs({ streamtype: 'data' }))));
    const reply = synReply(1, new EmptyHeaderWriter().block());
    const expected = Buffer.concat([reply, data(1, 'hello'), dataHead(1, 0, true)]);
    let read = Buffer.alloc(0);
    for await (const chunk of client) {
      read = Buffer.concat([read, chunk]);
      if (read.length >= expected.length) break;
    }
    expect(read).toEqual(expected);
  });

  test('gives each stream its own bytes and its own end', async () => {
    const texts: Promise<string>[] = [];
    const { client, compress } = connect((stream) => texts.push(buffer(stream).then(String)));
    const block = () => compress(pairs({ streamtype: 'data' }));
    client.write(synStream(1, await block()));
    client.write(synStream(3, await block()));
    client.write(
      Buffer.concat([data(1, 'a'), data(3, 'x'), data(9, 'nobody'), data(1, 'b', true), data(3, 'y', true)]),
    );
    expect(await Promise.all(texts)).toEqual(['ab', 'xy']);
  });

  test('answers a ping with the same', async () => {
    const { client } = connect();
    client.write(ping(bytes('0000002a')));
    expect((await once(client, 'data'))[0]).toEqual(ping(bytes('0000002a')));
  });

  test('ends a stream that the client resets', async () => {
    const streams: SpdyStream[] = [];
    const { client, compress } = connect((stream) => streams.push(stream));
    client.resume();
    client.write(synStream(1, await compress(pairs({}))));
    await expect.poll(() => streams.length).toBe(1);
    client.write(reset(1, 5));
    await expect.poll(() => streams[0]?.destroyed).toBe(true);
  });

  test('tells the client when a stream is given up', async () => {
    const { client, compress } = connect((stream) => stream.destroy());
    client.write(synStream(1, await compress(pairs({}))));
    const reader = new FrameReader();
    const frames: Frame[] = [];
    client.on('data', (chunk) => frames.push(...reader.push(chunk)));
    await expect.poll(() => frames).toContainEqual({ type: 'reset', streamId: 1, status: 5 });
  });

  test('holds the client up when nobody reads, and loses nothing', async () => {
    const streams: SpdyStream[] = [];
    const { client, compress } = connect((stream) => streams.push(stream));
    client.resume();
    client.write(synStream(1, await compress(pairs({}))));
    const chunk = 'x'.repeat(100_000);
    const sent = 100;
    let taken = 0;
    for (let index = 0; index < sent; index++) client.write(data(1, chunk, index === sent - 1), () => taken++);
    await expect.poll(() => taken).toBeGreaterThan(5);
    const before = taken;
    await new Promise((resolve) => setImmediate(resolve));
    expect(taken).toBe(before);
    expect(before).toBeLessThan(30);
    const [stream] = streams;
    expect(stream && (await buffer(stream)).length).toBe(sent * chunk.length);
  });

  test('breaks off when the client does not speak SPDY, and ends all streams', async () => {
    const streams: SpdyStream[] = [];
    const { client, compress } = connect((stream) => streams.push(stream));
    client.resume();
    client.write(synStream(1, await compress(pairs({}))));
    client.write(bytes('8002 0001 00 000000'));
    await expect.poll(() => streams[0]?.destroyed).toBe(true);
  });
});
