import { DomainError } from '../../core/errors.ts';
import { invalidText } from '../../resources/admission-error.ts';
import type { Kind } from '../../resources/kind.ts';
import { splitApiVersion } from '../../resources/kind.ts';
import { fieldOf, type Problem } from '../../resources/problem.ts';

/** Errors as a Kubernetes API server answers them. (kubernetes-api §8) */

export interface StatusCause {
  readonly reason?: string;
  readonly message?: string;
  readonly field?: string;
}

export interface StatusDetails {
  readonly name?: string | undefined;
  readonly group?: string | undefined;
  readonly kind?: string | undefined;
  readonly uid?: string | undefined;
  readonly causes?: readonly StatusCause[];
  readonly retryAfterSeconds?: number;
}

/** What becomes a `Status` with this code and reason. */
export class ApiError extends DomainError {
  readonly status: number;
  readonly details: StatusDetails | undefined;

  constructor(status: number, reason: string, message: string, details?: StatusDetails, options?: ErrorOptions) {
    super(reason, message, options);
    this.status = status;
    this.details = details;
  }
}

/** The `Status` object of an error. */
export const statusOf = ({ status, code, message, details }: ApiError) => ({
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Failure',
  message,
  reason: code,
  ...(details ? { details } : {}),
  code: status,
});

/** Which kind, and which resource of it, an error is about. */
export interface Subject {
  readonly kind: Pick<Kind, 'apiVersion' | 'plural' | 'kind'>;
  readonly name?: string | undefined;
}

/** `plural.group`, or the plural alone for Kubernetes' own kinds. */
function resourceName({ apiVersion, plural }: Subject['kind']): string {
  const { group } = splitApiVersion(apiVersion);
  return group ? `${plural}.${group}` : plural;
}

const detailsOf = ({ kind, name }: Subject): StatusDetails => {
  const { group } = splitApiVersion(kind.apiVersion);
  return { ...(name ? { name } : {}), ...(group ? { group } : {}), kind: kind.plural };
};

const named = (subject: Subject) => `${resourceName(subject.kind)} ${JSON.stringify(subject.name ?? '')}`;

export const badRequest = (message: string, options?: ErrorOptions) =>
  new ApiError(400, 'BadRequest', message, undefined, options);

export const unauthorized = () => new ApiError(401, 'Unauthorized', 'Unauthorized');

export const forbiddenTo = (subject: Subject, why: string) =>
  new ApiError(
    403,
    'Forbidden',
    `${subject.name ? named(subject) : resourceName(subject.kind)} is forbidden: ${why}`,
    detailsOf(subject),
  );

export const notFound = (subject: Subject) =>
  new ApiError(404, 'NotFound', `${named(subject)} not found`, detailsOf(subject));

/** A path of a known group that leads nowhere. */
export const noSuchResource = () =>
  new ApiError(404, 'NotFound', 'the server could not find the requested resource', {});

export const methodNotAllowed = () =>
  new ApiError(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource', {});

export const notAcceptable = (types: readonly string[]) =>
  new ApiError(406, 'NotAcceptable', `only the following media types are accepted: ${types.join(', ')}`);

export const alreadyExists = (subject: Subject) =>
  new ApiError(409, 'AlreadyExists', `${named(subject)} already exists`, detailsOf(subject));

export const conflict = (subject: Subject, why = modified) =>
  new ApiError(409, 'Conflict', `Operation cannot be fulfilled on ${named(subject)}: ${why}`, detailsOf(subject));

const modified = 'the object has been modified; please apply your changes to the latest version and try again';

export const expired = (message: string) => new ApiError(410, 'Expired', message);

export const requestTooLarge = (why: string) =>
  new ApiError(413, 'RequestEntityTooLarge', `Request entity too large: ${why}`);

export const bodyTooLarge = (limit: number) => requestTooLarge(`limit is ${limit}`);

export const unsupportedMediaType = (types: readonly string[]) =>
  new ApiError(
    415,
    'UnsupportedMediaType',
    `the body of the request was in an unknown format - accepted media types include: ${types.join(', ')}`,
  );

/** A revision that is not there yet. (kubernetes-api §6.1) */
export const tooLargeVersion = (asked: string, current: string) =>
  new ApiError(504, 'Timeout', `Timeout: Too large resource version: ${asked}, current: ${current}`, {
    causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
    retryAfterSeconds: 1,
  });

export const internalError = () =>
  new ApiError(500, 'InternalError', 'Internal error occurred: the log of Kymulator has the details');

/** Everything that is wrong with a resource, in one answer. */
export function invalid({ kind, name = '' }: Subject, problems: readonly Problem[]): ApiError {
  const { group } = splitApiVersion(kind.apiVersion);
  return new ApiError(422, 'Invalid', invalidText(kind, name, problems), {
    name,
    ...(group ? { group } : {}),
    kind: kind.kind,
    causes: problems.map(({ reason, detail, path }) => ({ reason, message: detail, field: fieldOf(path) })),
  });
}

/** A patch that does not fit the resource. (kubernetes-api §6.3) */
export const patchRefused = () =>
  new ApiError(422, 'Invalid', 'the server rejected our request due to an error in our request', {});
