import { expect, test } from 'vitest';
import { ensureApplication } from '../../src/control/applications.ts';
import { ManualClock } from '../../src/core/clock.ts';
import { systemRandom } from '../../src/core/random.ts';
import { createMemoryStore } from '../../src/store/memory.ts';

const store = createMemoryStore({ clock: new ManualClock(), random: systemRandom });

test.each([
  ['a'.repeat(10_000), 'must be no more than 253 characters'],
  [`${'a'.repeat(300)}!`, 'must be no more than 253 characters'],
  ['Shop', 'lower case alphanumeric characters'],
])('a name that is refused is not told back at full length', async (name, reason) => {
  const refusal = await ensureApplication(store, name).catch((error: unknown) => error);
  expect(refusal).toMatchObject({ code: 'NAME_INVALID', message: expect.stringContaining(reason) });
  expect(String(refusal).length).toBeLessThan(1000);
});

test('the longest name is accepted', async () => {
  expect(await ensureApplication(store, 'a'.repeat(253))).toBe(true);
});
