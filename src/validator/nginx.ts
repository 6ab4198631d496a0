import type { ClientCertificate } from '../http/client-identity.ts';
import { type Outcome, page } from './outcome.ts';
import { applicationOf, destinationOf } from './paths.ts';
import { type Expectation, matchesPattern, mayEnter, subjectOf } from './subjects.ts';
import { type DoorOptions, trustedCertificate, type Visit } from './visit.ts';

/** nginx: the subject is tested, everything else is the service's own affair. (metadata-service §11.1) */
export function nginxDoor({ generation, applications, backends, quirks, log }: DoorOptions) {
  const { tenantRule, bodyLimit = Number.POSITIVE_INFINITY } = generation;

  const isLetIn = (certificate: ClientCertificate | undefined, expected: Expectation) => {
    if (!certificate) return false;
    if (quirks) return matchesPattern(certificate.subjectText, expected, tenantRule);
    return mayEnter(subjectOf(certificate), expected, tenantRule);
  };

  return ({ request, path }: Visit): Outcome => {
    const application = applicationOf(path) ?? '';
    const expected = applications.find(application);
    const destination = destinationOf(path, application, generation);
    if (!expected || !destination) return page('defaultBackend');
    if (!isLetIn(trustedCertificate(request), expected)) {
      log.info({ application }, 'client certificate is not for this application');
      return page('forbidden');
    }
    if (Number(request.headers['content-length'] ?? 0) > bodyLimit) return page('tooLarge');
    const site = backends[destination.to];
    return site ? { kind: 'pass', site, lost: 'badGateway' } : page('badGateway');
  };
}
