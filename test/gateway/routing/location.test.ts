import { expect, test } from 'vitest';
import { rewriteLocation } from '../../../src/gateway/routing/location.ts';
import { readTarget } from '../../../src/gateway/routing/target.ts';

function rewritten(location: string, targetUrl: string, path = '/base/loc') {
  const target = readTarget(targetUrl);
  if ('problem' in target) throw new Error(target.problem);
  return rewriteLocation(location, { target, path, gatewayPrefix: '/app/svc' });
}

test.each([
  ['http://t:81/base/foo?q=1#f', '/app/svc/foo?q=1#f'],
  ['https://t:9/base/foo?q=1#f', '/app/svc/foo?q=1#f'],
  ['/base/foo?q=1#f', '/app/svc/foo?q=1#f'],
  ['/base', '/app/svc'],
  ['/base/', '/app/svc/'],
  ['/base/foo?', '/app/svc/foo?'],
  ['/basement/x', '/app/svc/ment/x'],
  ['foo', '/app/svc/foo'],
  ['./foo/../bar', '/app/svc/bar'],
  ['//t/base/x', '/app/svc/x'],
  ['/base//x//y/', '/app/svc/x/y/'],
  ['/base/a%2Fb', '/app/svc/a/b'],
  ['/base/a%20b', '/app/svc/a%20b'],
  ['/base/%2e%2e/%2e%2e/secret', '/app/svc/secret'],
])('%s becomes %s', (location, expected) => {
  expect(rewritten(location, 'http://t:81/base')).toBe(expected);
});

test.each(['/other', '../foo', 'http://else/base/x', 'ftp://t/base', 'http://T:81/base', '%zz', 'mailto:a@t'])(
  '%s is left',
  (location) => {
    expect(rewritten(location, 'http://t:81/base')).toBeUndefined();
  },
);

test('a trailing slash of targetUrl belongs to its path', () => {
  expect(rewritten('/base', 'http://t/base/')).toBeUndefined();
  expect(rewritten('/base/x', 'http://t/base/')).toBe('/app/svc/x');
});

test('below a target without a path everything is the API', () => {
  expect(rewritten('/x', 'http://t', '/loc')).toBe('/app/svc/x');
});
