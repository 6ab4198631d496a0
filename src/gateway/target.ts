import { fromBinary, GoUrlError, hostnameOf, parseGoUrl, toBinary } from './go-url.ts';

/** Where an API entry's calls go: its `targetUrl`, taken apart once. */
export interface Target {
  /** Scheme, host and port; undefined when nothing can be called there (no host, another scheme, no such port). */
  readonly origin: string | undefined;
  readonly scheme: string;
  /** What the target gets as `Host`. */
  readonly host: string;
  /** Without port; case kept. */
  readonly hostname: string;
  /** Decoded. */
  readonly path: string;
  /** Without the question mark. */
  readonly query: string;
}

/**
 * Reads a `targetUrl`. User info and fragment are ignored. (application-gateway §3.1)
 * @returns the text of row 7 of §4 when it is no URL
 */
export function readTarget(targetUrl: string): Target | { readonly problem: string } {
  try {
    const { scheme, host, path, query } = parseGoUrl(toBinary(targetUrl));
    const origin = originOf(scheme, host);
    const asciiHost = /[^!-~]/.test(host) && origin ? origin.slice(origin.indexOf('//') + 2) : host;
    return { origin, scheme, host: asciiHost, hostname: hostnameOf(host), path, query };
  } catch (error) {
    if (!(error instanceof GoUrlError)) throw error;
    const reason = `parse ${JSON.stringify(targetUrl)}: ${error.message}`;
    return { problem: `failed to parse target url '${targetUrl}': '${reason}'` };
  }
}

function originOf(scheme: string, host: string): string | undefined {
  if (scheme !== 'http' && scheme !== 'https') return undefined;
  const url = URL.parse(`${scheme}://${fromBinary(host)}`);
  return url && url.hostname !== '' ? url.origin : undefined;
}
