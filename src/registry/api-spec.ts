import { givingWay } from '../core/give-way.ts';
import { GoSyntaxError, goJsonReading, type Unread } from '../go/json-parser.ts';
import { compacting } from '../go/json-text.ts';
import { jsonReading } from '../go/json-value.ts';
import { isOdata } from './fetching.ts';
import type { Generation } from './generations.ts';
import type { Problems } from './problems.ts';
import { fittingDocument, isSwagger, rewritingSwagger, SwaggerMisfit } from './swagger.ts';

/** The specification of an API as it is stored. */
export interface ApiSpecification {
  readonly text: string;
  /** What is not JSON (OData's XML, YAML) is answered as a text. */
  readonly isJson: boolean;
}

export interface ApiSpecContext {
  readonly apiType: string | undefined;
  /** Where the gateway serves the API. */
  readonly gateway: string;
  readonly generation: Generation;
  readonly problems: Problems;
}

/**
 * Prepares a specification for storage: Swagger 2.0 is made to lead through the gateway, everything else stays.
 * (metadata-service §8.3)
 * @throws KymaError `SPEC_MISFIT` where the generation refuses what it cannot rewrite
 */
export async function prepareApiSpec(text: string, context: ApiSpecContext): Promise<ApiSpecification> {
  const { apiType, gateway, generation, problems } = context;
  const found = await lookAt(text);
  if (found === undefined) return { text, isJson: false };
  const asItIs = { text: await givingWay(compacting(text)), isJson: true };
  if (isOdata(apiType) || found.kind !== 'object') return asItIs;
  const refuses = generation.misfitSpecification === 'refused';
  if (!found.isSwagger && !refuses) return asItIs;
  try {
    const document = (await givingWay(jsonReading(text))) as Readonly<Record<string, unknown>>;
    if (isSwagger(document)) return { text: await givingWay(rewritingSwagger(document, gateway)), isJson: true };
    await givingWay(fittingDocument(document));
    return asItIs;
  } catch (error) {
    if (!(error instanceof SwaggerMisfit)) throw error;
    if (generation.misfitSpecification === 'kept') return asItIs;
    throw problems.of('SPEC_MISFIT', { detail: error.message }, { cause: error });
  }
}

/**
 * What kind of JSON a text is, and whether it says that it is Swagger 2.0; all else in it is checked and not kept.
 * @returns undefined for what is not JSON
 */
async function lookAt(text: string): Promise<{ readonly kind: string; readonly isSwagger: boolean } | undefined> {
  const isObject = /^\s*\{/.test(text);
  const unread: Unread = (path) => {
    if (path.length === 0) return isObject ? undefined : 'kept';
    return path.length === 1 && path[0] === 'swagger' ? undefined : 'forgotten';
  };
  try {
    const { kind, members = [] } = await givingWay(goJsonReading(text, unread));
    return { kind, isSwagger: members.at(-1)?.value.scalar === '2.0' };
  } catch (error) {
    if (error instanceof GoSyntaxError) return undefined;
    throw error;
  }
}
