import { PassThrough, type Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { KeptBody } from '../../../src/gateway/transport/kept-body.ts';

const upload = (headers = {}) => Object.assign(new PassThrough(), { headers });

/** What has arrived so far. */
function collect(stream: Readable): () => string {
  let arrived = '';
  stream.on('data', (chunk) => {
    arrived += chunk;
  });
  return () => arrived;
}

const unwatched = { paused() {}, resumed() {}, completed() {} };

test('a body is sent once more from its beginning, and goes on from there', async () => {
  const client = upload();
  const body = new KeptBody(client, 100, unwatched);
  const first = collect(body.open());
  client.write('one ');
  await expect.poll(first).toBe('one ');
  body.hold();
  const second = body.open();
  client.end('two');
  expect(await text(second)).toBe('one two');
  expect([first(), body.isComplete]).toEqual(['one ', true]);
});

test('what arrives between two attempts is not lost, even beyond the limit', async () => {
  const client = upload();
  const body = new KeptBody(client, 5, unwatched);
  const opened = body.open();
  const first = collect(opened);
  client.write('12345');
  await expect.poll(first).toBe('12345');
  expect(body.isKept).toBe(true);
  body.hold();
  opened.destroy();
  client.emit('data', Buffer.from('67'));
  const second = body.open();
  client.end('89');
  expect(await text(second)).toBe('123456789');
});

test('beyond the limit a body is not kept', async () => {
  const client = upload();
  const body = new KeptBody(client, 5, unwatched);
  const sent = collect(body.open());
  client.write('123456');
  await expect.poll(sent).toBe('123456');
  expect(body.isKept).toBe(false);
});

test.each([
  [{ 'content-length': '6' }, 5, false],
  [{ 'content-length': '5' }, 5, true],
  [{}, 0, false],
])('whether a body with %j is kept with a limit of %i: %j', (headers, limit, expected) => {
  expect(new KeptBody(upload(headers), limit, unwatched).isKept).toBe(expected);
});
