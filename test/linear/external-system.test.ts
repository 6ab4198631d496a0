import type { IncomingMessage } from 'node:http';
import { readPyJson, renderPyJson } from '../../src/external-system/classic/json.ts';
import { parseLoosely, urlOf } from '../../src/external-system/classic/request.ts';
import { serveContent } from '../../src/external-system/content.ts';
import { cookiesOf, cookieValue } from '../../src/external-system/cookies.ts';
import { readBasic } from '../../src/external-system/credentials.ts';
import { isAuthorized } from '../../src/external-system/digest.ts';
import { parseDuration, parseSeconds } from '../../src/external-system/duration.ts';
import { type EndpointExchange, readTarget } from '../../src/external-system/exchange.ts';
import { headersOf } from '../../src/external-system/headers.ts';
import { readJson, renderJson, renderJsonLine } from '../../src/external-system/json.ts';
import { parseInt64, parseInteger, share } from '../../src/external-system/parameters.ts';
import { decode } from '../../src/external-system/query.ts';
import { escapeHtml, isHarmless, sendable } from '../../src/external-system/response-headers.ts';
import { createRouter } from '../../src/external-system/router.ts';
import { bearer, csrf } from '../../src/external-system/secured/guards.ts';
import { status } from '../../src/external-system/status.ts';
import { readQuery } from '../../src/go/query.ts';
import { repeated, row, testGrowth } from './growth.ts';

const request = (headers: Record<string, string>) =>
  ({ headers, headersDistinct: {}, rawHeaders: [] }) as unknown as IncomingMessage;
const exchange = (parts: object) =>
  ({ method: 'GET', params: {}, args: new Map(), ...parts }) as unknown as EndpointExchange;
const content = { bytes: Buffer.alloc(100), contentType: 'text/plain', etag: '"e"' };
const withHeader = (name: string, read: (given: EndpointExchange) => unknown) => (text: string) =>
  read(exchange({ request: request({ [name]: text }) }));
const distinct = (prefix: string, join: string) => (size: number) =>
  Array.from({ length: size / 8 }, (_, at) => `${prefix}${at}`).join(join);
const desk = { isAccessToken: () => false, isCsrfToken: () => false } as never;
const router = createRouter([{ path: '/anything/{rest...}', endpoint: () => undefined }], {
  notFound: () => ({ status: 404, headers: {}, body: '' }),
  wrongMethod: () => ({ status: 405, headers: {}, body: '' }),
  uncleanPaths: 'redirect',
});

