import type { Entries } from './entry.ts';

export const configuration = {
  CONFIG_INVALID: {
    when: 'A flag, a variable, a key of `kymulator.yaml` or an option of `startKymulator()` is unknown, has a value of another form, or does not go with another one.',
    message: { one: '{problem}', several: '{count} problems in the configuration:{problems}' },
    remedy:
      'Each problem names the place and what is expected there. `kymulator config print` shows every value and where it comes from; [configuration](configuration.md) has them all.',
  },
  RELEASE_INVALID: {
    when: 'What is asked for with `--kyma` is no release, or one without the APIs that are simulated.',
    message:
      '"{release}" is no Kyma release that can be simulated: use a version from 0.4.0 to 2.20 such as 1.24, or "latest"',
    remedy: 'Name a release as `1.24` or `1.24.11`; `latest` stands for the newest release that still had each API.',
  },
  CLOCK_INVALID: {
    when: 'A test makes a `ManualClock` that starts at no time.',
    message: 'a ManualClock starts at a number of milliseconds since 1970 or at a valid Date, not at {start}',
    remedy: 'Give it `Date.now()`, a valid `Date`, or nothing.',
  },
} as const satisfies Entries;
