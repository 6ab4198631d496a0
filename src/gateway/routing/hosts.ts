import { GatewayError } from '../errors.ts';
import type { Behaviour } from '../releases/behaviour.ts';
import type { ApiIndex, ConnectedSystem, ServiceById } from './lookup.ts';

/** Applications or RemoteEnvironments by `hostKey`: a view of the store with `derive: indexApis, key: hostKey`. */
export interface SystemsByHost {
  find(key: string): readonly ApiIndex[];
}

/** A DNS label has 63 characters, of which a service id takes 36. */
const NAME_AND_PREFIX = 63 - 36;
const KEY_LENGTH = NAME_AND_PREFIX - 'app-'.length - 1;

/** What `SystemsByHost.find` finds a resource by: as much of its name as every kind of host name has. */
export const hostKey = ({ metadata }: Pick<ConnectedSystem, 'metadata'>) => metadata.name.slice(0, KEY_LENGTH);

type SystemKind = 'application' | 'remoteEnvironment';

/** The host names of one generation. (application-gateway §16.1) */
interface HostNames {
  readonly prefix: string;
  readonly kind: SystemKind;
  readonly texts: Texts;
}

interface Texts {
  readonly kind: string;
  readonly definition: string;
}

const applicationTexts: Texts = { kind: 'Application', definition: 'Application' };

const generations: readonly HostNames[] = [
  {
    prefix: 're-',
    kind: 'remoteEnvironment',
    texts: { kind: 'Remote environment', definition: 'Remote Environment' },
  },
  { prefix: 'app-', kind: 'application', texts: applicationTexts },
  { prefix: '', kind: 'application', texts: applicationTexts },
];

export interface FoundByHost {
  readonly id: string;
  readonly service: ServiceById;
  readonly names: HostNames;
}

/**
 * Finds the service that a host name stands for. Names are cut to fit a DNS label, so the search is by cut name.
 * @throws GatewayError (application-gateway §16.2)
 */
export function findByHost(host: string, systems: Record<SystemKind, SystemsByHost>): FoundByHost {
  const label = host.split('.', 1)[0] ?? '';
  for (const names of generations) {
    if (!label.startsWith(names.prefix)) continue;
    for (const { name, id } of splits(label.slice(names.prefix.length))) {
      const service = systemsNamed(name, names, systems)
        .map(({ byId }) => byId.get(id)?.at(-1))
        .find((found) => found !== undefined);
      if (service) return { id, service, names };
    }
  }
  throw notFound(label, systems);
}

/** All ways to see `{name}-{id}` in a text, since both may have dashes. */
function splits(text: string): { name: string; id: string }[] {
  const result = [];
  for (let at = text.indexOf('-'); at >= 0; at = text.indexOf('-', at + 1)) {
    result.push({ name: text.slice(0, at), id: text.slice(at + 1) });
  }
  return result;
}

function systemsNamed(
  name: string,
  { prefix, kind }: HostNames,
  systems: Record<SystemKind, SystemsByHost>,
): ApiIndex[] {
  const length = NAME_AND_PREFIX - prefix.length - 1;
  const candidates = systems[kind].find(name.slice(0, KEY_LENGTH));
  return candidates.filter(({ application }) => application.slice(0, length) === name);
}

const uuidAtEnd = /^(.+)-([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

function notFound(label: string, systems: Record<SystemKind, SystemsByHost>): GatewayError {
  const names = generations.find(({ prefix }) => label.startsWith(prefix));
  const rest = label.slice(names?.prefix.length);
  const known = names && splits(rest).findLast(({ name }) => systemsNamed(name, names, systems).length > 0);
  // Without an Application there is only the form of an id to tell it from the name.
  const [, name, id] = known ? [] : (uuidAtEnd.exec(rest) ?? []);
  if (!names || !name || !id) {
    return new GatewayError('SERVICE_NOT_FOUND', 404, `service with ID ${known?.id ?? label} not found`);
  }
  const text = `failed to read ${id} service, ${names.texts.kind}: ${name} not found.`;
  return new GatewayError('APPLICATION_NOT_FOUND', 500, text);
}

/** Why a service cannot be called. (application-gateway §16.2) */
export function notCallable({ id, service, names }: FoundByHost, { errorTexts }: Behaviour): GatewayError {
  if (service.oddType !== undefined) {
    const text = `failed to read ${id} service, incorrect type of entry '${service.oddType}' in ${names.texts.definition} Service definition`;
    return new GatewayError('BAD_ENTRY_TYPE', 500, text);
  }
  // The gateway of RemoteEnvironments forgot to fill in the id.
  const shown = errorTexts === 'formatted' && names.kind === 'remoteEnvironment' ? '%s' : id;
  return new GatewayError('NO_API', 400, `service with ID '${shown}' has no API`);
}
