import { suggestion } from '../core/nearest.ts';
import { splitApiVersion } from '../resources/kind.ts';
import { kinds } from '../resources/kinds.ts';
import type { KnownKinds } from '../resources/known-kinds.ts';
import type { SeedProblem } from './errors.ts';
import type { SeedResource } from './parse.ts';

/**
 * Finds the resources of kinds that nobody knows. In a group that Kymulator serves that is a mistake; of other groups a
 * seed may well have resources that only a cluster knows, which are kept.
 */
export function checkKinds(
  resources: readonly SeedResource[],
  known: KnownKinds,
): { readonly problems: SeedProblem[]; readonly warnings: SeedProblem[] } {
  const byName = new Map(known.all.map((kind) => [kind.kind, kind]));
  const served = new Set(kinds.map(({ apiVersion }) => splitApiVersion(apiVersion).group));
  const problems: SeedProblem[] = [];
  const warnings: SeedProblem[] = [];
  for (const { resource, kindPlace } of resources) {
    const { apiVersion, kind } = resource;
    if (known.find(resource)) continue;
    const named = `the kind "${kind}" of ${apiVersion} is unknown`;
    const meant = suggestion(kind, [...byName.keys()], (name) => `${name} of ${byName.get(name)?.apiVersion}`);
    if (served.has(splitApiVersion(apiVersion).group)) {
      problems.push({ ...kindPlace, text: named + (meant || `; ${REMEDY}`) });
    } else {
      warnings.push({ ...kindPlace, text: `${named}, so no API shows the resource${meant || `; ${REMEDY}`}` });
    }
  }
  return { problems, warnings };
}

const REMEDY = 'a CustomResourceDefinition in the seed makes it known';
