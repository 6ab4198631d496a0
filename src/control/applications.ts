import { userError } from '../core/errors.ts';
import { AdmissionError } from '../resources/admission-error.ts';
import { applicationKind, remoteEnvironmentKind } from '../resources/kinds.ts';
import { problemText } from '../resources/problem.ts';
import { ensureAdmitted } from '../store/admitted.ts';
import type { ResourceStore } from '../store/store.ts';

/**
 * Makes an application where there is none, under both of the names that releases have for it.
 * @returns whether the Application was made now
 * @throws UserError `NAME_INVALID`
 */
export async function ensureApplication(store: ResourceStore, name: string): Promise<boolean> {
  // The message has the name in it, and one character too many is enough to be too long.
  const { maxLength } = applicationKind.nameRule;
  const applications = [applicationKind, remoteEnvironmentKind].map(({ apiVersion, kind }) => ({
    apiVersion,
    kind,
    metadata: { name: name.slice(0, maxLength + 1) },
    spec: { description: `Made for the external system ${name}`, services: [] },
  }));
  try {
    const made = await Promise.all(applications.map((application) => ensureAdmitted(store, application)));
    return made[0] === true;
  } catch (thrown) {
    if (!(thrown instanceof AdmissionError)) throw thrown;
    throw userError('NAME_INVALID', { problems: thrown.problems.map(problemText).join('; ') }, { cause: thrown });
  }
}
