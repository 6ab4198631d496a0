import type { Clock } from '../../core/clock.ts';
import { isMembers } from '../../resources/schema.ts';
import { timestamp } from '../../store/stamp.ts';
import type { VirtualKind } from '../discovery/discovery.ts';
import type { Members } from '../wire/body.ts';
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

/** A token for a service account, as `kubectl create token` asks for it. */
export function issueToken(users: Users, clock: Clock, namespace: string, account: string, object: Members): object {
  const spec = isMembers(object.spec) ? object.spec : {};
  const lifetime =
    typeof spec.expirationSeconds === 'number' && spec.expirationSeconds > 0 ? spec.expirationSeconds : HOUR;
  const { token, expires } = users.issue(namespace, account, lifetime);
  return {
    kind: 'TokenRequest',
    apiVersion: 'authentication.k8s.io/v1',
    metadata: { name: account, namespace, creationTimestamp: timestamp(clock.now()) },
    spec: { audiences: ['https://kubernetes.default.svc.cluster.local'], ...spec, expirationSeconds: lifetime },
    status: { token, expirationTimestamp: timestamp(expires) },
  };
}
