import { once } from 'node:events';
import { request } from 'node:http';
import { expect, test } from 'vitest';
import { startHttpBin } from './bin.ts';
import type { Ask } from './serve.ts';

/** What go-httpbin 2.25.0 was seen to answer where one might expect something else. (httpbin §8) */

const TEXT = 'text/plain; charset=utf-8';
const json = { 'Content-Type': 'application/json' };

interface Seen {
  readonly status?: number;
  readonly headers?: Record<string, unknown>;
  readonly text?: unknown;
}

const detail = (text: string): Seen => ({
  status: 400,
  text: expect.stringContaining(`"detail": ${JSON.stringify(text)}`),
});
const bytes = (...values: number[]) => Buffer.from(values);

const pages = ['/', '/forms/post', '/encoding/utf8'].map((path): [string, Ask, Seen] => [
  `POST ${path} is not allowed`,
  { method: 'POST', path },
  { status: 405, headers: { allow: 'GET, HEAD' }, text: 'Method Not Allowed\n' },
]);

const rows: [what: string, ask: Ask, seen: Seen][] = [
  ...pages,
  ['/deny has no line end', { path: '/deny' }, { text: "YOU SHOULDN'T BE HERE" }],
  ['a link of less than none is just not there', { path: '/links/1/-1' }, { status: 200, text: />0<\/a>/ }],

  [
    'blanks are no JSON',
    { method: 'POST', path: '/post', headers: json, body: ' ' },
    detail('error parsing request body: EOF'),
  ],
  [
    '/upload has the limit of all bodies',
    { method: 'POST', path: '/upload', body: Buffer.alloc(1024 * 1024 + 1) },
    { status: 500, text: /"error": "Internal Server Error",\n {2}"detail": "http: request body too large"/ },
  ],

  [
    'a token behind two blanks',
    { path: '/bearer', headers: { Authorization: 'Bearer  abc' } },
    { status: 200, text: /"abc"/ },
  ],
  ['a token and more', { path: '/bearer', headers: { Authorization: 'Bearer a b' } }, { status: 401 }],
  [
    'algorithms of digest in any case',
    { path: '/digest-auth/auth/u/p/sha-256' },
    { status: 401, headers: { 'www-authenticate': /algorithm=SHA-256, nonce=[0-9a-f]{64}, / } },
  ],

  [
    '?absolute in any case',
    { path: '/redirect/2?absolute=TRUE', headers: { Host: 'b' } },
    { headers: { location: 'http://b/absolute-redirect/1' } },
  ],
  [
    'a target is escaped',
    { path: '/redirect-to?url=http://x/a%20%C5%BC' },
    { headers: { location: 'http://x/a%20%C5%BC' } },
  ],
  [
    'a relative target is refused before its status is looked at',
    { path: '/redirect-to?url=get&status_code=200' },
    { status: 403, headers: { 'content-type': 'text/plain' }, text: '' },
  ],
  [
    'a target with a line end',
    { path: '/redirect-to?url=%0d%0aX:1' },
    detail('invalid url: parse "\\r\\nX:1": net/url: invalid control character in URL'),
  ],

  [
    'a cookie that is deleted keeps its value',
    { path: '/cookies/delete?a=1' },
    { headers: { 'set-cookie': [expect.stringMatching(/^a=1; Path=\/; Expires=/)] } },
  ],
  [
    'unknown attributes of cookies',
    { path: '/cookies/set?a=1&attr[Max-Age]=5&attr[Expires]=x&attr[SameSite]=x' },
    { headers: { 'set-cookie': ['a=1; Path=/; HttpOnly'] } },
  ],
  [
    'SameSite in any case',
    { path: '/cookies/set?a=1&attr[SameSite]=NONE' },
    { headers: { 'set-cookie': ['a=1; Path=/; HttpOnly; SameSite=None'] } },
  ],
  [
    'a cookie beyond ASCII is no cookie',
    { path: '/cookies', headers: { Cookie: 'a=1; f=\u00c3\u00a9' } },
    { text: '{\n  "cookies": {\n    "a": "1"\n  }\n}\n' },
  ],

  ['headers hold UTF-8', { path: '/response-headers?a=%C5%BC' }, { headers: { a: '\u00c5\u00bc' } }],
  ['tags with blanks', { path: '/etag/a%20b' }, { headers: { etag: '"a b"' } }],
  [
    'If-Unmodified-Since',
    { path: '/etag/a', headers: { 'If-Unmodified-Since': 'Wed, 01 Jan 1969 00:00:00 GMT' } },
    { status: 412 },
  ],
  [
    '412 has a type',
    { path: '/etag/a', headers: { 'If-Match': '"x"' } },
    { status: 412, headers: { 'content-type': TEXT } },
  ],
  [
    '416 has no tag',
    { path: '/range/9', headers: { Range: 'bytes=9-' } },
    { status: 416, headers: { etag: undefined, 'content-range': 'bytes */9' } },
  ],
  [
    'a tag without quotes is none for If-Range',
    { path: '/range/9', headers: { Range: 'bytes=0-1', 'If-Range': 'range9' } },
    { status: 200 },
  ],

  ['a bad seed of no bytes', { path: '/bytes/0?seed=x' }, { status: 400 }],
  [
    'chunks of less than one byte',
    { path: '/stream-bytes/3?chunk_size=-1' },
    { status: 200, text: '\ufffd\ufffd\ufffd' },
  ],
  ['base64 of bytes', { path: '/base64/_-8=' }, { headers: { 'content-length': '2' } }],
  ...['/gzip', '/deflate', '/bytes/3', '/range/3'].map((path): [string, Ask, Seen] => [
    `HEAD ${path} tells a length`,
    { method: 'HEAD', path },
    { status: 200, headers: { 'content-length': expect.stringMatching(/^\d+$/) } },
  ]),

  [
    'a duration that is none',
    { path: '/delay/5x' },
    detail('invalid duration: strconv.ParseFloat: parsing "5x": invalid syntax'),
  ],
  [
    'numbers of another kind',
    { path: '/range/x' },
    detail('invalid count: strconv.ParseInt: parsing "x": invalid syntax'),
  ],
  ['events in no time', { path: '/sse?duration=0' }, detail('invalid duration: duration 0s shorter than 1ns')],
  ['too much jitter', { path: '/sse?jitter=2' }, detail('invalid jitter: must be a float in [0, 1]')],
  [
    'events that take too long',
    { path: '/sse?duration=6&delay=6' },
    { status: 400, headers: { 'content-type': TEXT }, text: 'Too much time\n' },
  ],
  [
    '/jsonl shows the request in every line, at least one',
    { path: '/jsonl?count=0&seed=x', headers: ['Connection', 'close', 'Host', 'b'] },
    {
      status: 200,
      headers: { trailer: undefined },
      text: '{"id":0,"args":{"count":["0"],"seed":["x"]},"headers":{"Connection":["close"],"Host":["b"]},"origin":"127.0.0.1","url":"http://b/jsonl?count=0\\u0026seed=x"}\n',
    },
  ],
  ['a cookie as a trailer', { path: '/trailers?Set-Cookie=a' }, detail('forbidden trailer: Set-Cookie')],
];

