import { DomainError } from '../core/errors.ts';

/** What the gateway answers itself, before it has talked to the target. (application-gateway §4) */
export class GatewayError extends DomainError {
  readonly status: number;

  constructor(code: string, status: number, message: string) {
    super(code, message);
    this.status = status;
  }
}

export const unreadablePath = () => new GatewayError('BAD_PATH', 400, 'failed to extract API Identifier from path');

export const badTarget = (problem: string) => new GatewayError('BAD_TARGET_URL', 500, problem);

/** Deviation until the gateway can log in: upstream calls the target with the credentials. */
export const credentialsUnsupported = (service: string) =>
  new GatewayError(
    'CREDENTIALS_UNSUPPORTED',
    501,
    `service '${service}' is called with data from a Secret (credentials or request parameters), which this version of the gateway cannot do; register it without`,
  );

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
