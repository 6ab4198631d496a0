import { expect, test } from 'vitest';
import { createValidatorHealthSite } from '../../src/validator/health.ts';
import { ask, serve } from '../external-system/serve.ts';

test.each([
  ['GET', '/v1/health', 200, '', undefined],
  ['PUT', '/v1/health', 200, '', undefined],
  ['GET', '/metrics', 404, '404 page not found\n', undefined],
  ['GET', '/v1/health/', 404, '404 page not found\n', undefined],
  ['GET', '/v1//health?x=1', 301, '', '/v1/health?x=1'],
])('%s %s answers %i', async (method, path, status, text, location) => {
  const answer = await ask(await serve(createValidatorHealthSite()), { method, path });
  expect([answer.status, answer.text, answer.headers.location]).toEqual([status, text, location]);
  if (status === 404) expect(answer.headers['x-content-type-options']).toBe('nosniff');
});
