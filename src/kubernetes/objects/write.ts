import { codeOf } from '../../core/errors.ts';
import type { Resource } from '../../resources/resource.ts';
import { timestamp } from '../../store/stamp.ts';
import type { Writer } from '../patch/managed-fields.ts';
import { ApiError, alreadyExists, badRequest, conflict, notFound } from '../wire/status.ts';
import type { FieldValidation } from './admission.ts';
import { type Context, type Place, subjectOf } from './context.ts';

/** What all writes have in common. */

export type Members = Readonly<Record<string, unknown>>;

export interface WriteOptions {
  readonly manager: string;
  readonly validation: FieldValidation;
  readonly dryRun: boolean;
  readonly subresource?: string | undefined;
  /** Told what the client should know although the write is accepted. */
  readonly warn: (text: string) => void;
}

/** A resource in the namespace of the address. @throws ApiError 400 when it says another one */
export function placed({ namespace }: Place, resource: Resource): Resource {
  const own = resource.metadata.namespace;
  if (own && own !== (namespace ?? '')) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  }
  const { namespace: _, ...metadata } = resource.metadata;
  return { ...resource, metadata: namespace ? { ...metadata, namespace } : metadata };
}

export function writerOf({ clock }: Context, { served }: Place, { manager, subresource }: WriteOptions): Writer {
  return {
    manager,
    apiVersion: served.apiVersion,
    time: timestamp(clock.now()),
    subresource: subresource === 'finalize' ? undefined : subresource,
  };
}

/** Errors of the store in the words of the API. */
export function asApiError(error: unknown, place: Place, name: string): unknown {
  if (error instanceof ApiError) return error;
  const subject = subjectOf(place, name);
  switch (codeOf(error)) {
    case 'NOT_FOUND':
      return notFound(subject);
    case 'ALREADY_EXISTS':
      return alreadyExists(subject);
    case 'CONFLICT':
      return conflict(subject);
    case 'INVALID':
      return badRequest(error instanceof Error ? error.message : 'the object cannot be stored');
    default:
      return error;
  }
}
