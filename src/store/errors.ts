import { codeOf, DomainError } from '../core/errors.ts';
import type { KindReference, ResourceReference } from '../resources/resource.ts';

export type StoreErrorCode = 'ALREADY_EXISTS' | 'NOT_FOUND' | 'CONFLICT' | 'EXPIRED' | 'BEHIND' | 'INVALID';

/** What a store refuses. The Kubernetes API renders these as `Status`, the other edges in their own words. */
export class StoreError extends DomainError {
  declare readonly code: StoreErrorCode;
  /** Which operation of a batch was refused, counted from 0; undefined for a write of its own. */
  readonly index: number | undefined;

  constructor(code: StoreErrorCode, message: string, options: ErrorOptions & { readonly index?: number } = {}) {
    super(code, message, options);
    this.index = options.index;
  }
}

const describe = ({ kind, name, namespace }: ResourceReference) =>
  namespace ? `${kind} "${name}" in namespace "${namespace}"` : `${kind} "${name}"`;

export const alreadyExists = (reference: ResourceReference) =>
  new StoreError('ALREADY_EXISTS', `${describe(reference)} already exists`);

export const notFound = (reference: ResourceReference) =>
  new StoreError('NOT_FOUND', `${describe(reference)} not found`);

export const conflict = (
  reference: ResourceReference,
  field: 'uid' | 'resourceVersion',
  wanted: string,
  actual: string,
) =>
  new StoreError(
    'CONFLICT',
    `${describe(reference)} has changed: ${field} is ${actual}, the request expects ${wanted}`,
  );

export const expired = ({ kind }: KindReference, since: string, oldest: string) =>
  new StoreError(
    'EXPIRED',
    `changes of ${kind} since revision ${since} are no longer kept (oldest: ${oldest}); list again`,
  );

export const behind = (wanted: string, present: string) =>
  new StoreError('BEHIND', `the store is at revision ${present} and has not come to ${wanted}`);

export const invalid = (detail: string) => new StoreError('INVALID', detail);

/** For who deletes or changes what somebody else may have removed meanwhile. @throws every other error again */
export function unlessGone(error: unknown): void {
  if (codeOf(error) !== 'NOT_FOUND') throw error;
}
