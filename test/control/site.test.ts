import { expect, test } from 'vitest';
import { call } from '../support/call.ts';
import { edge, start } from '../support/instance.ts';

test.each(['/%zz', '/v1/applications/%ff', '/v1/instance%'])('%s gets an error of the control API', async (target) => {
  const { status, json } = await call(edge(await start(), 'control'), { target });
  expect(status).toBe(400);
  expect(json).toEqual({ error: { code: 'REQUEST_INVALID', message: expect.stringContaining(target) } });
});
