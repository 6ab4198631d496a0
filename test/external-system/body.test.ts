import { expect, test } from 'vitest';
import { MAX_BODY_SIZE } from '../../src/external-system/body.ts';
import { startHttpBin } from './bin.ts';

const nothing = { data: '', files: {}, form: {}, json: null };
const multipart = [
  '--b',
  'Content-Disposition: form-data; name="a"',
  '',
  '1',
  '--b',
  'Content-Disposition: form-data; name="f"; filename="x.txt"',
  'Content-Type: text/plain',
  '',
  'content',
  '--b--',
  '',
].join('\r\n');

const understood: [name: string, contentType: string | undefined, body: string | Buffer, expected: object][] = [
  ['nothing', undefined, '', nothing],
  ['JSON', 'application/json', '{"b":1e3,"a":[]}', { ...nothing, data: '{"b":1e3,"a":[]}', json: { b: 1000, a: [] } }],
  ['plain text', 'text/plain; charset=utf-8', '{"a":1}', { ...nothing, data: '{"a":1}' }],
  ['HTML', 'text/html', '<p>', { ...nothing, data: '<p>' }],
  [
    'a form',
    'application/x-www-form-urlencoded',
    'a=1&a=2&b',
    { ...nothing, data: 'a=1&a=2&b', form: { a: ['1', '2'], b: [''] } },
  ],
  [
    'multipart',
    'multipart/form-data; boundary=b',
    multipart,
    { ...nothing, data: multipart, form: { a: ['1'] }, files: { f: ['content'] } },
  ],
  ['bytes', 'application/octet-stream', 'abc', { ...nothing, data: 'data:application/octet-stream;base64,YWJj' }],
  [
    'untyped bytes',
    undefined,
    Buffer.from([0xfb, 0xff]),
    { ...nothing, data: 'data:application/octet-stream;base64,-_8=' },
  ],
  [
    'JSON of another type',
    'application/vnd.api+json',
    '{}',
    { ...nothing, data: 'data:application/vnd.api+json;base64,e30=' },
  ],
];

test.each(understood)('%s is understood by its type', async (_, contentType, body, expected) => {
  const bin = await startHttpBin();
  for (const method of ['POST', 'GET', 'DELETE']) {
    const headers = {
      ...(contentType && { 'Content-Type': contentType }),
      'Content-Length': String(Buffer.byteLength(body)),
    };
    const answer = await bin.ask({ method, path: '/anything', headers, body });
    expect(answer.status).toBe(200);
    expect(answer.json()).toMatchObject(expected);
  }
});

test('large and small numbers are rendered as floating point numbers', async () => {
  const bin = await startHttpBin();
  const headers = { 'Content-Type': 'application/json' };
  const answer = await bin.ask({ method: 'POST', path: '/post', headers, body: '[12345678901234567890,1e21,1e-7,-0]' });
  expect(answer.text).toContain('"json": [\n    12345678901234567000,\n    1e+21,\n    1e-7,\n    -0\n  ]\n}\n');
});

const refused: [contentType: string, body: string, detail: string][] = [
  ['application/json', '{"a":', 'unexpected EOF'],
  ['application/json', '{a}', "invalid character 'a' looking for beginning of object key string"],
  ['application/json', '1e999', 'json: cannot unmarshal number 1e999 into Go value of type float64'],
  ['application/x-www-form-urlencoded', 'a=%zz', 'invalid URL escape "%zz"'],
  ['application/x-www-form-urlencoded', 'a;b', 'invalid semicolon separator in query'],
  ['multipart/form-data', 'x', 'no multipart boundary param in Content-Type'],
  ['multipart/form-data; boundary=b', 'x', 'multipart: NextPart: EOF'],
];

test.each(refused)('%s with %j is refused with the reason', async (contentType, body, detail) => {
  const bin = await startHttpBin();
  const answer = await bin.ask({ method: 'POST', path: '/post', headers: { 'Content-Type': contentType }, body });
  expect(answer.status).toBe(400);
  expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
  expect(answer.text).toBe(
    `{\n  "status_code": 400,\n  "error": "Bad Request",\n  "detail": ${JSON.stringify(`error parsing request body: ${detail}`)}\n}\n`,
  );
});

test('one mebibyte is taken, one byte more is refused', async () => {
  const bin = await startHttpBin();
  const post = (size: number) =>
    bin.ask({
      method: 'POST',
      path: '/post',
      headers: { 'Content-Type': 'text/plain' },
      body: Buffer.alloc(size, 'x'),
    });
  expect((await post(MAX_BODY_SIZE)).status).toBe(200);
  const refusal = await post(MAX_BODY_SIZE + 1);
  expect(refusal.status).toBe(400);
  expect(refusal.json()).toMatchObject({ detail: 'error parsing request body: http: request body too large' });
});
