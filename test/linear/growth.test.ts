import { expect, test } from 'vitest';
import { allowed, growth, repeated } from './growth.ts';

test('a rule that looks at everything before each character is found', () => {
  const quadratic = (text: string) => {
    let found = 0;
    for (let at = 0; at < text.length; at++) found += text.lastIndexOf('x', at);
    return found;
  };
  const [before, after] = growth({ rule: 'quadratic', input: repeated('a'), read: quadratic }).times;
  expect(after).toBeGreaterThan(allowed(before));
});
