import type { Generation } from './generations.ts';
import type { ApiCredentials, ApiDefinition, CsrfInfo, OauthCredentials, ServiceDefinition } from './model.ts';
import { isRegistrableUrl } from './url-rule.ts';

/** Every structural thing that is wrong with a definition, in the order in which it is told. (metadata-service §6.2) */
export function structuralProblems(definition: ServiceDefinition, generation: Generation): string[] {
  const { provider, name, description, api, events, documentation } = definition;
  return [
    ...required(provider, 'Provider field cannot be empty.'),
    ...required(name, 'Name field cannot be empty.'),
    ...required(description, 'Description field cannot be empty.'),
    ...(api ? apiProblems(api, generation) : []),
    ...(events ? required(events.spec, 'spec cannot be empty') : []),
    ...(documentation
      ? (['displayName', 'description', 'type'] as const).flatMap((field) =>
          required(documentation[field], `${field} field cannot be empty in documentation`),
        )
      : []),
  ];
}

const required = (value: string | undefined, message: string) => (value ? [] : [message]);

const url = (value: string | undefined, field: string, emptyMessage: string) => {
  if (!value) return [emptyMessage];
  return isRegistrableUrl(value) ? [] : [`${field}: ${value} does not validate as url`];
};

function apiProblems({ targetUrl, credentials, specificationCredentials }: ApiDefinition, generation: Generation) {
  const onlyOauth = generation.credentials.length === 1;
  return [
    ...url(targetUrl, 'targetUrl', 'targetUrl field cannot be empty.'),
    ...(credentials ? (onlyOauth ? earlyOauthProblems(credentials) : credentialsProblems(credentials)) : []),
    ...(specificationCredentials ? credentialsProblems(specificationCredentials) : []),
  ];
}

const credentialsProblems = ({ oauth, basic, certificateGen }: ApiCredentials) => [
  ...(oauth ? [...oauthProblems(oauth), ...csrfProblems(oauth.csrfInfo)] : []),
  ...(basic
    ? [
        ...required(basic.username, 'basic auth username field cannot be empty'),
        ...required(basic.password, 'basic auth password field cannot be empty'),
        ...csrfProblems(basic.csrfInfo),
      ]
    : []),
  ...csrfProblems(certificateGen?.csrfInfo),
];

const oauthProblems = ({ url: tokenUrl, clientId, clientSecret }: OauthCredentials, field = 'url') => [
  ...url(tokenUrl, field, 'oauth url field cannot be empty'),
  ...required(clientId, 'oauth clientId field cannot be empty'),
  ...required(clientSecret, 'oauth clientSecret cannot be empty'),
];

const csrfProblems = (csrfInfo: CsrfInfo | undefined) =>
  csrfInfo ? url(csrfInfo.tokenEndpointURL, 'tokenEndpointURL', 'tokenEndpointURL field cannot be empty') : [];

/** Until 0.5 credentials must be OAuth's, and what is wrong with them is told twice. (metadata-service §6.2) */
function earlyOauthProblems({ oauth = {} }: ApiCredentials): string[] {
  const isEmpty = !oauth.url && !oauth.clientId && !oauth.clientSecret;
  if (isEmpty) return [...oauthProblems(oauth), 'oauth field cannot be empty'];
  return [...oauthProblems(oauth), ...oauthProblems(oauth, 'oauth')];
}

/** Whether more than one way to log in is given. */
export const hasTooManyMethods = ({ oauth, basic, certificateGen }: ApiCredentials) =>
  [oauth, basic, certificateGen].filter((method) => method !== undefined).length > 1;

const kinds: Readonly<Record<string, string>> = { '"': 'string', '[': 'array', t: 'bool', f: 'bool' };

/** The kind of a JSON text that is neither an object nor null, in the words of decoding errors. */
export function kindOfNonObject(text: string): string | undefined {
  const first = text.charAt(0);
  return first === '{' || first === 'n' ? undefined : (kinds[first] ?? 'number');
}
