import { createHmac, timingSafeEqual, X509Certificate } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Clock } from '../../core/clock.ts';
import { clientIdentityOf } from '../../http/client-identity.ts';
import { ADMINISTRATION } from '../../pki/certificate.ts';
import { serviceAccountKind } from '../../resources/kinds.ts';
import type { Resource, Stored } from '../../resources/resource.ts';
import type { ResourceStore } from '../../store/store.ts';
import { createView, type View } from '../../store/view.ts';

/** Somebody who may use the API. Whoever is known may do everything. */
export interface User {
  readonly username: string;
  readonly groups: readonly string[];
}

export const ADMIN_GROUP = 'system:masters';
export const ADMIN = 'kymulator-admin';

const authenticated = 'system:authenticated';
const admin: User = { username: ADMIN, groups: [ADMIN_GROUP, authenticated] };

interface Claims {
  /** Namespace and name of the service account. */
  readonly namespace: string;
  readonly account: string;
  /** Of the account that the token was issued for: one of the same name that is made later is another one. */
  readonly uid: string;
  /** Seconds since the epoch. */
  readonly exp: number;
}

/**
 * Who may enter: a certificate of our authority made for administrators, the token that was made at start, and
 * tokens that the API has issued for service accounts, as long as these are there. (kubernetes-api §1.1)
 */
export class Users {
  readonly #clock: Clock;
  readonly #accounts: View<Resource, string>;
  readonly #token: Buffer;
  /** Whether a certificate was made for administrators, read once per connection. */
  readonly #purposes = new WeakMap<Buffer, boolean>();

  private constructor(token: string, clock: Clock, accounts: View<Resource, string>) {
    this.#clock = clock;
    this.#accounts = accounts;
    this.#token = Buffer.from(token);
  }

  /** @param token that of the administrator */
  static async open(token: string, clock: Clock, store: ResourceStore): Promise<Users> {
    const accounts = await createView<Resource, string>(store, serviceAccountKind, {
      derive: ({ metadata }) => metadata.uid,
    });
    return new Users(token, clock, accounts);
  }

  close(): void {
    this.#accounts.close();
  }

  /** @returns undefined for a client that nobody knows */
  of(request: IncomingMessage): User | undefined {
    return this.#byCertificate(request) ?? this.byToken(bearerToken(request.headers.authorization));
  }

  byToken(token: string | undefined): User | undefined {
    if (!token) return undefined;
    if (same(Buffer.from(token), this.#token)) return admin;
    return this.#byAccountToken(token);
  }

  /** Issues a token for a service account. @param lifetime seconds */
  issue({ metadata }: Stored, lifetime: number): { readonly token: string; readonly expires: number } {
    const expires = Math.floor(this.#clock.now() / 1000) + lifetime;
    const { namespace = '', name: account, uid } = metadata;
    const claims: Claims = { namespace, account, uid, exp: expires };
    const sub = accountName(namespace, account);
    const content = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode({ iss: 'kymulator', sub, ...claims })}`;
    return { token: `${content}.${this.#sign(content)}`, expires: expires * 1000 };
  }

  #byCertificate(request: IncomingMessage): User | undefined {
    const { certificate } = clientIdentityOf(request);
    // Certificates of connected systems come from the same authority, with subjects of their choice; they open other doors.
    if (!certificate?.verdict.trusted || !this.#isForAdministration(certificate.der)) return undefined;
    const valuesOf = (type: string) =>
      certificate.subject.filter((part) => part.type === type).map(({ value }) => value);
    return { username: valuesOf('CN').at(-1) ?? '', groups: [...valuesOf('O'), authenticated] };
  }

  #isForAdministration(der: Buffer): boolean {
    const known = this.#purposes.get(der);
    if (known !== undefined) return known;
    // Node's name for the extended key usage.
    const purposes: readonly string[] | undefined = new X509Certificate(der).keyUsage;
    const is = purposes?.includes(ADMINISTRATION) ?? false;
    this.#purposes.set(der, is);
    return is;
  }

  #byAccountToken(token: string): User | undefined {
    const end = token.lastIndexOf('.');
    const content = token.slice(0, Math.max(0, end));
    if (!content.includes('.') || !same(Buffer.from(token.slice(end + 1)), Buffer.from(this.#sign(content))))
      return undefined;
    const claims = JSON.parse(Buffer.from(content.split('.')[1] ?? '', 'base64url').toString('utf8')) as Claims;
    const { namespace, account, uid, exp } = claims;
    if (exp * 1000 <= this.#clock.now() || this.#accounts.get(account, namespace) !== uid) return undefined;
    return {
      username: accountName(namespace, account),
      groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, authenticated],
    };
  }

  #sign(content: string): string {
    return createHmac('sha256', this.#token).update(content).digest('base64url');
  }
}

const accountName = (namespace: string, account: string) => `system:serviceaccount:${namespace}:${account}`;
const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const bearerToken = (header: string | undefined) => /^Bearer +(\S+)$/i.exec(header ?? '')?.[1];
const same = (left: Buffer, right: Buffer) => left.length === right.length && timingSafeEqual(left, right);
