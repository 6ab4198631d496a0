import { expect, test } from 'vitest';
import { createFrameMeter } from '../../../src/external-system/websocket/frame-meter.ts';
import { frame } from './frames.ts';

const limits = { maxFragmentSize: 70_000, maxMessageSize: 100_000 };
const bytes = (size: number) => Buffer.alloc(size, 'x');

const fine: [what: string, frames: Buffer[]][] = [
  ['frames of all lengths', [0, 1, 125, 126, 65_535, 65_536, 70_000].map((size) => frame(2, bytes(size)))],
  ['a message of fragments that is as large as it may be', [frame(1, bytes(60_000), false), frame(0, bytes(40_000))]],
  ['messages that are too large together only', [frame(1, bytes(60_000)), frame(1, bytes(60_000))]],
  ['control frames between fragments', [frame(1, bytes(9), false), frame(9, bytes(125)), frame(0, bytes(9))]],
];

test.each(fine)('lets pass %s', (_, frames) => {
  const meter = createFrameMeter(limits);
  expect(meter(Buffer.concat(frames))).toBeUndefined();
});

test('tells of a frame that is too large as soon as its head is there, however the bytes come', () => {
  const meter = createFrameMeter(limits);
  const text = Buffer.concat([frame(1, bytes(300), false), frame(9, bytes(3)), frame(0, bytes(70_001))]);
  const head = 2 + 2 + 4 + 300 + (2 + 4 + 3) + (2 + 8 + 4);
  const told = [...text].map((byte) => meter(Buffer.of(byte))).findIndex((closing) => closing !== undefined);
  expect(told).toBe(head - 1);
});

test.each([
  [[frame(2, bytes(70_001))], { code: 1002, reason: 'frame payload size 70001 exceeds maximum of 70000 bytes' }],
  [
    [frame(2, bytes(60_000), false), frame(0, bytes(40_001))],
    { code: 1009, reason: 'message size 100001 exceeds maximum of 100000 bytes' },
  ],
])('tells the first excess', (frames, closing) => {
  expect(createFrameMeter(limits)(Buffer.concat(frames))).toEqual(closing);
});
