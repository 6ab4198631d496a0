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
  { type: 'image/webp', bytes: `${hex('RIFF')}........${hex('WEBPVP')}` },
  { type: 'audio/wave', bytes: `${hex('RIFF')}........${hex('WAVE')}` },
  { type: 'application/ogg', bytes: `${hex('OggS')}00` },
  { type: 'audio/mpeg', bytes: hex('ID3') },
  { type: 'video/webm', bytes: '1a45dfa3' },
  { type: 'application/x-gzip', bytes: '1f8b08' },
  { type: 'application/zip', bytes: '504b0304' },
  { type: 'application/wasm', bytes: '0061736d' },
];

const htmlStart =
  /^[\t\n\f\r ]*<(?:(?:!doctype html|html|head|script|iframe|h1|div|font|table|a|style|title|b|body|br|p)[ >]|!--)/i;
// The bytes that no text has: control characters but tab, line feed, form feed, carriage return and escape.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const binary = /[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]/;

/** The media type that the first bytes of a body suggest. */
export function sniffContentType(body: Buffer): string {
  const start = body.subarray(0, 512);
  const text = start.toString('latin1');
  if (htmlStart.test(text)) return 'text/html; charset=utf-8';
  const digits = start.toString('hex');
  const unindented = hex(text.trimStart());
  const match = signatures.find(({ type, bytes }) =>
    new RegExp(`^${bytes}`).test(type.startsWith('text/xml') ? unindented : digits),
  );
  return match?.type ?? (binary.test(text) ? 'application/octet-stream' : 'text/plain; charset=utf-8');
}