test.each(rows)('%s', async (_, ask, { status, headers = {}, text }) => {
  const bin = await startHttpBin();
  const answer = await bin.ask(ask);
  if (status !== undefined) expect(answer.status).toBe(status);
  for (const [name, expected] of Object.entries(headers)) {
    const given = answer.headers[name];
    expect(given, name).toEqual(expected instanceof RegExp ? expect.stringMatching(expected) : expected);
  }
  if (text !== undefined) expect(answer.text).toEqual(text instanceof RegExp ? expect.stringMatching(text) : text);
});

test('base64 comes back as the bytes that it holds', async () => {
  const bin = await startHttpBin();
  expect((await bin.ask({ path: '/base64/_-8=' })).bytes).toEqual(bytes(0xff, 0xef));
});

test('the last of several values is the trailer', async () => {
  const bin = await startHttpBin();
  expect((await bin.ask({ path: '/trailers?x-t=1&x-t=2' })).trailers).toEqual({ 'x-t': '2' });
});

test('a status that cannot end an answer is followed by one that can', async () => {
  const { port } = await startHttpBin();
  const outgoing = request({ host: '127.0.0.1', port, path: '/status/103', agent: false }).end();
  const answered = once(outgoing, 'response');
  const [{ statusCode }] = await once(outgoing, 'information');
  const [answer] = await answered;
  answer.resume();
  expect([statusCode, answer.statusCode]).toEqual([103, 200]);
});
