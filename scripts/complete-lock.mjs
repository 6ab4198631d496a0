// Completes package-lock.json: `node scripts/complete-lock.mjs`, after every change of dependencies. With `--check` it
// only says whether that was forgotten.
//
// Some tools come as one package for each platform. A registry that does not have all of them (mirrors often lack those
// of other platforms) makes npm leave them out of the lock file, and then `npm ci` refuses it everywhere. Here they are
// put back, with their version and their platform: what npm needs to know to skip them, or to fetch them elsewhere.
import { readFileSync, writeFileSync } from 'node:fs';

const file = new URL('../package-lock.json', import.meta.url);
const lock = JSON.parse(readFileSync(file, 'utf8'));
const { packages } = lock;

/** Where Node would look for a dependency of the package at `place`, nearest first. */
function* places(place, name) {
  let folder = place;
  for (;;) {
    yield `${folder}${folder ? '/' : ''}node_modules/${name}`;
    if (!folder) return;
    folder = folder.replace(/(^|\/)node_modules\/(@[^/]+\/)?[^/]+$/, '');
  }
}

const platforms = /(android|darwin|freebsd|linux|openharmony|win32|wasm32)-(\w+)(?:-(\w+))?$/;

/** `cli-linux-x64-musl` → os, cpu and libc as npm writes them. */
function platformOf(name) {
  const [, os, cpu, abi = ''] = platforms.exec(name) ?? [];
  if (!os) return {};
  if (os === 'wasm32') return { cpu: ['wasm32'] };
  const libc = /^musl/.test(abi) ? ['musl'] : /^gnu/.test(abi) ? ['glibc'] : undefined;
  return { cpu: [cpu], ...(libc && { libc }), os: [os] };
}

let added = 0;
for (const [place, { optionalDependencies = {}, dev }] of Object.entries(packages)) {
  for (const [name, version] of Object.entries(optionalDependencies)) {
    if (!platforms.test(name)) continue;
    const found = [...places(place, name)].find((candidate) => packages[candidate]);
    if (found && packages[found].version === version) continue;
    const [, beside] = [...places(place, name)];
    const target = packages[`node_modules/${name}`] ? beside : `node_modules/${name}`;
    packages[target] = { version, ...platformOf(name), ...(dev && { dev }), optional: true };
    added++;
  }
}
if (process.argv.includes('--check')) {
  if (added > 0) {
    console.error(`package-lock.json lacks ${added} packages of other platforms: run node scripts/complete-lock.mjs`);
    process.exit(1);
  }
  process.exit(0);
}
lock.packages = Object.fromEntries(Object.entries(packages).sort(([left], [right]) => (left < right ? -1 : 1)));
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
console.log(`${added} packages of other platforms added`);
