import { expect, test } from 'vitest';
import { describeFailure } from '../../src/cli/failure.ts';
import { invocation } from '../../src/cli/invocation.ts';
import { shellWord, shownPath } from '../../src/cli/paths.ts';
import { firstScreen } from '../../src/cli/screen.ts';
import { stopRequest } from '../../src/cli/signals.ts';
import { userError } from '../../src/core/errors.ts';

test.each<[string, Record<string, string>, string]>([
  ['/usr/local/bin/kymulator', {}, 'kymulator'],
  ['/home/me/app/node_modules/.bin/kymulator', { npm_lifecycle_event: 'kyma' }, 'npx kymulator'],
  ['C:\\app\\node_modules\\kymulator\\dist\\cli.js', {}, 'npx kymulator'],
  ['/project/src/cli/main.ts', { npm_lifecycle_event: 'start' }, 'npm run kymulator --'],
  ['/project/src/cli/main.ts', {}, 'node src/cli/main.ts'],
  ['/my work/cli.js', {}, "node '/my work/cli.js'"],
])('run as %s with %j, the next command starts with "%s"', (script, env, expected) => {
  expect(invocation({ script, env, cwd: '/project' })).toBe(expected);
});

test.each([
  ['/project/certs/ca.crt', 'certs/ca.crt'],
  ['/project', '.'],
  ['/elsewhere/ca.crt', '/elsewhere/ca.crt'],
])('%s is shown in /project as %s', (path, shown) => {
  expect(shownPath(path, '/project')).toBe(shown);
});

test.each([
  ['certs/ca.crt', 'certs/ca.crt'],
  ['a b', "'a b'"],
  ["it's", String.raw`'it'\''s'`],
  ['https://h/?a=1&b', "'https://h/?a=1&b'"],
])('%s is the shell word %s', (word, quoted) => {
  expect(shellWord(word)).toBe(quoted);
});

test('an unexpected error is one line without stack or token; with debug it has its stack', () => {
  const error = new Error('broke at /info?token=abc==');
  const { text, exitCode } = describeFailure(error, false);
  expect(text).toBe(
    'unexpected error: broke at /info?token=*** (run with --log-level debug to see where it comes from)',
  );
  expect(exitCode).toBe(1);
  expect(describeFailure(error, true).text).toMatch(/^Error: broke at \/info\?token=\*\*\*\n +at /);
});

test('what the user can mend has no stack, not even with debug', () => {
  const wrong = userError('RELEASE_INVALID', { release: '0.1' });
  expect(describeFailure(wrong, true)).toEqual({ text: wrong.message, exitCode: 2 });
  const refused = userError('CERTIFICATE_MISSING', {});
  expect(describeFailure(refused, true)).toEqual({ text: refused.message, exitCode: 1 });
  const silent = userError('NO_ANSWER', { url: 'http://localhost', reason: 'connection refused' });
  expect(describeFailure(silent, true)).toEqual({
    text: 'no answer from http://localhost: connection refused',
    exitCode: 3,
  });
});

const screen = {
  version: '0.1.0',
  settings: { kyma: '1.24', quirks: true, ephemeral: false, dataDir: '/project/.kymulator' },
  edges: [
    { name: 'internal', url: 'http://localhost:8080', host: '127.0.0.1', serves: 'tokens' },
    { name: 'application-gateway', url: 'http://localhost:8090', host: '::1', serves: 'proxy' },
  ],
  caFile: '/project/certs/ca.crt',
  caUrl: undefined,
  kubeconfigFile: undefined,
  cwd: '/project',
  invocation: 'npx kymulator',
  readyIn: 312.4,
  colours: false,
};

test('the first screen is a table of edges and what to do next', () => {
  expect(firstScreen(screen).split('\n')).toEqual([
    'Kymulator 0.1.0',
    '',
    '  internal             http://localhost:8080  tokens',
    '  application-gateway  http://localhost:8090  proxy',
    '',
    '  Simulates            Kyma 1.24, with its quirks',
    '  State                .kymulator',
    '  CA                   certs/ca.crt',
    '  Next                 npx kymulator connect shop',
    '',
    'Ready in 312 ms. Ctrl+C stops.',
    '',
  ]);
});

test('where others reach an edge the screen says which, and what they get without a login', () => {
  const edge = (name: string, host: string, givesAway?: string) => ({ name, url: 'u', host, serves: 's', givesAway });
  const text = firstScreen({
    ...screen,
    edges: [
      edge('internal', '0.0.0.0', 'tokens'),
      edge('internal-80', '0.0.0.0', 'tokens'),
      edge('connector', '192.168.0.7'),
      edge('proxy', '192.168.0.7', 'calls'),
      edge('control', '127.0.0.1', 'never'),
    ],
  });
  expect(text).toContain(
    [
      '  Open to          whoever reaches this machine: internal, internal-80',
      '                   whoever reaches 192.168.0.7: connector, proxy',
      '  Without a login  tokens (internal, internal-80)',
      '                   calls (proxy)',
      '  Next             npx',
    ].join('\n'),
  );
});

test('without files the screen names the URL of the CA and that the state is in memory', () => {
  const text = firstScreen({
    ...screen,
    settings: { ...screen.settings, kyma: 'latest', quirks: false, ephemeral: true },
    caFile: undefined,
    caUrl: 'http://127.0.0.1:8000/ca.crt',
    kubeconfigFile: undefined,
    colours: true,
  });
  expect(text).toContain('in memory, gone after the stop\n');
  expect(text).toContain('http://127.0.0.1:8000/ca.crt\n');
  expect(text).toContain('\u001b[1mKymulator 0.1.0\u001b[22m');
});

test('the first signal asks for a stop, its echo from npm is ignored, a second one ends at once', async () => {
  const handlers = new Map<string, () => void>();
  const exits: number[] = [];
  let now = 0;
  const { requested, started, release } = stopRequest({
    signals: { on: (signal, handler) => handlers.set(signal, handler), off: (signal) => handlers.delete(signal) },
    uptime: () => now,
    exit: (code) => exits.push(code),
  });
  started();
  handlers.get('SIGINT')?.();
  await requested;
  now = 20;
  handlers.get('SIGINT')?.();
  expect(exits).toEqual([]);
  now = 2_000;
  handlers.get('SIGINT')?.();
  handlers.get('SIGTERM')?.();
  expect(exits).toEqual([130, 143]);
  release();
  expect(handlers.size).toBe(0);
});

test('a signal before the start is complete ends the process', () => {
  const handlers = new Map<string, () => void>();
  const exits: number[] = [];
  stopRequest({
    signals: { on: (signal, handler) => handlers.set(signal, handler), off: (signal) => handlers.delete(signal) },
    uptime: () => 0,
    exit: (code) => exits.push(code),
  });
  handlers.get('SIGTERM')?.();
  expect(exits).toEqual([143]);
});
