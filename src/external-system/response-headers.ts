import { type Answer, type Endpoint, JSON_TYPE } from './exchange.ts';
import { renderJson } from './json.ts';
import { first, type Values } from './query.ts';

/** `/response-headers`: the query becomes the answer's headers. (httpbin §5.3) */
export const responseHeaders: Endpoint = ({ args }) => {
  const contentType = first(args, 'Content-Type') || JSON_TYPE;
  const shown = new Map(args).set('Content-Type', args.get('Content-Type') ?? [contentType]);
  const body = renderJson(isHarmless(contentType) ? shown : escapeAll(shown));
  return { status: 200, headers: { ...sendable(args), 'Content-Type': contentType }, body };
};

const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** These describe the connection or the body, and a wrong one would break the answer itself. */
const reserved = new Set([
  'connection',
  'content-length',
  'content-type',
  'keep-alive',
  'trailer',
  'transfer-encoding',
]);

/** What of the query can go out as headers. */
export function sendable(args: Values): Answer['headers'] {
  const entries = [...args].filter(([name]) => token.test(name) && !reserved.has(name.toLowerCase()));
  return Object.fromEntries(entries.map(([name, values]) => [name, values.map(headerValue)]));
}

/** Bytes as Node wants them; control characters, which end a header or worse, become blanks. */
const headerValue = (text: string) => Buffer.from(text.replace(/[^\P{Cc}\t]/gu, ' '), 'utf8').toString('latin1');

/** A browser will not run what is in the body. */
export const isHarmless = (contentType: string) => /^(text\/plain|application\/json)\s*(;|$)/i.test(contentType);

function escapeAll(values: Values): Values {
  const escaped = new Map<string, string[]>();
  for (const [name, texts] of values) escaped.set(escapeHtml(name), texts.map(escapeHtml));
  return escaped;
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&#34;',
  "'": '&#39;',
};
export const escapeHtml = (text: string) => text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
