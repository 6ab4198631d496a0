import type { IncomingMessage, ServerResponse } from 'node:http';
import { encodePath, splitTarget } from '../go/path.ts';

const FORWARDED = 'x-forwarded-client-cert';

/** The first header line with the client's certificate, as the gateway wrote it; undefined when absent or empty. */
export function forwardedCertificate({ rawHeaders }: IncomingMessage): string | undefined {
  const at = rawHeaders.findIndex((text, index) => index % 2 === 0 && text.toLowerCase() === FORWARDED);
  return at < 0 ? undefined : rawHeaders[at + 1] || undefined;
}

/** Takes the header away, so that a service further in does not see it. */
export function dropForwardedCertificate({ rawHeaders, headers }: IncomingMessage): void {
  for (let index = rawHeaders.length - 2; index >= 0; index -= 2) {
    if (rawHeaders[index]?.toLowerCase() === FORWARDED) rawHeaders.splice(index, 2);
  }
  delete headers[FORWARDED];
}

/** Replaces the path and keeps the query. */
export function replacePath(request: IncomingMessage, path: string): void {
  const { query } = splitTarget(request.url ?? '/');
  request.url = encodePath(path) + (query === undefined ? '' : `?${query}`);
}

/** Turns what a service answers with 500 and more into 502, the original status in a header. (events §2.4) */
export function turnServerErrors(response: ServerResponse): void {
  const { writeHead } = response;
  response.writeHead = (status: number, ...rest: unknown[]): ServerResponse => {
    if (status >= 500) response.setHeader('Target-System-Status', String(status));
    return Reflect.apply(writeHead, response, [status >= 500 ? 502 : status, ...rest]);
  };
}
