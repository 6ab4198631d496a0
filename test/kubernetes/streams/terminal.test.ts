import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { LineEditor } from '../../../src/kubernetes/streams/terminal.ts';
import { start } from './start.ts';

const none = { interrupted: false, ended: false };
const rows = [
  { what: 'a line', keys: 'ls\r', input: 'ls\n', echo: 'ls\r\n', ...none },
  { what: 'an unfinished line', keys: 'ls', input: '', echo: 'ls', ...none },
  { what: 'a corrected line', keys: 'lx\x7fs\r', input: 'ls\n', echo: 'lx\b \bs\r\n', ...none },
  { what: 'erasing more than there is', keys: 'a\x7f\x7f\x08b\r', input: 'b\n', echo: 'a\b \bb\r\n', ...none },
  { what: 'erasing a letter of two bytes', keys: 'aé\x7f\r', input: 'a\n', echo: 'aé\b \b\r\n', ...none },
  { what: 'a line given up', keys: 'ab\x15c\r', input: 'c\n', echo: 'ab\b \b\b \bc\r\n', ...none },
  { what: 'control and C', keys: 'ab\x03c\r', input: 'c\n', echo: 'ab^C\r\nc\r\n', interrupted: true, ended: false },
  { what: 'control and D', keys: '\x04', input: '', echo: '', interrupted: false, ended: true },
  { what: 'control and D behind a text', keys: 'ab\x04', input: 'ab', echo: 'ab', ...none },
  { what: 'a tabulator', keys: 'a\tb\r', input: 'a\tb\n', echo: 'ab\r\n', ...none },
];

test.each(rows)('$what is typed', ({ keys, input, echo, interrupted, ended }) => {
  const typed = new LineEditor().type(Buffer.from(keys));
  expect(String(typed.input)).toBe(input);
  expect(String(typed.echo)).toBe(echo);
  expect([typed.interrupted, typed.ended]).toEqual([interrupted, ended]);
});

/** A person at `kubectl exec -it web -- COMMAND`. */
async function person(command: readonly string[]) {
  const { port } = await start();
  const query = new URLSearchParams({ stdin: 'true', stdout: 'true', tty: 'true' });
  for (const word of command) query.append('command', word);
  const url = `ws://127.0.0.1:${port}/api/v1/namespaces/default/pods/web/exec?${query}`;
  const client = new WebSocket(url, ['v5.channel.k8s.io']);
  onTestFinished(() => client.terminate());
  let screen = '';
  let status = '';
  client.on('message', (message: Buffer) => {
    if (message[0] === 1) screen += message.subarray(1);
    if (message[0] === 3) status += message.subarray(1);
  });
  await once(client, 'open');
  return {
    type: (keys: string) => client.send(Buffer.concat([Buffer.of(0), Buffer.from(keys)])),
    sees: (text: string) => expect.poll(() => screen, { timeout: 10_000 }).toBe(text),
    ended: async () => {
      await once(client, 'close');
      return JSON.parse(status);
    },
  };
}

test('a shell at a terminal can be used and left', async () => {
  const { type, sees, ended } = await person(['sh']);
  type('echo hello\r');
  await sees('echo hello\r\nhello\r\n');
  const over = ended();
  type('\x04');
  type('what comes after the end has nowhere to go\r');
  expect((await over).status).toBe('Success');
});

test('a program at a terminal can be interrupted', async () => {
  const { type, sees, ended } = await person(['sh', '-c', 'echo started; sleep 1000']);
  await sees('started\r\n');
  const over = ended();
  type('\x03');
  expect((await over).details.causes).toEqual([{ reason: 'ExitCode', message: '130' }]);
});
