/** Damage to DER that a client could send: single bytes, and whole values whose lengths stay right. */

/** A number below the limit. */
export type Pick = (limit: number) => number;

/** Numbers that look random and are the same for the same seed. (mulberry32) */
export function seededPick(seed: number): Pick {
  let state = seed >>> 0;
  return (limit) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
}

interface Value {
  tag: number;
  content: Buffer | Value[];
}

const CONSTRUCTED = 0x20;

function read(der: Buffer): Value[] {
  const values: Value[] = [];
  for (let at = 0; at < der.length; ) {
    const tag = der[at] ?? 0;
    let length = der[at + 1] ?? 0;
    let start = at + 2;
    if (length >= 0x80) {
      const size = length & 0x7f;
      length = der.readUIntBE(start, size);
      start += size;
    }
    const content = der.subarray(start, start + length);
    values.push({ tag, content: tag & CONSTRUCTED ? read(content) : content });
    at = start + length;
  }
  return values;
}

function write({ tag, content }: Value): Buffer {
  const bytes = Buffer.isBuffer(content) ? content : Buffer.concat(content.map(write));
  const { length } = bytes;
  const size =
    length < 0x80
      ? [length]
      : length < 0x1_0000
        ? [0x82, length >> 8, length & 0xff]
        : [0x83, length >> 16, (length >> 8) & 0xff, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), bytes]);
}

interface Spot {
  readonly value: Value;
  readonly siblings: Value[];
}

function spotsOf(siblings: Value[]): Spot[] {
  return siblings.flatMap((value) => [
    { value, siblings },
    ...(Buffer.isBuffer(value.content) ? [] : spotsOf(value.content)),
  ]);
}

const tags = [
  0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x0a, 0x0c, 0x13, 0x14, 0x16, 0x17, 0x1c, 0x1e, 0x30, 0x31, 0x80, 0xa0,
];
const texts = ['', 'Grün', ',=+"', '\0', '\u{1f600}', 'x'.repeat(300)];
const bytesOf = (pick: Pick, most: number) => Buffer.from(Array.from({ length: pick(most) }, () => pick(256)));

const damages: readonly ((spot: Spot, pick: Pick, all: readonly Spot[]) => void)[] = [
  ({ value }, pick) => {
    value.tag = tags[pick(tags.length)] ?? 0;
  },
  ({ value }) => {
    value.content = Buffer.isBuffer(value.content) ? Buffer.alloc(0) : [];
  },
  ({ value }, pick) => {
    if (Buffer.isBuffer(value.content)) value.content = bytesOf(pick, 24);
  },
  ({ value }, pick) => {
    if (Buffer.isBuffer(value.content)) value.content = Buffer.from(texts[pick(texts.length)] ?? '');
  },
  ({ value }, pick) => {
    if (!Buffer.isBuffer(value.content) || value.content.length === 0) return;
    value.content = Buffer.from(value.content);
    value.content[pick(value.content.length)] = pick(256);
  },
  ({ value, siblings }) => void siblings.splice(siblings.indexOf(value), 1),
  ({ value, siblings }) => void siblings.push(structuredCopy(value)),
  ({ value }, pick, all) => {
    const other = structuredCopy(all[pick(all.length)]?.value ?? value);
    value.tag = other.tag;
    value.content = other.content;
  },
];

const structuredCopy = (value: Value): Value => read(write(value))[0] ?? value;

/** One to three damages to values; the lengths around them are right. */
export function damagedValues(der: Buffer, pick: Pick): Buffer {
  const root = read(der);
  for (let left = 1 + pick(3); left > 0; left--) {
    const spots = spotsOf(root);
    const spot = spots[pick(spots.length)];
    if (spot) damages[pick(damages.length)]?.(spot, pick, spots);
  }
  return Buffer.concat(root.map(write));
}

/** One to three changed, missing or additional bytes. */
export function damagedBytes(bytes: Buffer, pick: Pick): Buffer {
  let damaged = Buffer.from(bytes);
  for (let left = 1 + pick(3); left > 0 && damaged.length > 0; left--) {
    const at = pick(damaged.length);
    const [before, after] = [damaged.subarray(0, at), damaged.subarray(at)];
    const kind = pick(4);
    if (kind === 0) damaged[at] = pick(256);
    else if (kind === 1) damaged = Buffer.concat([before, after.subarray(1 + pick(8))]);
    else if (kind === 2) damaged = Buffer.concat([before, bytesOf(pick, 8), after]);
    else damaged = Buffer.from(before);
  }
  return damaged;
}
