import { expect, test } from 'vitest';
import { exchange } from '../../src/http/exchange.ts';
import { shownUrl } from '../../src/http/shown-url.ts';
import { deadUrl } from '../cli/control-server.ts';

test('an address that is no URL is told without its query, which can hold a token', async () => {
  await expect(exchange('https://[x/info?token=abc')).rejects.toMatchObject({
    code: 'URL_INVALID',
    message: '"https://[x/info" is no URL',
  });
});

test('who does not answer is told without the query, and why', async () => {
  const url = await deadUrl();
  await expect(exchange(`${url}/info?token=abc`)).rejects.toMatchObject({
    code: 'NO_ANSWER',
    message: `no answer from ${url}/info: connection refused`,
  });
  expect(shownUrl(`${url}/?token=abc`)).toBe(url);
});
