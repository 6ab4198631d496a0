import { configInvalid } from './problems.ts';

interface Collaborator {
  readonly methods: readonly string[];
  /** Where a good one comes from. */
  readonly examples: string;
}

/** What `startKymulator` takes besides settings, and what it calls of each. */
const collaborators: Readonly<Record<string, Collaborator>> = {
  clock: { methods: ['now', 'after'], examples: 'systemClock or a ManualClock' },
  random: { methods: ['bytes', 'uuid'], examples: 'systemRandom' },
  store: {
    methods: [
      ...['create', 'get', 'list', 'update', 'patch', 'delete', 'batch'],
      ...['exclusively', 'watch', 'revision', 'close'],
    ],
    examples: 'what createMemoryStore() returns',
  },
  log: {
    methods: ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'child'],
    examples: 'what createLogger() returns or a logger of pino',
  },
};

/**
 * Checks what code hands over that no table of options describes; plain JavaScript can hand over anything.
 * @throws UserError `CONFIG_INVALID` that names the option and what it must have
 */
export function checkCollaborators(options: unknown): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw configInvalid(['startKymulator() takes an object of options, such as { kyma: "1.24" }']);
  }
  const given = new Map<string, unknown>(Object.entries(options));
  const problems = Object.entries(collaborators).flatMap(([name, { methods, examples }]) => {
    const value = given.get(name);
    if (value === undefined || methods.every((method) => hasMethod(value, method))) return [];
    return [
      `option ${name} lacks ${methods.filter((method) => !hasMethod(value, method)).join(', ')}; expected ${examples}`,
    ];
  });
  if (problems.length > 0) throw configInvalid(problems);
}

const hasMethod = (value: unknown, method: string) =>
  ((typeof value === 'object' && value !== null) || typeof value === 'function') &&
  typeof Reflect.get(value, method) === 'function';
