import { type ChildProcess, spawn } from 'node:child_process';
import { Readable, type Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { type ExecStatus, exitStatus, startFailure } from './exec-status.ts';
import { terminalInput, terminalOutput } from './terminal.ts';

/** Where a command's bytes come from and go to; absent streams are not wanted. */
export interface CommandStreams {
  /** Whether a person sits at a terminal at the other end, which has only one output. */
  readonly terminal: boolean;
  readonly stdin?: Readable | undefined;
  readonly stdout?: Writable | undefined;
  readonly stderr?: Writable | undefined;
}

/** What a command finds around it. */
export interface CommandSurroundings {
  readonly environment: Readonly<Record<string, string>>;
  /** Its working directory. */
  readonly directory: string;
}

export interface RunningCommand {
  /** Fulfilled when the command has ended and its output has been passed on. Never rejected. */
  readonly ended: Promise<ExecStatus>;
  /** Kills the command and everything that it started. Calling it again is harmless. */
  kill(): void;
}

/** Runs a command as a process of this machine. What it leaves running in the background ends with it. */
export function runCommand(
  [file, ...args]: readonly [string, ...string[]],
  streams: CommandStreams,
  { environment, directory }: CommandSurroundings,
): RunningCommand {
  const want = (stream: unknown) => (stream ? 'pipe' : 'ignore');
  let child: ChildProcess;
  try {
    child = spawn(file, args, {
      cwd: directory,
      env: environment,
      // A group of its own, so that all of it can be killed.
      detached: true,
      windowsHide: true,
      stdio: [want(streams.stdin), want(streams.stdout), want(streams.terminal ? streams.stdout : streams.stderr)],
    });
  } catch (thrown) {
    return { ended: Promise.resolve(startFailure(file, thrown)), kill: () => {} };
  }
  let running = true;
  // The number of a process that has ended may soon be another's.
  const signal = (name: NodeJS.Signals) => {
    if (running) signalGroup(child, name);
  };
  const { stdin, stdout, stderr, terminal } = streams;
  const outputs = terminal
    ? [passOn([child.stdout?.pipe(terminalOutput()), child.stderr?.pipe(terminalOutput())], stdout)]
    : [passOn([child.stdout], stdout), passOn([child.stderr], stderr)];
  if (stdin && child.stdin) {
    const keys = { echo: (bytes: Buffer) => void stdout?.write(bytes), interrupt: () => signal('SIGINT') };
    const input = terminal ? terminalInput(keys) : undefined;
    if (input) feed(stdin, input);
    feed(input ?? stdin, child.stdin);
  }

  const ended = new Promise<ExecStatus>((resolve) => {
    child.once('error', (thrown) => resolve(startFailure(file, thrown)));
    // Background processes would otherwise hold the output open for ever.
    child.once('exit', () => {
      signal('SIGKILL');
      running = false;
    });
    child.once('close', (code, signal) => {
      void Promise.all(outputs).then(() => resolve(exitStatus(code, signal)));
    });
  });
  return {
    ended,
    kill() {
      signal('SIGKILL');
      // What has left the group may live on and hold these open; nobody waits for it.
      for (const stream of child.stdio) stream?.destroy();
    },
  };
}

/** @returns when everything has been passed on, or nobody takes it any more */
async function passOn(sources: readonly (Readable | null | undefined)[], to: Writable | undefined): Promise<void> {
  if (!to) return;
  const open = sources.filter((source) => source instanceof Readable);
  let left = open.length;
  for (const from of open) {
    from.pipe(to, { end: false });
    from.once('close', () => {
      left -= 1;
      if (left === 0) to.end();
    });
    // Where nobody listens any more the command must not be blocked by its output.
    to.once('close', () => from.resume());
  }
  await finished(to, { readable: false }).catch(() => {});
}

function feed(from: Readable, to: Writable): void {
  // Input can end before the other side has sent all of it; the rest has nowhere to go.
  to.on('error', () => {});
  to.once('close', () => from.resume());
  from.once('close', () => to.end());
  from.pipe(to);
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // The group has ended already, or this system has none.
    child.kill(signal);
  }
}
