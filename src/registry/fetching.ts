import type { Generation } from './generations.ts';
import type { ApiDefinition } from './model.ts';

/** Where the specification of an API is fetched from; undefined when it is not fetched. (metadata-service §8.1) */
export function specificationUrlOf(api: ApiDefinition, generation: Generation): string | undefined {
  if (!generation.fetches) return undefined;
  const isGiven = api.spec && !(api.spec === 'null' && generation.nullIsFetched);
  if (isGiven) return undefined;
  if (api.specificationUrl) return api.specificationUrl;
  return isOdata(api.apiType) ? `${(api.targetUrl ?? '').replace(/\/$/, '')}/$metadata` : undefined;
}

export const isOdata = (apiType: string | undefined) => apiType?.toLowerCase() === 'odata';
