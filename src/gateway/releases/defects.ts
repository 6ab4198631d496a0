/**
 * What the originals do wrong in a way that a client or a target can see. The rows of `Behaviour` have them as they were;
 * without `--quirks` `corrected` takes their place.
 */
export interface Defects {
  /** Whether a client's body is sent on as it comes, or read to its end first. (application-gateway §5.7) */
  readonly uploads: 'streamed' | 'collected';
  /** Whether answers are sent on as they come, or held back until there are some kilobytes. (§9) */
  readonly answers: 'streamed' | 'held-back';
  /** What the target has to do within the time-out: begin its answer, or end it. (§9, §10) */
  readonly deadline: 'begin' | 'end';
  /** Whether an answer has to be through when the time for reading the request is up: then the connection ends. (§15) */
  readonly writing: 'unlimited' | 'within-request-timeout';
  /** An answer that breaks off: the client's connection breaks too, or the client takes it for complete. (§9, §23.10) */
  readonly brokenAnswer: 'breaks-off' | 'looks-complete';
  /** Whether the target's call ends when the client goes away. (§8) */
  readonly clientAbort: 'ends-call' | 'ignored';
  /** Connections that change to another protocol, such as WebSockets. (§9) */
  readonly upgrades: 'tunnelled' | 'refused';
  /** How much is delivered of the answer to a call that was repeated. (§5.7, §23.1) */
  readonly repeatedAnswer: 'whole' | 'first-read' | 'unseen';
  /** Whether a call that is repeated has its body again. (§15) */
  readonly repeatedBody: 'sent' | 'lost';
  /** Which client certificate a CSRF endpoint is shown: the service's own, or that of the last one that had any. (§6) */
  readonly csrfCertificate: 'own' | 'latest';
  /** Whether a configured header gives way to a present one in any spelling. (§7) */
  readonly addedHeaders: 'in-any-case' | 'as-written';
  /** How a sub-path with colons or double slashes is read. (§3) */
  readonly subPaths: 'as-paths' | 'as-references';
  /** Whether names in the key of a kept proxy object can be told apart. (§12) */
  readonly proxyKeys: 'separated' | 'joined';
  /** How often the rest of a rewritten `Location` is decoded. (§23.10) */
  readonly locationRest: 'decoded-once' | 'decoded-twice';
  /** Whether a percent sign in an error text passes, or is taken for a formatting verb. (§15) */
  readonly errorTexts: 'plain' | 'formatted';
}

export const corrected: Defects = {
  uploads: 'streamed',
  answers: 'streamed',
  deadline: 'begin',
  writing: 'unlimited',
  brokenAnswer: 'breaks-off',
  clientAbort: 'ends-call',
  upgrades: 'tunnelled',
  repeatedAnswer: 'whole',
  repeatedBody: 'sent',
  csrfCertificate: 'own',
  addedHeaders: 'in-any-case',
  subPaths: 'as-paths',
  proxyKeys: 'separated',
  locationRest: 'decoded-once',
  errorTexts: 'plain',
};
