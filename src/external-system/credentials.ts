import type { IncomingMessage } from 'node:http';

export interface BasicCredentials {
  readonly user: string;
  readonly password: string;
}

/** The credentials of a Basic `Authorization`, read as Go reads them; undefined when there are none. */
export function readBasic({ headers }: IncomingMessage): BasicCredentials | undefined {
  const encoded = /^basic ([A-Za-z0-9+/]*={0,2})$/i.exec(headers.authorization ?? '')?.[1];
  if (encoded === undefined || encoded.length % 4 !== 0) return undefined;
  const decoded = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = decoded.indexOf(':');
  return colon < 0 ? undefined : { user: decoded.slice(0, colon), password: decoded.slice(colon + 1) };
}
