import { codeOf, userError } from '../core/errors.ts';
import { applicationKind, remoteEnvironmentKind } from '../resources/kinds.ts';
import { checkName, nameRules } from '../resources/name-rules.ts';
import { problemText } from '../resources/problem.ts';
import type { Resource } from '../resources/resource.ts';
import type { ResourceStore } from '../store/store.ts';

/**
 * Makes an application where there is none, under both of the names that releases have for it.
 * @returns whether the Application was made now
 * @throws UserError `NAME_INVALID`
 */
export async function ensureApplication(store: ResourceStore, name: string): Promise<boolean> {
  const rule = nameRules.subdomain;
  // The message has the name in it, and one character too many is enough to be too long.
  const problems = checkName(rule, name.slice(0, rule.maxLength + 1));
  if (problems.length > 0) throw userError('NAME_INVALID', { problems: problems.map(problemText).join('; ') });
  const made = await Promise.all(
    [applicationKind, remoteEnvironmentKind].map(({ apiVersion, kind }) =>
      ensure(store, {
        apiVersion,
        kind,
        metadata: { name },
        spec: { description: `Made for the external system ${name}`, services: [] },
      }),
    ),
  );
  return made[0] === true;
}

async function ensure(store: ResourceStore, resource: Resource): Promise<boolean> {
  try {
    await store.create(resource);
    return true;
  } catch (thrown) {
    if (codeOf(thrown) === 'ALREADY_EXISTS') return false;
    throw thrown;
  }
}
