import { notAcceptable } from './status.ts';

/** Forms in which a resource or a list of them is answered. (kubernetes-api §4.1) */
export type Form = 'object' | 'table' | 'metadata';

/** What of an `Accept` header chooses between the forms. */
interface MediaType {
  readonly type: string;
  readonly as: string | undefined;
}

/** The first acceptable form. Protobuf is never answered. @throws ApiError 406 */
export function formOf(accept: string | undefined): Form {
  if (accept === undefined || accept === 'application/json' || accept === '*/*') return 'object';
  return choose(accept);
}

const jsonTypes = new Set(['application/json', 'application/*', '*/*']);

function choose(accept: string): Form {
  for (const part of accept.split(',')) {
    const { type, as } = mediaType(part);
    if (!jsonTypes.has(type)) continue;
    if (as === undefined || as === '') return 'object';
    if (as === 'Table') return 'table';
    if (as === 'PartialObjectMetadata' || as === 'PartialObjectMetadataList') return 'metadata';
  }
  throw notAcceptable(['application/json']);
}

export function mediaType(text: string): MediaType {
  const [type = '', ...parameters] = text.split(';').map((part) => part.trim());
  const as = parameters.find((parameter) => parameter.startsWith('as='));
  return { type: type.toLowerCase(), as: as?.slice(3) };
}
