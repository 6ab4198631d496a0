import { expect, test } from 'vitest';
import { parseSubject } from '../../src/pairing/subject.ts';

test.each([
  ['O=Organization,OU=OrgUnit,C=DE,CN=shop', ['O=Organization', 'OU=OrgUnit', 'C=DE', 'CN=shop']],
  ['OU=a=b, O=c,CN=x,y=z', ['OU=a=b', 'O=c', 'CN=x,y=z']],
  ['CN=', ['CN=']],
])('the subject %s has these parts', (text, parts) => {
  expect(parseSubject(text)?.map(({ type, value }) => `${type}=${value}`)).toEqual(parts);
});

test.each(['', 'O=Organization', '/O=a/CN=b', 'broken,CN=shop'])('"%s" is no subject in comma form', (text) => {
  expect(parseSubject(text)).toBeUndefined();
});
