/**
 * Which folder of src/ may import which: the arrows of docs/architecture.md. Checked by scripts/dependencies.ts, a part
 * of `npm run check`; imports of types count like all others.
 * @type {import('dependency-cruiser').IConfiguration}
 */

const capabilities = [
  'connector',
  'registry',
  'validator',
  'gateway',
  'eventing',
  'kubernetes',
  'destination',
  'external-system',
  'control',
];
const forCapabilities = ['core', 'go', 'resources', 'http', 'kyma', 'store', 'pki', 'cluster', 'foundation'];

/** Folder → the folders it may import besides itself. A new folder needs a row. */
const mayImport = {
  core: [],
  go: ['core'],
  resources: ['core', 'go'],
  http: ['core', 'go'],
  kyma: ['core', 'go', 'http'],
  pki: ['core', 'go'],
  cluster: ['core', 'http', 'resources'],
  config: ['core'],
  store: ['core', 'resources'],
  foundation: ['core', 'http', 'store', 'cluster', 'pki'],
  seed: ['core', 'resources', 'store'],
  edges: ['core', 'go', 'http', 'kyma', 'pki', 'cluster', 'foundation'],
  controllers: forCapabilities,
  ...Object.fromEntries(capabilities.map((name) => [name, forCapabilities])),
  assembly: [...forCapabilities, 'config', 'seed', 'edges', 'controllers', ...capabilities],
  /** What a system that pairs works out for itself: for the command `connect` and for the tests of our users. */
  pairing: ['core', 'http', 'kyma', 'pki'],
  cli: ['core', 'config', 'http', 'kyma', 'pairing'],
};

const anyOf = (names) => `(?:${names.join('|')})`;

const rowRules = Object.entries(mayImport).map(([folder, others]) => ({
  name: `${folder}-imports-only`,
  severity: 'error',
  comment: `src/${folder} may import ${others.length > 0 ? others.join(', ') : 'nothing of ours'}`,
  from: { path: `^src/${folder}/` },
  to: {
    path: '^src/',
    // The command line starts the instance; its rule is below.
    pathNot: [`^src/${anyOf([folder, ...others])}/`, ...(folder === 'cli' ? ['^src/kymulator\\.'] : [])],
  },
}));

export default {
  forbidden: [
    ...rowRules,
    {
      name: 'folder-without-a-row',
      severity: 'error',
      comment: 'a new folder of src/ needs a row in .dependency-cruiser.mjs that says what it may import',
      from: { path: '^src/[^/]+/', pathNot: `^src/${anyOf(Object.keys(mayImport))}/` },
      to: { path: '^src/' },
    },
    {
      name: 'assembly-only-for-kymulator',
      severity: 'error',
      comment: 'only src/kymulator.ts puts an instance together',
      from: { path: '^(src|test|bench|scripts)/', pathNot: ['^src/assembly/', '^src/kymulator\\.'] },
      to: { path: '^src/assembly/' },
    },
    {
      name: 'library-without-command-line',
      severity: 'error',
      comment: 'the command line is a shell over the library, not a part of it',
      from: { path: '^src/[^/]+$' },
      to: { path: '^src/cli/' },
    },
    {
      name: 'command-line-starts-fast',
      severity: 'error',
      comment: 'help, version and the client commands must not load an instance: import src/kymulator.ts by import()',
      from: { path: '^src/cli/' },
      to: { path: '^src/kymulator\\.', dependencyTypesNot: ['dynamic-import'] },
    },
    {
      name: 'version-only-in-core',
      severity: 'error',
      comment: 'the version comes from src/core/version.ts',
      from: { path: '^src/', pathNot: '^src/core/version\\.' },
      to: { path: '^package\\.json$' },
    },
    {
      name: 'src-stands-alone',
      severity: 'error',
      comment: 'what is published must not need what is not',
      from: { path: '^src/' },
      to: { path: '^(test|bench|scripts|fixtures)/' },
    },
    {
      name: 'src-needs-only-dependencies',
      severity: 'error',
      comment: 'src/ may import packages from "dependencies" of package.json only',
      from: { path: '^src/' },
      to: { path: 'node_modules', dependencyTypesNot: ['npm'] },
    },
    {
      name: 'no-cycle',
      severity: 'error',
      comment: 'modules that need each other are one module',
      from: { path: '^(src|bench|scripts)/' },
      to: { circular: true },
    },
    {
      name: 'resolvable',
      severity: 'error',
      comment: 'the imported file or package is not there',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
};
