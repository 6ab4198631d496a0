import type { Entries } from './entry.ts';

export const commandLine = {
  USAGE: {
    when: 'A command is given what it does not take.',
    message: {
      parsing: '{problem}; see {command} --help',
      keySize: '--key-size is "{given}"; expected 2048, 3072 or 4096',
      timeout: '--timeout is "{given}"; expected a duration with its unit, such as 30s',
    },
    remedy: '`kymulator COMMAND --help` shows what a command takes.',
  },
  APPLICATION_INVALID: {
    when: 'The name of an application could be no Kubernetes object.',
    message:
      '"{name}" is no application name: use lower-case letters, digits, "-" and ".", with a letter or digit at both ends',
    remedy: 'Choose a name of that form, of at most 253 characters.',
  },
  CONTROL_PORT_UNKNOWN: {
    when: 'A command looks for a running instance whose control port is 0, which is any free one.',
    message: 'the control port is "any free port": name the running instance with --control-url',
    remedy: 'The instance prints the address of its control edge when it starts: name it with `--control-url`.',
    exit: 'failed',
  },
  INSTANCE_UNREACHABLE: {
    when: 'No instance answers where a command looks for one.',
    message:
      '{problem}\nIs an instance running? start one with "{command}", or name the running one with --control-url',
    remedy: 'Start an instance, or name the running one with `--control-url` or `KYMULATOR_CONTROL_URL`.',
    exit: 'unreachable',
  },
  INSTANCE_NOT_READY: {
    when: 'The command `wait` has waited for as long as it was told to.',
    message: '{url} is not ready after {timeout}: {reason}',
    remedy: "Wait longer with `--timeout`, or look into the instance's log.",
    exit: 'unreachable',
  },
  INSTANCE_REFUSED: {
    when: 'A running instance refuses what a command asks of it.',
    message: 'the instance at {url} answered {answer}',
    remedy: 'The answer says why; an instance that has just started needs a moment (`kymulator wait`).',
    exit: 'failed',
  },
  NOT_KYMULATOR: {
    when: 'Another program answers where a command looks for an instance.',
    message: 'what answers at {url} is not Kymulator; --control-url names another address',
    remedy: 'Name the running instance with `--control-url`.',
    exit: 'failed',
  },
  APPLICATION_REFUSED: {
    when: 'The instance does not make the application that a command needs.',
    message: 'the application "{application}" cannot be made: {answer}',
    remedy: 'The answer says why.',
    exit: 'failed',
  },
  FILE_UNWRITABLE: {
    when: 'The command `connect` has the certificate and cannot write a file.',
    message: 'cannot write {file}: {reason}; --out names another folder',
    remedy: 'Name a folder of yours with `--out` and pair again.',
    exit: 'failed',
  },
} as const satisfies Entries;
