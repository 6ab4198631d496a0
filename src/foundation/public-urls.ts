import { withoutTrailing } from '../core/trailing.ts';

/** Where clients outside find the edges: without a trailing slash. */
export interface PublicUrls {
  readonly connector: string;
  readonly gateway: string;
  /** Inside: tokens, and whatever has a name in the cluster. */
  readonly internal: string;
}

export interface UrlSettings {
  /** Empty: everything is on localhost. */
  readonly domain: string;
  /** Set when a proxy or a port mapping is in front. */
  readonly connectorUrl?: string | undefined;
  readonly gatewayUrl?: string | undefined;
}

/** The one place where public URLs are made, after the ports are known. */
export function publicUrls(
  { domain, connectorUrl, gatewayUrl }: UrlSettings,
  edges: { readonly connectorPort: number; readonly gatewayPort: number; readonly internal: string },
): PublicUrls {
  const host = (name: string) => (domain ? `${name}.${domain}` : 'localhost');
  return {
    connector: withoutTrailing('/', connectorUrl ?? httpsUrl(host('connector-service'), edges.connectorPort)),
    gateway: withoutTrailing('/', gatewayUrl ?? httpsUrl(host('gateway'), edges.gatewayPort)),
    internal: edges.internal,
  };
}

/** The names under which the public edges are reached. */
export const publicNames = ({ domain, connectorUrl, gatewayUrl }: UrlSettings): string[] => [
  ...(domain ? [`connector-service.${domain}`, `gateway.${domain}`, domain, `*.${domain}`] : []),
  ...[connectorUrl, gatewayUrl].flatMap((url) => (url ? [new URL(url).hostname.replace(/^\[|\]$/g, '')] : [])),
];

const httpsUrl = (host: string, port: number) => (port === 443 ? `https://${host}` : `https://${host}:${port}`);
