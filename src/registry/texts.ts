/**
 * Every text that the registry refuses with, verbatim: words in braces take details. `contexts` go before the text of
 * a problem that came up inside of them; an empty one adds nothing. (metadata-service §4, §6.1, §7, §8.2)
 */

const g1 = {
  problems: {
    BODY_UNREADABLE: [400, 'Failed to read request body, {detail}'],
    BODY_MALFORMED: [400, 'Failed to unmarshal request body, {detail}'],
    STRUCTURE: [400, 'Failed to validate request body, Incorrect structure of service definition, {detail}'],
    NOTHING_PROVIDED: [
      400,
      "Failed to validate request body, At least one of service definition attributes: 'api', 'events' have to be provided",
    ],
    API_SPEC: [
      400,
      'Failed to validate request body, api.Spec is not a proper json object, json: cannot unmarshal {kind} into Go value of type map[string]*json.RawMessage',
    ],
    EVENTS_SPEC: [
      400,
      'Failed to validate request body, events.Spec is not a proper json object, json: cannot unmarshal {kind} into Go value of type map[string]*json.RawMessage',
    ],
    TOO_MANY_CREDENTIALS: [400, 'Failed to validate request body, {detail}'],
    IDENTIFIER_TAKEN: [409, 'Service with Identifier {identifier} already exists'],
    NAME_TAKEN: [400, 'Service with name {name} already exists'],
    NAME_CHANGED: [400, 'Cannot change service name to {name} for service with ID {id}'],
    APPLICATION_UNKNOWN: [404, 'Application {application} not found'],
    SERVICE_UNKNOWN: [404, 'Service with ID {id} not found'],
    SECRET_MISSING: [404, 'Secret {secret} not found'],
    ENTRY_TYPE: [500, "incorrect type of entry '{type}' in Application Service definition"],
    OBJECT_REFUSED: [500, '{detail}'],
    CONFLICT: [500, '{detail}'],
    SPEC_MISFIT: [500, 'failed to modify API spec, failed to unmarshal api spec, {detail}'],
    FETCH_FAILED: [502, 'Fetching API spec from {url} failed{detail}'],
    FETCH_UNAUTHORIZED: [502, 'Adding authorization for fetching API spec from {url} failed, {detail}'],
    FETCH_BROKEN: [500, 'Fetching API spec from {url} failed, {detail}'],
    SPEC_URL: [500, 'Creating request for fetching API spec from {url} failed, {detail}'],
  },
  contexts: {
    create: 'Creating service failed',
    checkIdentifier: 'Checking identifier failed',
    list: 'Reading services from Application failed',
    lookUpApplication: 'Getting Application UID failed',
    addApi: 'Adding API failed',
    determineSpec: 'Determining API spec for service with ID {id} failed',
    append: 'Creating service in Application failed',
    read: 'Reading service with ID {id} failed',
    readUnknownService: 'Reading service with ID {id} failed',
    readApi: 'Reading API failed',
    update: 'Updating {id} service failed',
    saveSpec: 'saving specification failed',
    replace: 'updating service in Application repository failed',
    remove: 'Deleting service from Application repository failed',
  },
} as const;

type Texts = {
  readonly problems: Readonly<Record<keyof typeof g1.problems, readonly [status: number, text: string]>>;
  readonly contexts: Readonly<Record<keyof typeof g1.contexts, string>>;
};

export type Problem = keyof Texts['problems'];
export type Context = keyof Texts['contexts'];

const g0: Texts = {
  problems: {
    ...g1.problems,
    BODY_UNREADABLE: [400, 'failed to read request body, {detail}'],
    BODY_MALFORMED: [400, 'failed to unmarshal request body, {detail}'],
    STRUCTURE: [400, 'failed to validate request body, incorrect service definition: {detail}'],
    NOTHING_PROVIDED: [
      400,
      "failed to validate request body, incorrect service definition: at least one of 'api' and 'events' attributes must be provided",
    ],
    API_SPEC: [400, 'failed to validate request body, api.spec field should be a json object'],
    EVENTS_SPEC: [400, 'failed to validate request body, events.spec field should be a json object'],
    IDENTIFIER_TAKEN: [409, 'Service with Identifier {identifier} already exists.'],
    APPLICATION_UNKNOWN: [500, 'Remote environment: {application} not found.'],
    SERVICE_UNKNOWN: [404, 'service with ID {id} not found'],
    SECRET_MISSING: [500, 'failed to read oauth credentials from {secret} secret, secret {secret} not found'],
    ENTRY_TYPE: [500, "incorrect type of entry '{type}' in Remote Environment Service definition"],
  },
  contexts: {
    create: '',
    checkIdentifier: '',
    list: 'failed to read services from remote environment',
    lookUpApplication: '',
    addApi: 'failed to add new API, failed to create access service',
    determineSpec: '',
    append: 'failed to create service in remote environment',
    read: 'failed to read service with ID {id}',
    readUnknownService: '',
    readApi: 'reading API failed',
    update: 'Cannot update the service {id}',
    saveSpec: '',
    replace: 'failed to update service in remote environment',
    remove: 'failed to delete service from RE repository',
  },
};

/** 0.5: the new wording of requests' errors, still the old shape; internal errors are masked. */
const g05: Texts = {
  problems: {
    ...g1.problems,
    APPLICATION_UNKNOWN: g0.problems.APPLICATION_UNKNOWN,
    SECRET_MISSING: g0.problems.SECRET_MISSING,
    ENTRY_TYPE: g0.problems.ENTRY_TYPE,
  },
  contexts: { ...g0.contexts, update: g1.contexts.update },
};

export const texts = { G0: g0, 'G0.5': g05, G1: g1 } as const satisfies Record<string, Texts>;
export type TextsName = keyof typeof texts;
