import type { CertificateAndKey } from '../pki/key-pair.ts';
import type { Secret } from '../resources/core-kinds.ts';
import { secretKind } from '../resources/kinds.ts';
import type { RegisteredCredentials, RegisteredEntry } from './applications.ts';
import { legacyParametersOf, methodOf, type ServiceKey } from './entries.ts';
import type { Generation } from './generations.ts';
import type { ApiCredentials, ApiDefinition, RequestParameters } from './model.ts';
import { parametersName, resourceName } from './names.ts';
import type { Objects, Owner } from './objects.ts';
import type { Problems } from './problems.ts';

type Texts = Readonly<Record<string, string>>;

/** The Secrets of registered services. (metadata-service §7.4, §9) */
export class Secrets {
  readonly #objects: Objects;
  readonly #generation: Generation;
  readonly #problems: Problems;
  readonly #certificateFor: (commonName: string) => Promise<CertificateAndKey>;

  constructor(
    objects: Objects,
    generation: Generation,
    problems: Problems,
    certificateFor: (commonName: string) => Promise<CertificateAndKey>,
  ) {
    this.#objects = objects;
    this.#generation = generation;
    this.#problems = problems;
    this.#certificateFor = certificateFor;
  }

  /** Writes, keeps or removes the Secrets so that they fit a definition. */
  async apply(api: ApiDefinition, key: ServiceKey, owner: Owner | undefined): Promise<void> {
    await this.#applyCredentials(api.credentials, key, owner);
    const name = parametersName(this.#generation, key.application, key.id);
    const parameters = this.#parametersOf(api);
    if (parameters) await this.#objects.putSecret(name, key, owner, parametersTexts(parameters));
    else await this.#objects.remove(secretKind, name, key);
  }

  #parametersOf(api: ApiDefinition): RequestParameters | undefined {
    if (this.#generation.requestParameters !== 'secret') return undefined;
    return api.requestParameters ?? (this.#generation.legacyParameters ? legacyParametersOf(api) : undefined);
  }

  async #applyCredentials(credentials: ApiCredentials | undefined, key: ServiceKey, owner: Owner | undefined) {
    const name = resourceName(this.#generation, key.application, key.id);
    const method = methodOf(credentials);
    // A certificate without a name changes nothing. (metadata-service §17.7)
    if (credentials?.certificateGen && !method) return;
    if (!credentials || !method) return this.#objects.remove(secretKind, name, key);

    const wanted = identityOf(credentials);
    const stored = await this.#find(name);
    const isSame = stored && Object.entries(wanted).every(([member, text]) => stored[member] === text);
    if (isSame) return;
    await this.#objects.putSecret(name, key, owner, { ...wanted, ...(await this.#rest(credentials)) });
  }

  /** What a Secret holds besides what it is compared by. */
  async #rest({ oauth, basic, certificateGen }: ApiCredentials): Promise<Texts> {
    if (oauth && !basic) return oauth.requestParameters ? parametersTexts(oauth.requestParameters) : {};
    if (!certificateGen?.commonName || basic) return {};
    const { key, certificate } = await this.#certificateFor(certificateGen.commonName);
    return { key, crt: certificate };
  }

  /** Removes the Secrets of a service. */
  async remove(key: ServiceKey): Promise<void> {
    await this.#objects.remove(secretKind, resourceName(this.#generation, key.application, key.id), key);
    await this.#objects.remove(secretKind, parametersName(this.#generation, key.application, key.id), key);
  }

  /**
   * The contents of a Secret.
   * @throws KymaError `SECRET_MISSING`
   */
  async read(name: string): Promise<Texts> {
    const texts = await this.#find(name);
    if (!texts) throw this.#problems.of('SECRET_MISSING', { secret: name });
    return texts;
  }

  /** The Secrets that an entry refers to; undefined where it refers to none. @throws KymaError `SECRET_MISSING` */
  async ofEntry(entry: RegisteredEntry): Promise<EntrySecrets> {
    const credentials = credentialsOf(entry);
    return {
      credentials: credentials && { ...credentials, texts: await this.read(credentials.secretName) },
      parameters: entry.requestParametersSecretName ? await this.read(entry.requestParametersSecretName) : undefined,
    };
  }

  async #find(name: string): Promise<Texts | undefined> {
    const secret = await this.#objects.get<Secret>(secretKind, name);
    if (!secret) return undefined;
    const entries = Object.entries(secret.data ?? {});
    return Object.fromEntries(
      entries.map(([member, encoded]) => [member, Buffer.from(encoded, 'base64').toString('utf8')]),
    );
  }
}

export interface EntrySecrets {
  readonly credentials: (RegisteredCredentials & { readonly texts: Texts }) | undefined;
  readonly parameters: Texts | undefined;
}

/** The credentials of an entry of either kind of resource; undefined without any. */
function credentialsOf(entry: RegisteredEntry): RegisteredCredentials | undefined {
  const { credentials, oauthUrl, credentialsSecretName } = entry;
  if (credentialsSecretName) {
    return { type: 'OAuth', secretName: credentialsSecretName, authenticationUrl: oauthUrl };
  }
  return credentials?.type && credentials.secretName ? credentials : undefined;
}

/** What a Secret is compared by: only a change of these writes it anew. (metadata-service §7.4) */
function identityOf({ oauth, basic, certificateGen }: ApiCredentials): Texts {
  if (basic) return { username: basic.username ?? '', password: basic.password ?? '' };
  if (oauth) return { clientId: oauth.clientId ?? '', clientSecret: oauth.clientSecret ?? '' };
  return { commonName: certificateGen?.commonName ?? '' };
}

const parametersTexts = ({ headers, queryParameters }: RequestParameters): Texts => ({
  ...(headers && { headers: sortedJson(headers) }),
  ...(queryParameters && { queryParameters: sortedJson(queryParameters) }),
});

/** A map as Go writes it: keys in the order of their bytes, which an object would not keep for numbers. */
export function sortedJson(map: Readonly<Record<string, unknown>>): string {
  const entries = Object.entries(map).sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  return `{${entries.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join()}}`;
}
