import { expect, test } from 'vitest';
import { isRegistrableUrl } from '../../src/registry/url-rule.ts';

const accepted = [
  'http://localhost',
  'localhost:8080',
  'http://x',
  'http://svc.ns.svc.cluster.local:8080/x',
  'https://a_b.example.com',
  'http://10.0.0.1:80/x?y=z#f',
  'http://[::1]:80',
  'example.com',
  'http://user:pw@host.com/',
  'http://x.y/$metadata',
  'https://h:443/x/{y}',
  'http://münchen.de',
  'ftp://x.y',
  'ws://x.y',
  'tcp://x:1',
  'http://x:99999',
  'mailto:a@b.c',
  'http://x..y',
  'http://foo_bar:8080',
  `http://x.y/${'a'.repeat(2082 - 'http://x.y/'.length)}`,
];

const rejected = [
  '',
  'localhost',
  'httpbin',
  'test',
  '/path',
  '//x.y/z',
  'http://',
  'HTTP://X.COM',
  'Https://x.com',
  'gopher://x.y',
  'file:///etc/x',
  'http://x:999999',
  'http://x.com:abc',
  'http://host.com/with space',
  ' http://x.y',
  'http://x.y ',
  'http://-x.y',
  'http://.x.y',
  'http://x_y',
  'http://x_y.z',
  'http://256.1.1.1',
  'javascript:alert(1)',
  'x.y',
  'http://x.y/%zz',
  'http://[::1',
  `http://x.y/${'a'.repeat(2083 - 'http://x.y/'.length)}`,
];

test.each(accepted)('%s passes for a URL', (text) => expect(isRegistrableUrl(text)).toBe(true));
test.each(rejected)('%s does not pass for a URL', (text) => expect(isRegistrableUrl(text)).toBe(false));

test('a hostile text is judged at once', () => {
  const started = performance.now();
  for (const text of [`http://${'a-'.repeat(1000)}`, `http://${'a.'.repeat(1000)}_`, `${'a@'.repeat(1000)}`]) {
    isRegistrableUrl(text);
  }
  expect(performance.now() - started).toBeLessThan(200);
});
