import { spawnSync } from 'node:child_process';
import process from 'node:process';

/** Programs that the tests use as real clients use them. */
const programs = ['openssl', 'curl'];

const missing = programs.filter(
  (program) => spawnSync(program, ['--version'], { stdio: 'ignore' }).error !== undefined,
);

/** Says once what is missing on this machine, instead of one failure per test that needs it. */
export default function setup(): void {
  if (missing.length === 0) return;
  const names = missing.join(' ');
  process.stderr.write(
    `The tests need ${missing.join(' and ')} in PATH: apt-get install ${names} (Debian, Ubuntu) or brew install ${names} (macOS).\n`,
  );
  process.exit(1);
}
