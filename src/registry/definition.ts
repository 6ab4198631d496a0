import { givingWay } from '../core/give-way.ts';
import { GoSyntaxError, GoTypeError, goDecoding } from '../go/struct.ts';
import type { Generation } from './generations.ts';
import { definitionType, type ServiceDefinition } from './model.ts';
import type { Problems } from './problems.ts';
import { hasTooManyMethods, kindOfNonObject, structuralProblems } from './validation.ts';

/** Reads and checks the body of a registration; the first stage that finds something answers. (metadata-service §6) */
export function definitionReader(
  generation: Generation,
  problems: Problems,
): (body: Buffer) => Promise<ServiceDefinition> {
  const type = definitionType(generation);

  const decode = async (body: Buffer): Promise<ServiceDefinition> => {
    try {
      const steps = goDecoding(body.toString('utf8'), type, { place: generation.decodingPlace });
      return (await givingWay(steps)) as ServiceDefinition;
    } catch (cause) {
      if (!(cause instanceof GoSyntaxError || cause instanceof GoTypeError)) throw cause;
      throw problems.of('BODY_MALFORMED', { detail: cause.message }, { cause });
    }
  };

  return async (body) => {
    const definition = await decode(body);
    const { api, events } = definition;
    const wrong = structuralProblems(definition, generation);
    if (wrong.length > 0) throw problems.of('STRUCTURE', { detail: wrong.join(';') });
    if (!api && !events) throw problems.of('NOTHING_PROVIDED');
    const apiKind = api?.spec && kindOfNonObject(api.spec);
    if (apiKind) throw problems.of('API_SPEC', { kind: apiKind });
    const { tooManyCredentials } = generation;
    for (const credentials of [api?.credentials, api?.specificationCredentials]) {
      if (tooManyCredentials && credentials && hasTooManyMethods(credentials)) {
        throw problems.of('TOO_MANY_CREDENTIALS', { detail: tooManyCredentials });
      }
    }
    const eventsKind = events?.spec && kindOfNonObject(events.spec);
    if (eventsKind) throw problems.of('EVENTS_SPEC', { kind: eventsKind });
    return definition;
  };
}
