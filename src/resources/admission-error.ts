import { DomainError } from '../core/errors.ts';
import { splitApiVersion } from './kind.ts';
import { type Problem, problemText } from './problem.ts';
import type { KindReference } from './resource.ts';

/** Everything that is wrong with a resource, as an API server says it: `Secret "a" is invalid: type: Required value`. */
export function invalidText({ apiVersion, kind }: KindReference, name: string, problems: readonly Problem[]): string {
  const { group } = splitApiVersion(apiVersion);
  const texts = problems.map(problemText);
  const all = texts.length === 1 ? texts[0] : `[${texts.join(', ')}]`;
  return `${group ? `${kind}.${group}` : kind} ${JSON.stringify(name)} is invalid: ${all}`;
}

/** A resource that may not be written, `ADMISSION_REFUSED`. Who has words of its own makes them from the problems. */
export class AdmissionError extends DomainError {
  readonly problems: readonly Problem[];

  constructor(kind: KindReference, name: string, problems: readonly Problem[]) {
    // A namespace that is not there is no fault of the resource.
    const elsewhere = problems.find(({ reason }) => reason.startsWith('Namespace'));
    super('ADMISSION_REFUSED', elsewhere?.detail ?? invalidText(kind, name, problems));
    this.problems = problems;
  }
}

/** Whether something was refused only because its namespace takes nothing new. */
export const isTerminating = (thrown: unknown): boolean =>
  thrown instanceof AdmissionError && thrown.problems.every(({ reason }) => reason === 'NamespaceTerminating');
