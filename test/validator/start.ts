import type { RequestListener } from 'node:http';
import { onTestFinished } from 'vitest';
import { ManualClock } from '../../src/core/clock.ts';
import { silentLogger } from '../../src/core/log.ts';
import { systemRandom } from '../../src/core/random.ts';
import { parseRelease } from '../../src/core/release.ts';
import type { ClientCertificate, ClientIdentity, SubjectValue } from '../../src/http/client-identity.ts';
import { setClientIdentity } from '../../src/http/client-identity.ts';
import type { Site } from '../../src/http/site.ts';
import { applicationKind, remoteEnvironmentKind } from '../../src/resources/kinds.ts';
import { createMemoryStore } from '../../src/store/memory.ts';
import { createValidatorSite } from '../../src/validator/sites.ts';
import { listen } from '../registry/start.ts';
import { type Answer, type CallOptions, call } from '../support/call.ts';

const inCluster: ClientIdentity = { outside: false };

export interface StartOptions {
  readonly quirks?: boolean;
  /** Names and what their `spec` says besides. */
  readonly applications?: Readonly<Record<string, object>>;
  readonly metadata?: boolean;
  readonly events?: RequestListener | false;
}

/** A validator of a release on a socket. Behind it are services that say what reached them. */
export async function startValidator(release: string, options: StartOptions = {}) {
  const { quirks = false, applications = { shop: {} }, metadata = true, events = echo('events') } = options;
  const store = createMemoryStore({ clock: new ManualClock(), random: systemRandom });
  const { apiVersion, kind } = /^0\.[45]/.test(release) ? remoteEnvironmentKind : applicationKind;
  const create = (name: string, spec: object) => store.create({ apiVersion, kind, metadata: { name }, spec });
  for (const [name, spec] of Object.entries(applications)) await create(name, spec);
  const validator = await createValidatorSite({
    release: parseRelease(release),
    store,
    log: silentLogger,
    quirks,
    backends: {
      metadata: metadata ? site(echo('metadata')) : undefined,
      events: events ? site(events) : undefined,
    },
  });
  let identity = inCluster;
  const url = await listen((request, response) => {
    setClientIdentity(request, identity);
    validator.site.handle(request, response);
  });
  onTestFinished(async () => {
    await validator.close();
    await store.close();
  });
  const send = (path: string, given: ClientIdentity, callOptions: CallOptions = {}): Promise<Answer> => {
    identity = given;
    return call(url + path, callOptions);
  };
  return {
    validator,
    store,
    create,
    kind: { apiVersion, kind },
    /** A client with a certificate of this subject, in the order of the certificate. */
    outside: (path: string, subject: readonly SubjectValue[], callOptions?: CallOptions) =>
      send(path, withSubject(subject), callOptions),
    /** A caller inside the cluster, who may say anything in a header. */
    inside: (path: string, header: string | undefined, callOptions: CallOptions = {}) =>
      send(path, inCluster, {
        ...callOptions,
        headers: header === undefined ? {} : { 'X-Forwarded-Client-Cert': header },
      }),
    send,
  };
}

/** Says in JSON who answers and what reached it. */
const echo =
  (name: string): RequestListener =>
  (request, response) => {
    const { url, method, headers } = request;
    response
      .writeHead(200, { 'content-type': 'application/json' })
      .end(JSON.stringify({ name, url, method, forwarded: headers['x-forwarded-client-cert'] }));
  };

const site = (handle: RequestListener): Site => ({
  handle: (request, response) => handle(request, response as Parameters<RequestListener>[1]),
  close: async () => {},
});

/** `CN=shop,O=acme` as the values of a subject; a comma in a value is written `\,`. */
export function subject(text: string): SubjectValue[] {
  return text.split(/(?<!\\),/).map((part) => {
    const equals = part.indexOf('=');
    return { type: part.slice(0, equals), value: part.slice(equals + 1).replaceAll('\\,', ',') };
  });
}

const withSubject = (values: readonly SubjectValue[]): ClientIdentity => ({
  outside: true,
  certificate: certificateOf(values),
});

/** What an edge says about a certificate with this subject, in the order of the certificate. */
export function certificateOf(values: readonly SubjectValue[]): ClientCertificate {
  const escaped = (text: string) => text.replace(/[,;+"\\]/g, '\\$&');
  return {
    subject: values,
    subjectText: values
      .toReversed()
      .map(({ type, value }) => `${type}=${escaped(value)}`)
      .join(','),
    issuerText: 'CN=Kyma',
    serialNumber: '02',
    der: Buffer.of(0),
    verdict: { trusted: true },
  };
}
