import { basename } from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

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

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
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
