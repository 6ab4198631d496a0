/** Guessing the media type of a body without one, as Go's server does. (application-gateway §9) */

interface Signature {
  readonly type: string;
  /** Hexadecimal, `..` for any byte. */
  readonly bytes: string;
}

const hex = (text: string) => Buffer.from(text, 'latin1').toString('hex');

const signatures: readonly Signature[] = [
  { type: 'text/xml; charset=utf-8', bytes: hex('<?xml') },
  { type: 'application/pdf', bytes: hex('%PDF-') },
  { type: 'application/postscript', bytes: hex('%!PS-Adobe-') },
  { type: 'text/plain; charset=utf-16be', bytes: 'feff' },
  { type: 'text/plain; charset=utf-16le', bytes: 'fffe' },
  { type: 'text/plain; charset=utf-8', bytes: 'efbbbf' },
  { type: 'image/gif', bytes: hex('GIF87a') },
  { type: 'image/gif', bytes: hex('GIF89a') },
  { type: 'image/png', bytes: '89504e470d0a1a0a' },
  { type: 'image/jpeg', bytes: 'ffd8ff' },
  { type: 'image/bmp', bytes: hex('BM') },
  { type: 'image/x-icon', bytes: '00000100' },
  { type: 'image/x-icon', bytes: '00000200' },
  { type: 'image/webp', bytes: `${hex('RIFF')}........${hex('WEBPVP')}` },
  { type: 'audio/wave', bytes: `${hex('RIFF')}........${hex('WAVE')}` },
  { type: 'video/avi', bytes: `${hex('RIFF')}........${hex('AVI ')}` },
  { type: 'audio/basic', bytes: hex('.snd') },
  { type: 'audio/aiff', bytes: `${hex('FORM')}........${hex('AIFF')}` },
  { type: 'audio/midi', bytes: `${hex('MThd')}00000006` },
  { type: 'application/ogg', bytes: `${hex('OggS')}00` },
  { type: 'audio/mpeg', bytes: hex('ID3') },
  { type: 'video/webm', bytes: '1a45dfa3' },
  { type: 'application/x-gzip', bytes: '1f8b08' },
  { type: 'application/zip', bytes: '504b0304' },
  { type: 'application/x-rar-compressed', bytes: '526172211a0700' },
  { type: 'application/x-rar-compressed', bytes: '526172211a070100' },
  { type: 'font/ttf', bytes: '00010000' },
  { type: 'font/otf', bytes: hex('OTTO') },
  { type: 'font/collection', bytes: hex('ttcf') },
  { type: 'font/woff', bytes: hex('wOFF') },
  { type: 'font/woff2', bytes: hex('wOF2') },
  // A font of this kind is told by two letters behind many bytes of its own.
  { type: 'application/vnd.ms-fontobject', bytes: `${'..'.repeat(34)}${hex('LP')}` },
  { type: 'application/wasm', bytes: '0061736d' },
];

const patterns = signatures.map(({ type, bytes }) => ({ type, pattern: new RegExp(`^${bytes}`) }));

const htmlStart =
  /^[\t\n\f\r ]*<(?:(?:!doctype html|html|head|script|iframe|h1|div|font|table|a|style|title|b|body|br|p)[ >]|!--)/i;
// The bytes that no text has: control characters but tab, line feed, form feed, carriage return and escape.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const binary = /[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]/;

/** A box `ftyp` in front, with a brand that begins with `mp4` among those that it names. */
function isMp4(start: Buffer): boolean {
  if (start.length < 12) return false;
  const box = start.readUInt32BE(0);
  if (start.length < box || box % 4 !== 0 || start.toString('latin1', 4, 8) !== 'ftyp') return false;
  for (let at = 8; at < box; at += 4) {
    // The version between the brands.
    if (at !== 12 && start.toString('latin1', at, at + 3) === 'mp4') return true;
  }
  return false;
}

/** The media type that the first bytes of a body suggest. */
export function sniffContentType(body: Buffer): string {
  const start = body.subarray(0, 512);
  const text = start.toString('latin1');
  if (htmlStart.test(text)) return 'text/html; charset=utf-8';
  const digits = start.toString('hex');
  const unindented = hex(text.trimStart());
  if (isMp4(start)) return 'video/mp4';
  const match = patterns.find(({ type, pattern }) => pattern.test(type.startsWith('text/xml') ? unindented : digits));
  return match?.type ?? (binary.test(text) ? 'application/octet-stream' : 'text/plain; charset=utf-8');
}
