import type { Values } from '../query.ts';

/** What the secured endpoints expect of their clients. (external-systems §1) */
export interface SystemCredentials {
  readonly user: string;
  readonly password: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Header lines; the names are compared in any case. */
  readonly headers: Values;
  readonly queryParameters: Values;
}

export const demoCredentials: SystemCredentials = {
  user: 'user',
  password: 'passwd',
  clientId: 'clientID',
  clientSecret: 'clientSecret',
  headers: new Map([
    ['Hkey1', ['Hval1']],
    ['Hkey2', ['Hval21', 'Hval22']],
  ]),
  queryParameters: new Map([
    ['Qkey1', ['Qval1']],
    ['Qkey2', ['Qval21', 'Qval22']],
  ]),
};

const SECOND = 1000;

/** Milliseconds. The lifetime that is told of tokens got with a client certificate is not the real one. */
export const lifetimes = { token: 300 * SECOND, toldWithCertificate: 3600 * SECOND } as const;

/** Bytes of a body that `/echo` sends back. */
export const MAX_ECHO_SIZE = 16 * 1024 * 1024;
/** Bytes of a token request, as Go's server takes them. */
export const MAX_FORM_SIZE = 10 * 1024 * 1024;
