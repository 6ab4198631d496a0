import type { Path } from '../resources/problem.ts';

/** Where a member stands in the text, in characters from its beginning. What has no name is where its value is. */
export interface Offsets {
  readonly name: number;
  readonly value: number;
}

export interface TextError {
  readonly offset: number;
  readonly text: string;
}

/** One document of a seed, whatever it is written in. */
export interface SeedDocument {
  /** What is wrong with the text itself; then there is no value. */
  readonly errors: readonly TextError[];
  readonly value: unknown;
  /** Where the paths are, each as far as the text has it. One pass over the text for all of them. */
  locate(paths: readonly Path[]): readonly Offsets[];
}

export const notUnique = (name: unknown) => `Map keys must be unique; ${JSON.stringify(name)} is there twice`;

export const TOO_DEEP = 'nested too deeply to be read';
