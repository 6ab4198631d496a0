import { spawnSync } from 'node:child_process';
import process from 'node:process';

/** Programs that the tests use as real clients use them; nothing goes without. */
const needed = ['openssl', 'curl'];

/** Programs without which some tests are left out, and which ones. */
const wanted: Readonly<Record<string, readonly string[]>> = {
  kubectl: [
    'test/kubernetes/kubectl-*.test.ts',
    'test/kubernetes/streams/{exec,guides,logs,port-forward}.test.ts',
    'test/journeys/kubectl.test.ts',
    'test/docs/kubectl.test.ts',
  ],
  chromium: ['test/edges/browser.test.ts'],
  wget: ['test/kubernetes/streams/{exec,guides}.test.ts', 'test/journeys/kubectl.test.ts'],
};

/** The oldest kubectl that the API is made for. */
const OLDEST_KUBECTL = 27;

const isMissing = (program: string): boolean => {
  if (program !== 'kubectl') return spawnSync(program, ['--version'], { stdio: 'ignore' }).error !== undefined;
  const { error, stdout } = spawnSync('kubectl', ['version', '--client', '-o', 'json'], { encoding: 'utf8' });
  return error !== undefined || Number(/"minor": "(\d+)/.exec(stdout)?.[1] ?? 0) < OLDEST_KUBECTL;
};

const howTo = (programs: readonly string[]) => {
  const names = programs.join(' ');
  const debian = names.replace('kubectl', 'kubernetes-client');
  return `apt-get install ${debian} (Debian, Ubuntu) or brew install ${names} (macOS)`;
};

/** Patterns of test files that cannot run on this machine. */
export const leftOut = (): string[] => {
  const missing = Object.keys(wanted).filter(isMissing);
  if (missing.length === 0) return [];
  process.stderr.write(
    `Tests with ${missing.join(' and ')} are left out (kubectl from 1.${OLDEST_KUBECTL} on). To run them: ${howTo(missing)}.\n`,
  );
  return missing.flatMap((program) => wanted[program] ?? []);
};

/** Says once what is missing on this machine, instead of one failure per test that needs it. */
export default function setup(): void {
  const missing = needed.filter(isMissing);
  if (missing.length === 0) return;
  process.stderr.write(`The tests need ${missing.join(' and ')} in PATH: ${howTo(missing)}.\n`);
  process.exit(1);
}
