// Runs a script with Node 24 or newer, whatever Node the machine has: `node scripts/launch.mjs SCRIPT [ARGUMENT…]`.
// Plain JavaScript without dependencies, for Node 18 and newer, since it is what every npm script starts with.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, delimiter, dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const NEEDED = 24;
const windows = process.platform === 'win32';
const modules = join(dirname(fileURLToPath(import.meta.url)), '..', 'node_modules');
const cacheFile = join(modules, '.cache', 'kymulator', 'node.json');

const major = (version) => Number(/^v?(\d+)\./.exec(version)?.[1] ?? 0);
const say = (text) => process.stderr.write(`${text}\n`);

function fail(text) {
  say(text);
  process.exit(1);
}

/** The binary that an earlier run found, if it is still there and still answers. */
function cachedNode() {
  try {
    const { path } = JSON.parse(readFileSync(cacheFile, 'utf8'));
    return answersAsNode(path) ? path : undefined;
  } catch {
    return undefined;
  }
}

function answersAsNode(path) {
  if (typeof path !== 'string' || !existsSync(path)) return false;
  const { status, stdout } = spawnSync(path, ['--version'], { encoding: 'utf8' });
  return status === 0 && major(stdout) >= NEEDED;
}

function remember(path) {
  try {
    mkdirSync(dirname(cacheFile), { recursive: true });
    writeFileSync(cacheFile, `${JSON.stringify({ path })}\n`);
  } catch {
    // A read-only checkout: the next run asks npm again.
  }
}

/** Lets npm fetch Node, once for the machine, and tells where its binary is. What npm prints is shown only on failure. */
function nodeFromNpm() {
  const request = ['exec', '--yes', `--package=node@${NEEDED}`, '--', 'node', '-p', 'process.execPath'];
  // Under npm this is the very npm that runs; under pnpm or yarn it is theirs, which has another `exec`.
  const ours = process.env.npm_execpath;
  const [command, args] =
    ours && basename(ours) === 'npm-cli.js' ? [process.execPath, [ours, ...request]] : ['npm', request];
  const { error, status, stdout, stderr } = spawnSync(command, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: windows && command === 'npm',
  });
  if (error?.code === 'ENOENT') {
    fail(
      `Kymulator needs Node ${NEEDED} or newer, and there is no npm to fetch it with.\nInstall it: https://nodejs.org`,
    );
  }
  const path = stdout?.trim().split('\n').at(-1)?.trim();
  if (status === 0 && answersAsNode(path)) return path;
  const reason = (error?.message ?? stderr ?? '').trim();
  fail(
    `Kymulator needs Node ${NEEDED} or newer, and npm could not fetch it (package node@${NEEDED}).\n` +
      'Is the npm registry reachable, and are install scripts allowed (npm config get ignore-scripts: false)?\n' +
      `Otherwise install Node ${NEEDED} yourself: https://nodejs.org${reason === '' ? '' : `\n\nnpm said:\n${reason}`}`,
  );
}

function olderNode() {
  const cached = cachedNode();
  const from = `This is Node ${process.versions.node}; Kymulator needs ${NEEDED} or newer`;
  if (cached !== undefined) {
    say(`${from}: using node@${NEEDED} from npm.`);
    return cached;
  }
  say(`${from}: fetching node@${NEEDED} from npm (once) …`);
  const path = nodeFromNpm();
  remember(path);
  return path;
}

const withFirst = (folder) => [folder, process.env.PATH].filter(Boolean).join(delimiter);

/**
 * Runs the script in a child process and ends as the child ends. The child has a process group of its own, so that
 * Ctrl+C reaches it through us alone. The terminal signals us, and npm, which then passes the signal on to us: what
 * repeats within a moment is the same press of the key.
 */
function runInChild(node, script, args) {
  const child = spawn(node, [script, ...args], {
    stdio: 'inherit',
    detached: !windows,
    env: { ...process.env, PATH: withFirst(dirname(node)) },
  });
  const repetition = 150;
  const last = {};
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGUSR2']) {
    if (windows && signal === 'SIGUSR2') continue;
    process.on(signal, () => {
      const now = Date.now();
      const again = now - (last[signal] ?? 0) < repetition;
      last[signal] = now;
      // On Windows the console itself tells every process.
      if (!windows && !again) child.kill(signal);
    });
  }
  if (!windows) {
    process.on('SIGTSTP', () => {
      child.kill('SIGSTOP');
      process.kill(process.pid, 'SIGSTOP');
    });
    process.on('SIGCONT', () => child.kill('SIGCONT'));
  }
  child.on('error', (error) => fail(`${node} cannot be started: ${error.message}`));
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

async function runHere(script, args) {
  process.env.PATH = withFirst(dirname(process.execPath));
  process.argv = [process.argv[0], script, ...args];
  await import(pathToFileURL(script).href);
}

const [given, ...args] = process.argv.slice(2);
if (given === undefined) fail('Usage: node scripts/launch.mjs SCRIPT [ARGUMENT…]');
const script = resolve(given);
if (!existsSync(script)) {
  fail(`${given} is not there${given.startsWith('node_modules') ? '; run "npm ci" first' : ''}`);
}
if (major(process.versions.node) >= NEEDED) await runHere(script, args);
else runInChild(olderNode(), script, args);
