import { describe, expect, test } from 'vitest';
import {
  composeHostPath,
  composePath,
  composeSearch,
  type Form,
  readAddress,
  readRequestTarget,
  readSubPath,
} from '../../../src/gateway/routing/paths.ts';
import { readTarget } from '../../../src/gateway/routing/target.ts';

interface Options {
  readonly targetUrl?: string;
  readonly encodeUrl?: boolean;
  readonly quirks?: boolean;
  readonly form?: Form;
}

/** The path and query that are called for a request, or `undefined` when the request is refused. */
function called(
  request: string,
  { targetUrl = 'http://t/base', encodeUrl = true, quirks = false, form = 'standalone' }: Options = {},
) {
  const { path, search } = readRequestTarget(request);
  const address = readAddress(path, form);
  const subPath = address && readSubPath(address.subPath, quirks ? 'as-references' : 'as-paths');
  const target = readTarget(targetUrl);
  if (!subPath || 'problem' in target) return undefined;
  return composePath(target.path, subPath, encodeUrl) + composeSearch(target.query, search);
}

describe('the address in a gateway URL', () => {
  test.each([
    ['/app/svc', { application: 'app', service: 'svc', subPath: '' }],
    ['/app/svc/', { application: 'app', service: 'svc', subPath: '' }],
    ['///app/svc/x/', { application: 'app', service: 'svc', subPath: 'x' }],
    ['/app//path', { application: 'app', service: '', subPath: 'path' }],
    ['/app/a%2Fb/x', { application: 'app', service: 'a%2Fb', subPath: 'x' }],
    ['http://gateway:8080/app/svc/x', { application: 'app', service: 'svc', subPath: 'x' }],
  ])('of %s on the standalone port', (url, expected) => {
    expect(readAddress(readRequestTarget(url).path, 'standalone')).toEqual({ ...expected, entry: undefined });
  });

  test.each([
    ['/app/svc/entry', { application: 'app', service: 'svc', entry: 'entry', subPath: '' }],
    ['/app/svc/entry/x/y', { application: 'app', service: 'svc', entry: 'entry', subPath: 'x/y' }],
    ['/app/svc//x', { application: 'app', service: 'svc', entry: '', subPath: 'x' }],
  ])('of %s on the compass port', (url, expected) => {
    expect(readAddress(readRequestTarget(url).path, 'compass')).toEqual(expected);
  });

  test.each<[string, Form]>([
    ['/', 'standalone'],
    ['/app', 'standalone'],
    ['/app/', 'standalone'],
    ['/app//', 'standalone'],
    ['/', 'compass'],
    ['/app/svc', 'compass'],
    ['/app/svc/', 'compass'],
  ])('is missing in %s on the %s port', (url, form) => {
    expect(readAddress(readRequestTarget(url).path, form)).toBeUndefined();
  });
});

describe('the path called at http://t/base', () => {
  test.each([
    ['', '/base'],
    ['/', '/base'],
    ['/foo', '/base/foo'],
    ['/foo/', '/base/foo'],
    ['//foo', '/base/foo'],
    ['/foo//bar//', '/base/foo//bar'],
    ['/./a/../b', '/base/./a/../b'],
    ['/..%2f..', '/base/../..'],
    ['/x/a:b', '/base/x/a:b'],
    ["/It(Id='x%3Ay')/z", '/base/It%28Id=%27x:y%27%29/z'],
    ['/a|b"c', '/base/a%7Cb%22c'],
    ['/a#b?c#d', '/base/a%23b?c#d'],
    ['/*', '/base/%2A'],
  ])('for %s', (rest, expected) => {
    expect(called(`/app/svc${rest}`)).toBe(expected);
    expect(called(`/app/svc${rest}`, { quirks: true })).toBe(expected);
  });

  test.each([
    ['///foo', '/base//foo', '/base'],
    ['/a:b', '/base/a:b', '/base'],
    ['/a:b/c', '/base/a:b/c', '/base'],
    ['/http://h/y', '/base/http://h/y', '/base/y'],
    ['/1a:b', '/base/1a:b', undefined],
    ["/It(Id='x:y')/z", '/base/It%28Id=%27x:y%27%29/z', undefined],
    ['///[::1', '/base//%5B::1', undefined],
    ['///h:port', '/base//h:port', undefined],
  ])('for %s, and otherwise with quirks', (rest, sane, quirk) => {
    expect(called(`/app/svc${rest}`)).toBe(sane);
    expect(called(`/app/svc${rest}`, { quirks: true })).toBe(quirk);
  });

  test.each([
    ['a%2Fb', 'a/b', 'a%2Fb'],
    ["Products('1')", 'Products%28%271%27%29', "Products('1')"],
    ['a%20b', 'a%20b', 'a%20b'],
    ['%E2%82%AC', '%E2%82%AC', '%E2%82%AC'],
    ['\u00e2\u0082\u00ac', '%E2%82%AC', '%E2%82%AC'],
    ['a%252Fb', 'a%252Fb', 'a%252Fb'],
    ['a%7Eb', 'a~b', 'a%7Eb'],
    ['%61bc', 'abc', '%61bc'],
    ['a[1]', 'a%5B1%5D', 'a[1]'],
    ['a|b', 'a%7Cb', 'a%7Cb'],
    ['{x}', '%7Bx%7D', '%7Bx%7D'],
    ['a"b', 'a%22b', 'a%22b'],
    ["x/!$&'()*+,;=:@y", 'x/%21$&%27%28%29%2A+,;=:@y', "x/!$&'()*+,;=:@y"],
    ['a%2Fb/c%2F', 'a/b/c/', 'a%2Fb/c%2F'],
    ['%2Fa%2F', 'a/', 'a/'],
    ['*', '%2A', '%2A'],
  ])('for the sub-path %s is encoded anew or kept', (subPath, encoded, kept) => {
    expect(called(`/app/svc/${subPath}`, { encodeUrl: true })).toBe(`/base/${encoded}`);
    expect(called(`/app/svc/${subPath}`, { encodeUrl: false })).toBe(`/base/${kept}`);
  });
});

