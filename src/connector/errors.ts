import { KymaError } from '../kyma/errors.ts';

/** Every text that the Connector Service refuses with, verbatim; `%s` takes the detail. (connector-service §5) */
const problems = {
  TOKEN_MISSING: [403, 'Token not provided.'],
  TOKEN_INVALID: [403, 'Invalid token.'],
  HEADERS_MISSING: [400, '%s'],
  HOST_HEADER_MISSING: [400, 'Required headers not specified (%s).'],
  BODY_MALFORMED: [500, 'Error while unmarshalling request body: %s'],
  BASE64_INVALID: [400, 'There was an error while parsing the base64 content. An incorrect value was provided.'],
  PEM_MISSING: [400, 'Error while decoding pem block.'],
  CSR_MALFORMED: [400, 'Error while parsing CSR: %s'],
  CSR_SIGNATURE: [400, 'CSR signature invalid: %s'],
  CSR_SUBJECT: [400, 'CSR: %s'],
  AUTHORITY_MISSING: [404, 'secret %s not found'],
  AUTHORITY_CERTIFICATE_PEM: [500, 'Error while decoding pem block'],
  AUTHORITY_CERTIFICATE: [500, 'Error while parsing certificate: %s'],
  AUTHORITY_KEY_PEM: [500, 'Error while decoding pem block.'],
  AUTHORITY_KEY: [500, 'Error while parsing private key: %s'],
  SIGNING_FAILED: [500, 'Error while creating certificate: %s'],
  SUBJECT_HEADER_INVALID: [400, 'Invalid certificate subject'],
  CERTIFICATE_HEADER_EMPTY: [400, 'Invalid certificate: Certificate header is empty'],
  CERTIFICATE_SUBJECT_UNKNOWN: [400, 'Invalid certificate: Failed to get certificate subject from header.'],
  CERTIFICATE_WITHOUT_NAME: [400, 'Invalid certificate: Empty Common Name in certificate header'],
  CERTIFICATE_VALUE_MISSING: [400, 'Invalid certificate: Invalid certificate header, one of the values not provided'],
  CERTIFICATE_REVOKED: [403, 'Certificate has been revoked.'],
  CERTIFICATE_NOT_PASSED: [500, 'Cannot calculate certificate hash. Certificate not passed to the service.'],
  CERTIFICATE_ESCAPES: [500, 'Failed to unescape characters from certificate.'],
  CERTIFICATE_HASH: [500, 'Failed to calculate certificate hash.'],
  CONTEXT_MISMATCH: [500, '%s'],
  REVOCATION_MALFORMED: [400, 'Error while unmarshalling request body: %s.'],
  REVOCATION_UNREADABLE: [500, 'Failed to read revocation list.'],
  REVOCATION_FAILED: [500, 'Unable to mark certificate as revoked: %s.'],
} as const satisfies Record<string, readonly [number, string]>;

export type ConnectorProblem = keyof typeof problems;

/** A refusal of the Connector Service. `detail` fills the text's place holder. */
export function connectorError(problem: ConnectorProblem, detail = '', options?: ErrorOptions): KymaError {
  const [status, text] = problems[problem];
  return new KymaError(
    problem,
    status,
    text.replace('%s', () => detail),
    options,
  );
}
