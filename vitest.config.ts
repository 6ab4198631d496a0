import { basename } from 'node:path';
import { configDefaults, defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { leftOut } from './test/setup/tools.ts';

/** The longest test files, longest first: one of them begun last would keep one worker busy and the others waiting. */
const longest = [
  'single-use.memory.test.ts',
  'single-use.sqlite.test.ts',
  'instance.test.ts',
  'management.test.ts',
  'pairing.test.ts',
  'signing.test.ts',
];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const place = longest.indexOf(basename(moduleId));
      return place < 0 ? longest.length : place;
    };
    return (await super.sort(files)).sort((left, right) => rank(left) - rank(right));
  }
}

const source = (file: string) => new URL(`src/${file}`, import.meta.url).pathname;

export default defineConfig({
  // Examples import the package by its name.
  resolve: { alias: { 'kymulator/testing': source('testing.ts'), kymulator: source('index.ts') } },
  test: {
    include: ['test/**/*.test.ts', 'docs/examples/*.test.ts'],
    exclude: [...configDefaults.exclude, ...leftOut()],
    globalSetup: ['test/setup/tools.ts'],
    // Processes, since threads share the pool that signs and a signal handler reaches all of them.
    pool: 'forks',
    // Vitest would leave one core to itself, where tests that wait for sockets and processes leave it enough.
    maxWorkers: '100%',
    testTimeout: 20_000,
    hookTimeout: 20_000,
    sequence: { sequencer: LongestFirst },
  },
});
