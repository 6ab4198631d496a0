import type { IncomingMessage } from 'node:http';
import { type ClientCertificate, clientIdentityOf } from './client-identity.ts';
import { type ShownUrl, shownText } from './shown-url.ts';

/**
 * What is known about an exchange besides what goes over the wire, where texts stay the original's. Whoever learns a fact
 * writes it to the request; edges and their logs read it. No member can hold a token, a key or a password.
 */
export interface Facts {
  /** The part of the instance that answers, as in log lines: `connector`, `application-gateway`, … */
  readonly part?: string | undefined;
  /** Pattern of the path: `/v1/applications/tokens`, `/:application/v1/metadata/services/:id`. */
  readonly route?: string | undefined;
  readonly application?: string | undefined;
  /** The registered service that is called. */
  readonly service?: string | undefined;
  /** Its API, where a service can have several. */
  readonly entry?: string | undefined;
  readonly tokenOutcome?: TokenOutcome | undefined;
  /** Who asks the Kubernetes API, for what: `get`, `applications/shop` of a namespace or of none. */
  readonly user?: string | undefined;
  readonly verb?: string | undefined;
  readonly resource?: string | undefined;
  readonly namespace?: string | undefined;
  /** Why the answer is not what was asked for: stable for programs, and in words. */
  readonly code?: string | undefined;
  readonly reason?: string | undefined;
}

/** What became of the single-use token that came with a request. */
export type TokenOutcome = 'accepted' | 'used' | 'replaced' | 'expired' | 'of another application' | 'unknown';

/** A call that was made for an exchange. */
export interface OutgoingCall {
  readonly purpose: 'target' | 'login' | 'specification';
  readonly target: ShownUrl;
  /** Of its answer, if there was one. */
  readonly status?: number | undefined;
  /** Milliseconds until the head of the answer, or until it failed; for a target with the time of the login. */
  readonly ms: number;
  readonly failure?: string | undefined;
}

/** Where a call that is made for a request is noted. */
export type NoteCall = (call: OutgoingCall) => void;

export interface Annotations extends Facts {
  /** What the client presented; the verdict says whether and why not it is trusted. */
  readonly certificate?: ClientCertificate | undefined;
  readonly calls: readonly OutgoingCall[];
}

type Kept = { -readonly [K in keyof Facts]: Facts[K] } & { calls?: OutgoingCall[] };

const key = Symbol('kymulator.annotations');
type Annotated = IncomingMessage & { [key]?: Kept };

/** No exchange needs more. */
const MAX_CALLS = 20;

/**
 * Adds facts to a request; those that are known already are replaced.
 * @param facts taken over as they are: an object of its own for each request
 */
export function annotate(request: IncomingMessage, facts: Facts): void {
  const kept: Kept = facts;
  if (kept.reason !== undefined) kept.reason = shownText(kept.reason);
  const annotated = request as Annotated;
  if (annotated[key] === undefined) annotated[key] = kept;
  else Object.assign(annotated[key], kept);
}

/** Adds a call that was made for a request. */
export function annotateCall(request: IncomingMessage, call: OutgoingCall): void {
  const annotated = request as Annotated;
  annotated[key] ??= {};
  annotated[key].calls ??= [];
  if (annotated[key].calls.length >= MAX_CALLS) return;
  annotated[key].calls.push(call.failure === undefined ? call : { ...call, failure: shownText(call.failure) });
}

/** All that is known about a request so far. */
export function annotationsOf(request: IncomingMessage): Annotations {
  const { certificate } = clientIdentityOf(request);
  return { ...(certificate && { certificate }), calls: [], ...(request as Annotated)[key] };
}
