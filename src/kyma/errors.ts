import type { ServerResponse } from 'node:http';
import { DomainError } from '../core/errors.ts';
import { encodeGoJson } from '../go/json.ts';

/** The content type of every JSON answer of Kyma's services, written exactly like this. */
export const KYMA_JSON = 'application/json;charset=UTF-8';

/** An error that a Kyma service answers with; the message is the text that the client sees. */
export class KymaError extends DomainError {
  readonly status: number;

  constructor(code: string, status: number, text: string, options?: ErrorOptions) {
    super(code, text, options);
    this.status = status;
  }
}

/** The error body of Kyma's services: `{"code":404,"error":"…"}` and a line feed. */
export const kymaErrorBody = (status: number, text: string) => encodeGoJson({ code: status, error: text });

/** Answers with an error in the shape of Kyma's services. */
export function sendKymaError(response: ServerResponse, status: number, text: string): void {
  const body = kymaErrorBody(status, text);
  response.writeHead(status, { 'content-type': KYMA_JSON, 'content-length': Buffer.byteLength(body) }).end(body);
}

/** Texts that every Kyma service shares. */
export const kymaTexts = {
  notFound: 'Requested resource could not be found.',
  methodNotAllowed: 'Method not allowed.',
} as const;
