import { DomainError } from '../core/errors.ts';

/** Whatever was thrown, as an Error. */
export const toError = (thrown: unknown) => (thrown instanceof Error ? thrown : new Error(String(thrown)));

/** What the gateway answers itself, before it has talked to the target. (application-gateway §4) */
export class GatewayError extends DomainError {
  readonly status: number;

  constructor(code: string, status: number, message: string, options?: ErrorOptions) {
    super(code, message, options);
    this.status = status;
  }
}

export const unreadablePath = (status: number) =>
  new GatewayError('BAD_PATH', status, 'failed to extract API Identifier from path');

export const badTarget = (problem: string) => new GatewayError('BAD_TARGET_URL', 500, problem);

/** The data of a Secret cannot be had: row 6. The text begins by naming the service. */
export const unreadableApi = (service: string, reason: string) =>
  new GatewayError('SECRET_UNREADABLE', 500, `failed to read API for ${service} service, ${reason}`);

/** Logging in at the target, or at what issues tokens for it, has failed. (application-gateway §5, §6) */
export const loginFailed = (status: 500 | 502, text: string, cause?: unknown) =>
  new GatewayError('LOGIN_FAILED', status, text, cause === undefined ? undefined : { cause });

/** An API as the client named it: by service, or by service and entry. */
export interface ApiName {
  readonly service: string;
  readonly entry: string | undefined;
}

const withNames = ({ service, entry }: ApiName, quote: string) =>
  entry === undefined
    ? `service with name ${quote}${service}${quote}`
    : `service with name ${quote}${service}${quote} and entry name ${quote}${entry}${quote}`;

export const apiNotFound = (name: ApiName) =>
  new GatewayError('API_NOT_FOUND', 404, `${withNames(name, '')} not found`);

/** What the central gateway of Kyma 1.24 to 2.7 answers. (application-gateway §15) */
export const applicationNotFound = (name: ApiName, application: string) =>
  new GatewayError(
    'APPLICATION_NOT_FOUND',
    500,
    `failed to get ${withNames(name, "'")}: Application: ${application} not found.`,
  );

export const badApplicationName = (name: ApiName, application: string, fault: string) =>
  new GatewayError(
    'BAD_APPLICATION_NAME',
    500,
    `failed to get ${withNames(name, "'")}: failed to get Application '${application}' : invalid resource name "${application}": [${fault}]`,
  );

export const ambiguousApi = (name: ApiName, candidates: string) =>
  new GatewayError(
    'AMBIGUOUS_API',
    400,
    `failed to get ${withNames(name, "'")}: multiple services found: ${candidates}`,
  );
