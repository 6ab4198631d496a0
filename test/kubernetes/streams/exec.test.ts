import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { ended, kubectl, kubectls, startKubectl } from './kubectl.ts';
import { listen, path, type Started, start } from './start.ts';

describe.each(kubectls)('with $name', ({ program }) => {
  test('output, errors and exit code arrive', async () => {
    const { url } = await start();
    const script = 'echo out; echo err >&2; exit 3';
    const result = await kubectl(url, ['exec', 'web', '-c', 'web', '--', 'sh', '-c', script], { program });
    expect(result.stdout).toBe('out\n');
    expect(result.stderr).toBe('err\ncommand terminated with exit code 3\n');
    expect(result.code).toBe(3);
  });

  test('input passes unchanged, and ends where it ends', async () => {
    const { url } = await start();
    const input = randomBytes(2 * 1024 * 1024);
    const result = await kubectl(url, ['exec', '-i', 'web', '--', 'sh', '-c', 'base64 | tr -d "\\n"'], {
      program,
      input,
    });
    expect(result.stderr).toBe('');
    expect(result.stdout === input.toString('base64')).toBe(true);
    expect(result.code).toBe(0);
  });

  test('without permission the answer names the flag', async () => {
    const { url } = await start({ allowExec: false });
    const result = await kubectl(url, ['exec', 'web', '--', 'true'], { program });
    expect(result.stderr).toMatch(/Forbidden.*pods "web" is forbidden.*--allow-exec/);
    expect(result.code).toBe(1);
  });
});

const commands: { what: string; args: string[]; input?: string; code: number; stdout?: string; stderr?: RegExp }[] = [
  {
    what: 'a program that is not there',
    args: ['web', '--', 'no-such-program'],
    code: 1,
    stderr: /cannot run "no-such-program" in the container: there is no such program in PATH/,
  },
  { what: 'an end by signal', args: ['web', '--', 'sh', '-c', 'kill -9 $$'], code: 137, stderr: /exit code 137/ },
  {
    what: 'an unknown container',
    args: ['web', '-c', 'other', '--', 'true'],
    code: 1,
    stderr: /container other is not valid for pod web/,
  },
  {
    what: 'a command that does not read its input',
    args: ['-i', 'web', '--', 'true'],
    input: 'x'.repeat(1e6),
    code: 0,
  },
  {
    what: 'a process left in the background',
    args: ['web', '--', 'sh', '-c', 'sleep 1000 & echo done'],
    code: 0,
    stdout: 'done\n',
  },
  {
    what: 'much output',
    args: ['web', '--', 'sh', '-c', 'head -c 8000000 /dev/zero | tr "\\0" x'],
    code: 0,
    stdout: 'x'.repeat(8e6),
  },
];

test.each(commands)('$what has its result', async ({ args, input = '', code, stdout, stderr }) => {
  const { url } = await start();
  const result = await kubectl(url, ['exec', ...args], { input });
  if (stdout !== undefined) expect(result.stdout === stdout || result.stdout.slice(0, 200)).toBe(true);
  if (stderr) expect(result.stderr).toMatch(stderr);
  expect(result.code).toBe(code);
});

/** A shell with a child of its own, which holds a connection to this port as long as it lives. */
const connected = (port: number) => {
  const program = `require('net').connect(${port}, '127.0.0.1').resume()`;
  return ['exec', 'web', '--', 'sh', '-c', '"$0" -e "$1" & wait', process.execPath, program];
};

const endings: [string, (child: ReturnType<typeof startKubectl>, started: Started) => unknown][] = [
  ['kubectl goes away', (child) => child.kill('SIGKILL')],
  ['the instance closes', (_, { streams }) => streams.close()],
];

test.each(endings)('a command and its children end when %s', async (_, end) => {
  const opened = Promise.withResolvers<void>();
  const closed = Promise.withResolvers<void>();
  const port = await listen((socket) => {
    opened.resolve();
    socket.once('close', () => closed.resolve()).resume();
    socket.once('end', () => socket.end());
  });
  const started = await start();
  const child = startKubectl(started.url, connected(port));
  const over = ended(child);
  await opened.promise;
  await end(child, started);
  await closed.promise;
  await over;
});

test('closing does not wait for a process that has left its command and holds its output open', async () => {
  const { url, streams } = await start();
  const program =
    "const child = require('child_process').spawn('sleep', ['1000'], { detached: true, stdio: 'inherit' });" +
    'child.unref(); console.log(child.pid)';
  const child = startKubectl(url, ['exec', 'web', '--', process.execPath, '-e', program]);
  const pid = Number(String((await once(child.stdout, 'data'))[0]));
  onTestFinished(() => void process.kill(pid));
  const over = ended(child);
  await streams.close();
  await over;
});

test('a terminal has one output for both', async () => {
  const { port } = await start();
  const query = 'command=sh&command=-c&command=echo+out;+echo+err+>%262&stdout=true&tty=true';
  const url = `ws://127.0.0.1:${port}/api/v1/namespaces/default/pods/web/exec?${query}`;
  const client = new WebSocket(url, ['v4.channel.k8s.io']);
  const messages: Buffer[] = [];
  client.on('message', (message: Buffer) => messages.push(message));
  const [code] = await once(client, 'close');
  const texts = (channel: number) => messages.filter(([first]) => first === channel).map((m) => String(m.subarray(1)));
  expect(client.protocol).toBe('v4.channel.k8s.io');
  expect(texts(1).join('')).toBe('out\r\nerr\r\n');
  expect(texts(3)).toEqual(['{"metadata":{},"status":"Success"}']);
  expect(code).toBe(1000);
});

test('names of the cluster resolve for a command as the guide prints it', async () => {
  const asked: string[] = [];
  const inside = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.end('{"authenticated":true}');
  });
  inside.listen(0, '127.0.0.1');
  await once(inside, 'listening');
  onTestFinished(() => {
    inside.close();
    inside.closeAllConnections();
  });
  const proxy = `http://127.0.0.1:${(inside.address() as AddressInfo).port}`;
  const { url } = await start({ environment: { PATH: path, http_proxy: proxy } });
  const gateway = 'http://central-application-gateway.kyma-system:8080/test-app/test-basic-auth/basic-auth/u/p';
  for (const tool of ['wget -O-', 'curl -s']) {
    const result = await kubectl(url, [
      'exec',
      'web',
      '-c',
      'web',
      '-n',
      'default',
      '--',
      'sh',
      '-c',
      `${tool} '${gateway}'`,
    ]);
    expect(result.stdout).toBe('{"authenticated":true}');
    expect(result.code).toBe(0);
  }
  expect(asked).toEqual([gateway, gateway]);
});