describe('the path of targetUrl', () => {
  test.each([
    ['http://t', '', '/'],
    ['http://t', '/x', '/x'],
    ['http://t/base/', '', '/base/'],
    ['http://t/base/', '/x', '/base/x'],
    ['http://user:pw@t:81/base#fragment', '/x', '/base/x'],
    ['http://t/ba%20se/x%2Fy', '/z', '/ba%20se/x/y/z'],
    ['http://t/ba%20se/x%2Fy', '', '/ba%20se/x/y'],
    ["http://t/a!'()*[]", '', "/a!'()*[]"],
    ["http://t/a!'()*", '/x', '/a%21%27%28%29%2A/x'],
    ['http://t/base?a=1&a=2', '/x?c;d&%zz', '/base/x?a=1&a=2&c;d&%zz'],
    ['http://t/base?a=1', '', '/base?a=1'],
    ['http://t/base', '?', '/base?'],
  ])('%s joined with %j is %s in both modes', (targetUrl, rest, expected) => {
    expect(called(`/app/svc${rest}`, { targetUrl, encodeUrl: true })).toBe(expected);
    expect(called(`/app/svc${rest}`, { targetUrl, encodeUrl: false })).toBe(expected);
  });

  test.each([
    ['%zz', 'parse "%zz": invalid URL escape "%zz"'],
    [' http://t', 'parse " http://t": first path segment in URL cannot contain colon'],
    [':x', 'parse ":x": missing protocol scheme'],
    ['127.0.0.1:80/x', 'parse "127.0.0.1:80/x": first path segment in URL cannot contain colon'],
    ['http://t:port/', 'parse "http://t:port/": invalid port ":port" after host'],
    ['http://a b/', 'parse "http://a b/": invalid character " " in host name'],
  ])('is refused in %s', (targetUrl, reason) => {
    expect(readTarget(targetUrl)).toEqual({ problem: `failed to parse target url '${targetUrl}': '${reason}'` });
  });

  test.each(['', 't/base', 'ftp://t/', 'http://', 'http:x', 'http://t:99999/', 'mailto:a@b'])(
    '%j cannot be called',
    (targetUrl) => {
      expect(readTarget(targetUrl)).toMatchObject({ origin: undefined });
    },
  );

  test.each([
    ['HTTP://T.test:80/x', { origin: 'http://t.test', host: 'T.test:80', hostname: 'T.test', path: '/x' }],
    [
      'https://[::1]:8443?q',
      { origin: 'https://[::1]:8443', host: '[::1]:8443', hostname: '::1', path: '', query: 'q' },
    ],
    ['http://bücher.test/', { origin: 'http://xn--bcher-kva.test', host: 'xn--bcher-kva.test' }],
  ])('%s names its host', (targetUrl, expected) => {
    expect(readTarget(targetUrl)).toMatchObject(expected);
  });
});

describe('the path at a gateway that is chosen by host name', () => {
  test.each([
    ['/base', '/', '/base/', '/base/'],
    ['/base', '//a//b/', '/base//a//b/', '/base//a//b/'],
    ['/base', "/a%2Fb/P('1')", "/base/a/b/P('1')", '/base/a/b/P%28%271%27%29'],
    ['', "/a%2Fb/P('1')", "/a/b/P('1')", "/a%2Fb/P('1')"],
    ['/base', '/a%20b', '/base/a%20b', '/base/a%20b'],
  ])('%j joined with %s', (targetPath, path, decoded, asReceived) => {
    expect(composeHostPath(targetPath, path, 'decoded')).toBe(decoded);
    expect(composeHostPath(targetPath, path, 'as-received')).toBe(asReceived);
  });
});

test('a malformed escape is no request target', () => {
  expect(() => readRequestTarget('/app/svc/%zz')).toThrow('invalid URL escape "%zz"');
});
