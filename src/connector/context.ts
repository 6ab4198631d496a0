import type { ClientFamily, RequestedHosts } from './answers.ts';
import { connectorError } from './errors.ts';
import { type Generation, RUNTIME_NAME } from './generations.ts';
import type { ConnectorSettings } from './settings.ts';
import type { ExpectedSubject } from './subject-check.ts';
import type { ClientContext } from './tokens.ts';

/** The first value of a header, without the blanks around it; undefined when the header is absent. */
export type HeaderReader = (lowerCaseName: string) => string | undefined;

/** Reads headers as they were sent: Node would join the values of a repeated one. (connector-service §4.2) */
export function headerReader(rawHeaders: readonly string[]): HeaderReader {
  return (name) => {
    const index = rawHeaders.findIndex((text, at) => at % 2 === 0 && text.toLowerCase() === name);
    const value = index < 0 ? undefined : rawHeaders[index + 1];
    return value === undefined ? undefined : asUtf8(value.trim());
  };
}

/** Header values arrive as Latin-1; bytes that are not UTF-8 become U+FFFD. (connector-service §15.9) */
const asUtf8 = (text: string) => (/[\x80-\xff]/.test(text) ? Buffer.from(text, 'latin1').toString('utf8') : text);

/** What the chart of 0.7 sets for tenant and group, whatever the request says. */
const DEFAULT_TENANCY = 'default';

/**
 * Reads for whom a token is asked. (connector-service §1, §4.2)
 * @throws KymaError when a header that the generation wants is missing
 */
export function contextFromHeaders(
  header: HeaderReader,
  generation: Generation,
  family: ClientFamily,
  central: boolean,
): ClientContext {
  const application = header('application') ?? '';
  const tenant = header('tenant') ?? '';
  const group = header('group') ?? '';
  const isRuntime = family === 'runtimes';
  const named = isRuntime ? '' : application;
  const missing = generation.missingHeaders[isRuntime ? 'runtime' : 'application'];
  if (!isRuntime && !application) throw connectorError('HEADERS_MISSING', missing);
  if (generation.tenancy === 'defaulted') {
    return { application: named, tenant: DEFAULT_TENANCY, group: DEFAULT_TENANCY };
  }
  if ((central || isRuntime) && !(tenant && group)) throw connectorError('HEADERS_MISSING', missing);
  const counts = central || isRuntime || (generation.tenancy === 'optional' && tenant !== '' && group !== '');
  return { application: named, tenant: counts ? tenant : '', group: counts ? group : '' };
}

/** The subject that a client's signing requests must have. (connector-service §1) */
export function clientSubject(
  generation: Generation,
  family: ClientFamily,
  { application, tenant, group }: ClientContext,
  { central, subject }: Pick<ConnectorSettings, 'central' | 'subject'>,
): ExpectedSubject {
  const organization = generation.tenantIn === 'organization' && central ? { O: tenant, OU: group } : {};
  return { ...subject, ...organization, CN: commonName(generation, family, application, tenant, group) };
}

function commonName(
  { tenantIn }: Generation,
  family: ClientFamily,
  application: string,
  tenant: string,
  group: string,
): string {
  const isRuntime = family === 'runtimes';
  switch (tenantIn) {
    case 'nowhere':
      return isRuntime ? `${group}${tenant}` : application;
    case 'common name':
      if (isRuntime) return `${tenant};${group}`;
      return tenant && group ? `${tenant};${group};${application}` : application;
    case 'organization':
      return isRuntime ? RUNTIME_NAME : application;
  }
}

/**
 * The hosts that a request to an info endpoint wants in its answer. (connector-service §1)
 * @throws KymaError when the generation wants them and one is missing
 */
export function requestedHosts(header: HeaderReader, generation: Generation, central: boolean): RequestedHosts {
  if (!generation.hostHeaders) return {};
  const metadata = header('metadatahost');
  const events = header('eventshost');
  if (central && !metadata) throw connectorError('HOST_HEADER_MISSING', 'Metadatahost');
  if (central && !events) throw connectorError('HOST_HEADER_MISSING', 'Eventshost');
  return { metadata, events };
}
