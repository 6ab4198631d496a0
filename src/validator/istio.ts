import type { IncomingMessage } from 'node:http';
import { clientIdentityOf } from '../http/client-identity.ts';
import { type Outcome, refused } from './outcome.ts';
import { dropForwardedCertificate, forwardedCertificate, replacePath, turnServerErrors } from './pass-on.ts';
import { applicationOf, type Destination, destinationOf } from './paths.ts';
import { BrokenSubject, type Expectation, mayEnter, type Subject, subjectOf, subjectsOfHeader } from './subjects.ts';
import { type DoorOptions, trustedCertificate, type Visit } from './visit.ts';

/** The validator: who the client is, whether the application is known, where the path leads. (metadata-service §11.3) */
export function istioDoor({ generation, applications, backends, quirks, log }: DoorOptions) {
  const { texts, tenantRule, unknownStatus } = generation;

  const unknown = (application: string, status: number): Outcome => {
    const reason = `applications.applicationconnector.kyma-project.io "${application}" not found`;
    const details: Readonly<Record<string, string>> = { application, reason };
    return refused(
      status,
      texts.unknownApplication.replace(/\{(\w+)\}/g, (_, name: string) => details[name] ?? ''),
    );
  };

  const lead = (destination: Destination | undefined): Outcome => {
    const site = destination && backends[destination.to];
    // Where a release has no registry the path leads nowhere; an event service that is not there is one that is down.
    if (!destination || (!site && destination.to === 'metadata')) return refused(404, texts.noDestination);
    if (!site) return { kind: 'empty', status: 502 };
    if (destination.to === 'metadata') return { kind: 'pass', site, lost: 'upstreamLost' };
    const { path } = destination;
    return {
      kind: 'pass',
      site,
      lost: 'upstreamLost',
      prepare(request, response) {
        if (!generation.keepsHeaderForEvents) dropForwardedCertificate(request);
        if (generation.turnsServerErrors) turnServerErrors(response);
        if (path !== undefined) replacePath(request, path);
      },
    };
  };

  return ({ request, path }: Visit): Outcome => {
    const application = applicationOf(path);
    if (application === undefined) return { kind: 'plain', status: 404, text: '404 page not found\n' };
    if (!hasIdentity(request)) return refused(500, texts.noHeader);
    if (application === '') return refused(400, texts.noApplication);
    const known = applications.find(application);
    if (!known && unknownStatus !== undefined) return unknown(application, unknownStatus);

    const expected: Expectation = known ?? { application, clientIds: [], tenant: '', group: '' };
    const subjects = subjectsOf(request, quirks);
    if (subjects === undefined) return { kind: 'cut' };
    if (!subjects.some((subject) => mayEnter(subject, expected, tenantRule))) {
      log.info({ application }, 'client certificate is not for this application');
      return refused(403, texts.noSubject);
    }
    return lead(destinationOf(path, application, generation));
  };
}

const hasIdentity = (request: IncomingMessage) =>
  clientIdentityOf(request).outside
    ? trustedCertificate(request) !== undefined
    : forwardedCertificate(request) !== undefined;

/** Outside the certificate itself, inside what the header says; undefined where upstream crashes over it. */
function subjectsOf(request: IncomingMessage, quirks: boolean): Subject[] | undefined {
  const { outside } = clientIdentityOf(request);
  const certificate = trustedCertificate(request);
  if (outside && certificate && !quirks) return [subjectOf(certificate)];
  const header = outside ? `Subject="${certificate?.subjectText ?? ''}"` : (forwardedCertificate(request) ?? '');
  try {
    return subjectsOfHeader(header, quirks);
  } catch (error) {
    if (error instanceof BrokenSubject) return undefined;
    throw error;
  }
}
