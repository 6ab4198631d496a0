import type { Clock } from '../../core/clock.ts';
import type { Stored } from '../../resources/resource.ts';
import { type Infer, isMembers, type Schema } from '../../resources/schema.ts';
import { timestamp } from '../../store/stamp.ts';
import type { VirtualKind } from '../discovery/discovery.ts';
import type { Members } from '../wire/body.ts';
import { checkTypes } from '../wire/decoding.ts';
import { invalid } from '../wire/status.ts';
import type { User, Users } from './users.ts';

/** Questions about access: they are created, answered and forgotten. (kubernetes-api §9) */

interface Asked {
  readonly user: User;
  readonly users: Users;
  readonly object: Members;
}

interface Review extends VirtualKind {
  readonly answer: (asked: Asked) => object;
}

const allowed = () => ({ allowed: true, reason: 'whoever is known to Kymulator may do everything' });

const rules = () => ({
  resourceRules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }],
  nonResourceRules: [{ verbs: ['*'], nonResourceURLs: ['*'] }],
  incomplete: false,
});

function reviewToken({ users, object }: Asked) {
  const { spec } = object;
  const user = users.byToken(isMembers(spec) && typeof spec.token === 'string' ? spec.token : undefined);
  return user ? { authenticated: true, user } : { authenticated: false, error: 'the token is not known' };
}

const authorization = { apiVersion: 'authorization.k8s.io/v1', namespaced: false } as const;
const authentication = { apiVersion: 'authentication.k8s.io/v1', namespaced: false } as const;

export const reviews: readonly Review[] = [
  {
    ...authentication,
    plural: 'selfsubjectreviews',
    kind: 'SelfSubjectReview',
    answer: ({ user }) => ({ userInfo: user }),
  },
  { ...authentication, plural: 'tokenreviews', kind: 'TokenReview', answer: reviewToken },
  { ...authorization, plural: 'selfsubjectaccessreviews', kind: 'SelfSubjectAccessReview', answer: allowed },
  { ...authorization, plural: 'selfsubjectrulesreviews', kind: 'SelfSubjectRulesReview', answer: rules },
  { ...authorization, plural: 'subjectaccessreviews', kind: 'SubjectAccessReview', answer: allowed },
];

export function answerReview({ apiVersion, kind, answer }: Review, asked: Asked): object {
  const { metadata = { creationTimestamp: null }, spec = {} } = asked.object;
  // A token that is looked at is not sent back.
  const shown = kind === 'TokenReview' ? {} : { spec };
  return { kind, apiVersion, metadata, ...(kind === 'SelfSubjectReview' ? {} : shown), status: answer(asked) };
}

const HOUR = 3600;
/** Seconds. */
const SHORTEST = 600;
const LONGEST = 2 ** 32;

const tokenRequest = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', plural: 'tokenrequests' } as const;

const requestSchema = {
  type: 'object',
  properties: {
    spec: {
      type: 'object',
      properties: {
        audiences: { type: 'array', items: { type: 'string' } },
        expirationSeconds: { type: 'integer' },
        boundObjectRef: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
      },
    },
  },
} as const satisfies Schema;

/**
 * A token for a service account, as `kubectl create token` asks for it.
 * @throws ApiError 400 for a request that cannot be read, 422 for a lifetime that is none
 */
export function issueToken(users: Users, clock: Clock, account: Stored, object: Members): object {
  checkTypes(tokenRequest, requestSchema, object, []);
  const { spec } = object as Infer<typeof requestSchema>;
  const lifetime = spec?.expirationSeconds ?? HOUR;
  checkLifetime(lifetime);
  const { token, expires } = users.issue(account, lifetime);
  const { name, namespace } = account.metadata;
  return {
    kind: tokenRequest.kind,
    apiVersion: tokenRequest.apiVersion,
    metadata: { name, namespace, creationTimestamp: timestamp(clock.now()) },
    spec: { audiences: ['https://kubernetes.default.svc.cluster.local'], ...spec, expirationSeconds: lifetime },
    status: { token, expirationTimestamp: timestamp(expires) },
  };
}

function checkLifetime(seconds: number): void {
  if (seconds >= SHORTEST && seconds <= LONGEST) return;
  const why = seconds < SHORTEST ? 'less than 10 minutes' : 'larger than 2^32 seconds';
  const detail = `Invalid value: ${seconds}: may not specify a duration ${why}`;
  throw invalid({ kind: tokenRequest }, [{ path: ['spec', 'expirationSeconds'], reason: 'FieldValueInvalid', detail }]);
}