testGrowth([
  row({ rule: 'seconds: digits', input: (size) => `${'1'.repeat(size)}x`, read: parseSeconds }),
  row({ rule: 'seconds: an exponent', input: (size) => `1e${'1'.repeat(size)}x`, read: parseSeconds }),
  row({ rule: 'duration: digits', input: (size) => `${'1'.repeat(size)}x`, read: parseDuration }),
  row({ rule: 'duration: points', input: repeated('1.'), read: parseDuration }),
  row({ rule: 'duration: parts', input: repeated('1h'), read: parseDuration }),
  row({
    rule: 'duration: parts and something else',
    input: (size) => `${'1h'.repeat(size / 2)}x`,
    read: parseDuration,
  }),
  row({ rule: 'a share: digits', input: (size) => `${'1'.repeat(size)}x`, read: (text: string) => share(text, 'x') }),
  row({ rule: 'a whole number: digits', input: (size) => '9'.repeat(size), read: parseInteger }),
  row({ rule: 'a number of 64 bits: digits', input: (size) => '9'.repeat(size), read: parseInt64 }),
  row({ rule: 'a number of 64 bits: zeros', input: (size) => `${'0'.repeat(size)}x`, read: parseInt64 }),
  row({
    rule: 'weights: digits',
    input: (size) => `200:1,200:${'1'.repeat(size)}x`,
    read: (codes: string) => status(exchange({ params: { codes }, random: { bytes: () => Buffer.alloc(4) } })),
  }),
  row({
    rule: 'weights: choices',
    input: repeated('200:1,'),
    read: (codes: string) =>
      status(exchange({ params: { codes: `${codes}200` }, random: { bytes: () => Buffer.alloc(4) } })),
  }),

  row({
    rule: 'Bearer: blanks',
    input: (size) => `Bearer${' '.repeat(size)}x`,
    read: withHeader('authorization', (given) => bearer(given, desk)),
  }),
  row({
    rule: 'Basic: an alphabet',
    input: (size) => `Basic ${'A'.repeat(size)}*`,
    read: withHeader('authorization', ({ request }) => readBasic(request)),
  }),
  row({
    rule: 'Digest: a word',
    input: (size) => `Digest ${'a'.repeat(size)}`,
    read: withHeader('authorization', (given) => isAuthorized(given, 'r', 'md5')),
  }),
  row({
    rule: 'Digest: blanks',
    input: (size) => `Digest a${' '.repeat(size)}x`,
    read: withHeader('authorization', (given) => isAuthorized(given, 'r', 'md5')),
  }),
  row({
    rule: 'Digest: quotes',
    input: (size) => `Digest ${'a="\\" '.repeat(size / 6)}`,
    read: withHeader('authorization', (given) => isAuthorized(given, 'r', 'md5')),
  }),
  row({
    rule: 'Digest: members',
    input: repeated('Digest a=b,c="d",'),
    read: withHeader('authorization', (given) => isAuthorized(given, 'r', 'md5')),
  }),
  row({
    rule: 'Digest: equals signs',
    input: (size) => `Digest ${'='.repeat(size)}`,
    read: withHeader('authorization', (given) => isAuthorized(given, 'r', 'md5')),
  }),
  row({
    rule: 'Range: blanks',
    input: (size) => `bytes=${' '.repeat(size)}x`,
    read: withHeader('range', (given) => serveContent(given, content)),
  }),
  row({
    rule: 'Range: digits',
    input: (size) => `bytes=${'1'.repeat(size)}x`,
    read: withHeader('range', (given) => serveContent(given, content)),
  }),
  row({
    rule: 'Range: ranges',
    input: (size) => `bytes=${'1-1,'.repeat(size / 4)}`,
    read: withHeader('range', (given) => serveContent(given, content)),
  }),
  row({
    rule: 'If-None-Match: tags',
    input: repeated('W/"'),
    read: withHeader('if-none-match', (given) => serveContent(given, content)),
  }),
  row({
    rule: 'Cookie: blanks',
    input: (size) => `a=b${' '.repeat(size)}x`,
    read: withHeader('cookie', ({ request }) => cookiesOf(request)),
  }),
  row({
    rule: 'Cookie: pairs',
    input: repeated('a = "b" ;'),
    read: withHeader('cookie', ({ request }) => cookiesOf(request)),
  }),
  row({
    rule: 'Cookie: pairs before the token',
    input: repeated('csrftokencookie;'),
    read: withHeader('cookie', (given) => csrf(given, desk)),
  }),
  row({ rule: 'a cookie: quotes', input: repeated('"\\;'), read: cookieValue }),
  row({
    rule: 'headers of one name',
    input: (size) => Array.from({ length: size / 4 }, (_, at) => (at % 2 ? 'v' : 'x-a')),
    read: (rawHeaders) => headersOf({ rawHeaders } as IncomingMessage),
  }),

  row({ rule: 'query: one name', input: repeated('a&'), read: readQuery }),
  row({ rule: 'query: names', input: distinct('a', '&'), read: readQuery }),
  row({ rule: 'query: escapes', input: repeated('%41'), read: readQuery }),
  row({ rule: 'query: an equals sign after the other', input: repeated('='), read: parseLoosely }),
  row({ rule: 'query: broken escapes', input: repeated('%'), read: readQuery }),
  row({ rule: 'query of the first flavor: one name', input: repeated('a&'), read: parseLoosely }),
  row({ rule: 'path: escapes', input: repeated('%C3'), read: decode }),
  row({
    rule: 'path: escapes that are shown',
    input: repeated('%C3%A9%'),
    read: (path: string) => urlOf(exchange({ path, search: '', request: { headers: {}, socket: {} } })),
  }),
  row({ rule: 'path: slashes', input: repeated('/'), read: (path: string) => router.find('GET', path, '') }),
  row({ rule: 'path: dots', input: repeated('/..'), read: (path: string) => router.find('GET', path, '') }),
  row({
    rule: 'path: segments',
    input: (size) => `/anything${'/a'.repeat(size / 2)}`,
    read: (path: string) => router.find('GET', path, ''),
  }),
  row({ rule: 'target: a scheme', input: (size) => 'a'.repeat(size), read: readTarget }),
  row({ rule: 'media type: blanks', input: (size) => `text/plain${' '.repeat(size)}x`, read: isHarmless }),
  row({
    rule: 'headers of an answer',
    input: distinct('a', '&'),
    read: (text: string) => sendable(readQuery(text).values),
  }),
  row({ rule: 'HTML: ampersands', input: repeated('&<'), read: escapeHtml }),

  row({
    rule: 'JSON: nesting',
    most: 900,
    input: (size) => '['.repeat(size) + ']'.repeat(size),
    read: (text: string) => renderJson(readJson(text)),
  }),
  row({
    rule: 'JSON: names',
    input: (size) => `{${distinct('"a', '":1,')(size)}":1}`,
    read: (text: string) => renderJson(readJson(text)),
  }),
  row({
    rule: 'JSON: names beyond the surrogates',
    input: (size) => `{${distinct('"\uffee', '":1,')(size)}":1}`,
    read: (text: string) => renderJsonLine(readJson(text)),
  }),
  row({
    rule: 'JSON: numbers',
    input: (size) => `[${'1,'.repeat(size / 2)}1]`,
    read: (text: string) => renderJson(readJson(text)),
  }),
  row({ rule: 'JSON: digits', input: (size) => '1'.repeat(size), read: readJson }),
  row({
    rule: 'JSON of the first flavor: names',
    input: (size) => `{${distinct('"a', '":1,')(size)}":1}`,
    read: (text: string) => renderPyJson(readPyJson(text)),
  }),
  row({ rule: 'JSON of the first flavor: digits', input: (size) => `${'1'.repeat(size)}.5`, read: readPyJson }),
]);
