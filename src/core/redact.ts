/**
 * The last gate of the log: takes everything secret out of a line of JSON, wherever it stands in it: header values,
 * members of bodies, `token=` in URLs and messages, private keys. It looks at the finished line, so that no place that
 * logs has to think of it.
 */

const MASK = '***';

/** Names of headers and JSON members whose values are never logged, in lower case. */
const secretNames = [
  'authorization',
  'proxy-authorization',
  'access-token',
  'cookie',
  'set-cookie',
  'x-csrf-token',
  'x-forwarded-client-cert',
  'token',
  'access_token',
  'refresh_token',
  'id_token',
  'clientsecret',
  'client_secret',
  'password',
  'privatekey',
  'private_key',
].join('|');

/** `"cookie":`, with a text or a list behind it. */
const member = new RegExp(`"(?:${secretNames})":(?=["[])`, 'gi');
/** The same inside a text that is itself JSON: `\"token\":\"…\"`. */
const nestedMember = new RegExp(String.raw`(\\"(?:${secretNames})\\"\s*:\s*\\")[^"\\]*`, 'gi');
/** `token=…` of a query, also inside a URL that is percent-encoded. */
const queryToken = /((?:\b|%3F|%26)(?:access_)?token(?:=|%3D))[^&"\\\s#]+/gi;
/** Words after "Basic" are left alone: only what has a capital or a digit is taken for credentials. */
const credentials = /\b([Bb]earer|[Bb]asic) +(?=[a-z._~+/-]*[A-Z0-9])[\w.~+/-]{8,}=*/g;
const keyLabel = /[A-Z ]{0,40}PRIVATE KEY-----/y;
const BEGIN = '-----BEGIN ';
const END = '-----END ';

/** A log line, or any other text, without its secrets. JSON stays JSON. */
export const redact = (line: string): string =>
  withoutKeys(
    withoutMembers(line)
      .replace(nestedMember, `$1${MASK}`)
      .replace(queryToken, `$1${MASK}`)
      .replace(credentials, `$1 ${MASK}`),
  );

/** Masks `"cookie":"…"` and `"cookie":["…","…"]`. No part of the line is looked at twice. */
function withoutMembers(line: string): string {
  const kept: string[] = [];
  let from = 0;
  member.lastIndex = 0;
  for (let found = member.exec(line); found; found = member.exec(line)) {
    const start = found.index + found[0].length;
    const end = line[start] === '[' ? endOfTexts(line, start + 1) : endOfText(line, start);
    const isWhole = line[start] === '"' || line[end - 1] === ']';
    if (isWhole) {
      kept.push(line.slice(from, start), `"${MASK}"`);
      from = end;
    }
    member.lastIndex = end;
  }
  return kept.length === 0 ? line : kept.join('') + line.slice(from);
}

/** The end of a list of texts, or of what could be one. */
function endOfTexts(line: string, start: number): number {
  let at = start;
  while (line[at] === '"') {
    at = endOfText(line, at);
    if (line[at] === ',') at++;
  }
  return line[at] === ']' ? at + 1 : at;
}

/** Where the text that begins with a quote ends, exclusive; one that is cut off ends with the line. */
function endOfText(line: string, start: number): number {
  for (let at = start + 1; at < line.length; at++) {
    const code = line.charCodeAt(at);
    if (code === 0x22) return at + 1;
    if (code === 0x5c) at++;
  }
  return line.length;
}

/**
 * Masks private keys up to their end, or as far as the text goes that they are in: a key may be cut off. Goes through the
 * line once, however many beginnings there are in it.
 */
function withoutKeys(line: string): string {
  const kept: string[] = [];
  let from = 0;
  for (let begin = line.indexOf(BEGIN); begin >= 0; begin = line.indexOf(BEGIN, Math.max(from, begin + 1))) {
    const label = keyLabelAt(line, begin + BEGIN.length);
    if (label === undefined) continue;
    const body = begin + BEGIN.length + label.length;
    kept.push(line.slice(from, body), ` ${MASK}`);
    from = endOfKey(line, body);
  }
  return kept.length === 0 ? line : kept.join('') + line.slice(from);
}

function keyLabelAt(line: string, at: number): string | undefined {
  keyLabel.lastIndex = at;
  return keyLabel.exec(line)?.[0];
}

function endOfKey(line: string, body: number): number {
  const quote = line.indexOf('"', body);
  const limit = quote < 0 ? line.length : quote;
  const text = line.slice(body, limit);
  for (let end = text.indexOf(END); end >= 0; end = text.indexOf(END, end + 1)) {
    const label = keyLabelAt(text, end + END.length);
    if (label !== undefined) return body + end + END.length + label.length;
  }
  return limit;
}
