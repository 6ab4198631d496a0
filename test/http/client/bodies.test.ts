import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { secured } from '../../gateway/secured.ts';
import { rawTarget } from '../../gateway/start.ts';
import { startClient } from './start.ts';

const packed = (body: Buffer, encoding = 'gzip') =>
  secured((_, response) => void response.writeHead(200, { 'content-encoding': encoding }).end(body));

test.each(['gzip', 'GZip'])('an answer in %s is unpacked', async (encoding) => {
  const server = await packed(gzipSync('text'), encoding);
  expect(String((await startClient().ask(server.url)).body)).toBe('text');
});

test('an empty answer is empty, whatever it is packed with', async () => {
  const server = await packed(Buffer.alloc(0));
  expect((await startClient().ask(server.url)).body.length).toBe(0);
});

test('another encoding is left alone', async () => {
  const server = await packed(Buffer.from('x'), 'br');
  expect(String((await startClient().ask(server.url)).body)).toBe('x');
});

test('what is not gzip cannot be read', async () => {
  const server = await packed(Buffer.from('text'));
  await expect(startClient().ask(server.url)).rejects.toMatchObject({ stage: 'body' });
});

test('an answer that breaks off has not come', async () => {
  const server = await rawTarget((socket) => void socket.end('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf'));
  await expect(startClient().ask(server.url)).rejects.toMatchObject({ stage: 'body', message: 'unexpected EOF' });
});

const tooLarge = { stage: 'size', message: 'the answer is larger than 1000 bytes' };

test.each([
  [1000, 1000],
  [1001, undefined],
])('an answer of %i bytes where 1000 are allowed', async (size, read) => {
  const server = await secured((_, response) => void response.end('x'.repeat(size)));
  const asked = startClient({ maxSize: 1000 }).ask(server.url);
  if (read === undefined) await expect(asked).rejects.toMatchObject(tooLarge);
  else expect((await asked).body.length).toBe(read);
});

test('an answer that grows when it is unpacked is not unpacked further than is allowed', async () => {
  const bomb = gzipSync(Buffer.alloc(100_000));
  expect(bomb.length).toBeLessThan(1000);
  const server = await packed(bomb);
  await expect(startClient({ maxSize: 1000 }).ask(server.url)).rejects.toMatchObject(tooLarge);
});

test('an answer without end is left after what is allowed', async () => {
  const server = await rawTarget((socket) => {
    socket.write('HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n');
    socket.write('x'.repeat(2000));
  });
  await expect(startClient({ maxSize: 1000 }).ask(server.url)).rejects.toMatchObject(tooLarge);
  await expect.poll(() => server.sockets[0]?.destroyed).toBe(true);
});

test('a body that is of no interest is not waited for', async () => {
  const server = await rawTarget('HTTP/1.1 200 OK\r\nX-Token: t\r\nContent-Length: 99\r\n\r\nhalf');
  const { headers, body } = await startClient().ask(server.url, { ignoresBody: true });
  expect([headers.slice(0, 2), body.length]).toEqual([['X-Token', 't'], 0]);
  await expect.poll(() => server.sockets[0]?.destroyed).toBe(true);
});
