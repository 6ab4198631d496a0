import { compactJson } from '../go/json-text.ts';
import { isOdata } from './fetching.ts';
import type { Generation } from './generations.ts';
import type { Problems } from './problems.ts';
import { fitDocument, isSwagger, rewriteSwagger, SwaggerMisfit } from './swagger.ts';

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
  const document = parse(text);
  if (document === undefined) return { text, isJson: false };
  const asItIs = { text: compactJson(text), isJson: true };
  if (isOdata(apiType) || typeof document !== 'object' || document === null || Array.isArray(document)) return asItIs;
  try {
    if (isSwagger(document)) return { text: await rewriteSwagger(document, gateway), isJson: true };
    if (generation.misfitSpecification === 'refused') fitDocument(document as Readonly<Record<string, unknown>>);
    return asItIs;
  } catch (error) {
    if (!(error instanceof SwaggerMisfit)) throw error;
    if (generation.misfitSpecification === 'kept') return asItIs;
    throw problems.of('SPEC_MISFIT', { detail: error.message }, { cause: error });
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
