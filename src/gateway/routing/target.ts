import { GoUrlError, hostnameOf, parseGoUrl, toBinary } from '../../go/url.ts';
import { hostHeader, originOf } from '../../http/client/address.ts';
import type { ShownUrl } from '../../http/shown-url.ts';

/** Where an API entry's calls go: its `targetUrl`, taken apart once. */
export interface Target {
  /** Scheme, host and port; undefined when nothing can be called there (no host, another scheme, no such port). */
  readonly origin: ShownUrl | undefined;
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

/** A `targetUrl` that is no URL: the text of row 7. (application-gateway §4) */
export interface BadTarget {
  readonly problem: string;
}

/** Reads a `targetUrl`. User info and fragment are ignored. (application-gateway §3.1) */
export function readTarget(targetUrl: string): Target | BadTarget {
  try {
    const url = parseGoUrl(toBinary(targetUrl));
    const { scheme, path, query } = url;
    return { origin: originOf(url), scheme, host: hostHeader(url), hostname: hostnameOf(url.host), path, query };
  } catch (error) {
    if (!(error instanceof GoUrlError)) throw error;
    const reason = `parse ${JSON.stringify(targetUrl)}: ${error.message}`;
    return { problem: `failed to parse target url '${targetUrl}': '${reason}'` };
  }
}
