import { suggestion } from '../core/nearest.ts';
import { kindOf } from '../resources/definition.ts';
import { splitApiVersion, versionOf } from '../resources/kind.ts';
import { definitionKind, kinds } from '../resources/kinds.ts';
import type { KindReference, Resource } from '../resources/resource.ts';
import type { SeedProblem } from './errors.ts';
import type { SeedResource } from './parse.ts';

/**
 * Finds the resources of kinds that nobody knows. In a group that Kymulator serves that is a mistake; of other groups a
 * seed may well have resources that only a cluster knows, which are kept.
 * @param definitions the CustomResourceDefinitions of the store; those of the seed count as well
 */
export function checkKinds(
  resources: readonly SeedResource[],
  definitions: readonly Resource[],
): { readonly problems: SeedProblem[]; readonly warnings: SeedProblem[] } {
  const defined = [...definitions, ...resources.map(({ resource }) => resource).filter(isDefinition)];
  const known = [...kinds, ...defined.flatMap((definition) => kindOf(definition) ?? [])];
  const byName = new Map(known.map((kind) => [kind.kind, kind]));
  const served = new Set(kinds.map(({ apiVersion }) => splitApiVersion(apiVersion).group));
  const problems: SeedProblem[] = [];
  const warnings: SeedProblem[] = [];
  for (const { resource, kindPlace } of resources) {
    const { apiVersion, kind } = resource;
    if (known.some((other) => other.kind === kind && versionOf(other, apiVersion))) continue;
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

const isDefinition = ({ apiVersion, kind }: KindReference) =>
  kind === definitionKind.kind && apiVersion === definitionKind.apiVersion;
