import { expect, test } from 'vitest';
import { startHttpBin } from './bin.ts';

const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;
const unauthorized = { status_code: 401, error: 'Unauthorized' };
const accepted = { authenticated: true, user: 'u', authorized: true };
const rejected = (user: string) => ({ authenticated: false, user, authorized: false });
const BASIC = 'Basic realm="Fake Realm"';

const cases: [path: string, authorization: string | undefined, status: number, body: object, challenge?: string][] = [
  ['/basic-auth/u/p', basic('u:p'), 200, accepted],
  ['/basic-auth/u/p', basic('u:p').replace('Basic', 'bAsIc'), 200, accepted],
  ['/basic-auth/%75/p%2Fq', basic('u:p/q'), 200, accepted],
  ['/basic-auth/u/p', undefined, 401, rejected(''), BASIC],
  ['/basic-auth/u/p', basic('u:wrong'), 401, rejected('u'), BASIC],
  ['/basic-auth/u/p', basic('nocolon'), 401, rejected(''), BASIC],
  ['/basic-auth/u/p', 'Basic ***', 401, rejected(''), BASIC],
  ['/hidden-basic-auth/u/p', basic('u:p'), 200, accepted],
  ['/hidden-basic-auth/u/p', undefined, 404, { status_code: 404, error: 'Not Found' }],
  ['/bearer', 'Bearer abc', 200, { authenticated: true, token: 'abc' }],
  ['/bearer', undefined, 401, unauthorized, 'Bearer'],
  ['/bearer', 'bearer abc', 401, unauthorized, 'Bearer'],
  ['/bearer', 'Bearer a b', 401, unauthorized, 'Bearer'],
];

test.each(cases)('%s with Authorization %j answers %i', async (path, authorization, status, body, challenge) => {
  const bin = await startHttpBin();
  const answer = await bin.ask({ path, headers: authorization ? { Authorization: authorization } : {} });
  expect(answer.status).toBe(status);
  expect(answer.headers['www-authenticate']).toBe(challenge);
  expect(answer.text).toBe(`${JSON.stringify(body, null, 2)}\n`);
});
