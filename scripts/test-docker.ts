/**
 * `npm run test:docker`: builds the image and runs docker-compose.yml for real, as a stranger would, with the built-in
 * external system so that no image is pulled but the base images. Says so when there is no engine.
 *
 * `DOCKER_BUILD_ARGS="--network host"` goes to `docker build` where the engine's own network cannot reach the registries.
 */
import { spawn } from 'node:child_process';
import process from 'node:process';
import { text } from 'node:stream/consumers';

const project = 'kymulator-test';
const buildArguments = (process.env.DOCKER_BUILD_ARGS ?? '').split(' ').filter(Boolean);
const MEBIBYTE = 1024 * 1024;

interface Result {
  readonly code: number;
  readonly output: string;
}

async function run(command: string, args: readonly string[]): Promise<Result> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const code = new Promise<number>((resolve) => {
    child.on('error', () => resolve(127));
    child.on('close', (status) => resolve(status ?? 1));
  });
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { code: await code, output: `${out}${err}`.trim() };
}

async function must(command: string, ...args: string[]): Promise<string> {
  const { code, output } = await run(command, args);
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code}:\n${output}`);
  return output;
}

/** Today's plug-in, or the stand-alone tool of some years ago. */
async function findCompose(): Promise<readonly string[]> {
  for (const command of [['docker', 'compose'], ['docker-compose']]) {
    const [first = '', ...rest] = command;
    if ((await run(first, [...rest, 'version'])).code === 0) return command;
  }
  throw new Error('there is neither "docker compose" nor "docker-compose"');
}

let failures = 0;
function check(what: string, holds: boolean, detail = ''): void {
  console.log(`${holds ? 'ok     ' : 'FAILED '} ${what}${detail && ` (${detail})`}`);
  if (!holds) failures++;
}

if ((await run('docker', ['info'])).code !== 0) {
  console.error('There is no Docker engine: start one, then run npm run test:docker again.');
  process.exit(1);
}
const [compose = '', ...composeWords] = await findCompose();
const up = (...args: string[]) => run(compose, [...composeWords, '-p', project, '--profile', 'builtin', ...args]);
const inside = (...command: string[]) => up('exec', '-T', 'kymulator', ...command);
const container = async () => (await up('ps', '-q', 'kymulator')).output.split('\n').at(-1) ?? '';
const inspect = async (format: string, what: string) => must('docker', 'inspect', '--format', format, what);

try {
  for (const target of ['kymulator', 'walk-through']) {
    const tag = target === 'kymulator' ? target : `kymulator-${target}`;
    await must('docker', 'build', ...buildArguments, '--target', target, '-t', tag, '.');
    console.log(`built   ${tag}`);
  }
  const base = /^FROM (\S+) AS kymulator$/m.exec(await must('cat', 'Dockerfile'))?.[1] ?? '';
  const sizeOf = async (image: string) => Number(await inspect('{{.Size}}', image));
  const added = ((await sizeOf('kymulator')) - (await sizeOf(base))) / MEBIBYTE;
  check('the image adds less than 40 MB to its base', added < 40, `${added.toFixed(1)} MB`);

  const walk = await up('up', '--no-build', '--exit-code-from', 'walk-through-builtin', 'walk-through-builtin');
  check('the walk-through pairs, registers, calls and renews', walk.code === 0);
  if (walk.code !== 0) console.log(walk.output);

  await must(compose, ...composeWords, '-p', project, 'up', '--no-build', '-d', 'kymulator');
  await waitUntilHealthy();
  check('the control plane is healthy', true);
  check('it does not run as root', (await inside('id', '-u')).output.split('\n').at(-1) !== '0');
  const writing = await inside('sh', '-c', 'echo x > /app/x');
  check('its file system is read-only', writing.code !== 0 && /read-only/i.test(writing.output));

  const list = async () =>
    (
      await inside(
        'node',
        '-e',
        `const { DatabaseSync } = require('node:sqlite');
         require('node:fs').cpSync('/data/state', '/dev/shm/state', { recursive: true });
         const rows = new DatabaseSync('/dev/shm/state/kymulator.db').prepare("SELECT count(*) AS n FROM resources WHERE body LIKE '%HTTPBin OAuth%'").get();
         require('node:fs').rmSync('/dev/shm/state', { recursive: true });
         console.log('registrations ' + rows.n);`,
      )
    ).output;
  const before = await list();
  check('what was registered is there', /registrations [1-9]/.test(before), before.split('\n').at(-1));

  const began = process.hrtime.bigint();
  await must('docker', 'stop', '--time', '10', await container());
  const took = Number(process.hrtime.bigint() - began) / 1e9;
  check('it stops within 2 s', took < 2, `${took.toFixed(1)} s`);
  check('and cleanly', (await inspect('{{.State.ExitCode}}', await stopped())) === '0');

  await must(compose, ...composeWords, '-p', project, '--profile', 'builtin', 'down');
  await must(compose, ...composeWords, '-p', project, 'up', '--no-build', '-d', 'kymulator');
  await waitUntilHealthy();
  check('down and up keep the state', (await list()) === before);
} finally {
  await up('down', '--volumes', '--remove-orphans');
}
if (failures > 0) process.exit(1);

/** The stopped container, which `ps` of older tools leaves out unless asked for all. */
async function stopped(): Promise<string> {
  return must(
    'docker',
    'ps',
    '-aq',
    '--filter',
    `label=com.docker.compose.project=${project}`,
    '--filter',
    'label=com.docker.compose.service=kymulator',
  );
}

async function waitUntilHealthy(): Promise<void> {
  for (let attempt = 0; attempt < 120; attempt++) {
    const id = await container();
    const health = id && (await run('docker', ['inspect', '--format', '{{.State.Health.Status}}', id])).output;
    if (health === 'healthy') return;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  throw new Error(`the control plane is not healthy:\n${(await up('logs', 'kymulator')).output}`);
}
