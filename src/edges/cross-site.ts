/** What a request says about the page that sent it, if a page did. */
export interface Sender {
  /** Name and port that the request is for. */
  readonly host: string;
  /** `Origin`: of every page that sends something across origins, opens a WebSocket, or does more than read. */
  readonly origin: string | undefined;
  /** `Sec-Fetch-Site`: of every page that calls a loopback address or uses TLS. */
  readonly fetchSite: string | undefined;
}

/**
 * Whether a request comes from a page that is not of the edge itself, so that neither its answer nor its effect may be
 * the page's. Programs that are no browsers say nothing about pages. Another port is another origin, though it is the
 * same site. Of a page whose name leads to this machine (DNS rebinding) everything here is fine: names are checked apart.
 * @param allowed further origins, in lower case, as a browser writes them
 * @returns what the page is known by
 */
export function foreignPage(
  { host, origin, fetchSite }: Sender,
  allowed: ReadonlySet<string> = new Set(),
): string | undefined {
  if (origin) {
    if (allowed.has(origin.toLowerCase())) return undefined;
    if (origin.toLowerCase() !== originAt(host)) return origin;
  }
  if (!fetchSite || fetchSite === 'same-origin' || fetchSite === 'none') return undefined;
  return `Sec-Fetch-Site: ${fetchSite}`;
}

/** The origin of pages at a host of an edge without TLS. */
const originAt = (host: string) => URL.parse(`http://${host}`)?.origin;
