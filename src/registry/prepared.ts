import type { Clock } from '../core/clock.ts';
import type { NoteCall } from '../http/annotations.ts';
import type { CertificateAndKey } from '../pki/key-pair.ts';
import { type ApiSpecification, prepareApiSpec } from './api-spec.ts';
import { generateCertificate } from './certificate.ts';
import { methodOf, type ServiceKey } from './entries.ts';
import { specificationUrlOf } from './fetching.ts';
import type { Generation } from './generations.ts';
import type { ApiDefinition, ServiceDefinition } from './model.ts';
import { centralGatewayAddress, gatewayHost } from './names.ts';
import type { Problems } from './problems.ts';
import type { SpecSource } from './spec-source.ts';

/** What takes its time: done once for a request, when it is first asked for, however often its writes are tried. */
export interface Prepared {
  certificateFor(commonName: string): Promise<CertificateAndKey>;
  /** That of the definition's API, as it is stored. @throws KymaError */
  apiSpec(): Promise<ApiSpecification | undefined>;
}

export interface PreparationParts {
  readonly generation: Generation;
  readonly problems: Problems;
  readonly source: SpecSource;
  readonly clock: Clock;
}

/** @param note told of calls to other systems */
export function prepare(
  definition: ServiceDefinition | undefined,
  key: ServiceKey,
  parts: PreparationParts,
  note?: NoteCall,
): Prepared {
  const { api, name = '' } = definition ?? {};
  const certificates = new Map<string, Promise<CertificateAndKey>>();
  let specification: Promise<ApiSpecification | undefined> | undefined;
  return {
    certificateFor(commonName) {
      const made = certificates.get(commonName) ?? generateCertificate(commonName, parts.clock);
      certificates.set(commonName, made);
      return made;
    },
    apiSpec() {
      specification ??= api ? apiSpecOf(api, name, key, parts, note) : Promise.resolve(undefined);
      return specification;
    },
  };
}

/** Characters of a specification that others are not made to wait for. */
const LARGE = 64 * 1024;

/** Whether what is to be prepared for an API keeps others waiting. */
export function takesTime(api: ApiDefinition, generation: Generation): boolean {
  if (methodOf(api.credentials) === 'CertificateGen' || (api.spec ?? '').length > LARGE) return true;
  return specificationUrlOf(api, generation) !== undefined;
}

async function apiSpecOf(
  api: ApiDefinition,
  displayName: string,
  { application, id }: ServiceKey,
  { generation, problems, source }: PreparationParts,
  note: NoteCall | undefined,
) {
  const url = specificationUrlOf(api, generation);
  const text = url === undefined ? api.spec : await source.fetch(url, api, note);
  if (!text) return undefined;
  const gateway = generation.centralGateway
    ? centralGatewayAddress(application, displayName)
    : gatewayHost(generation, application, id);
  return prepareApiSpec(text, { apiType: api.apiType, gateway, generation, problems });
}
