/**
 * An error in domain terms. `code` is stable and is what programs test; the message is for people and says what was
 * wrong, where, and what to do. How it becomes an HTTP answer is decided by the edge that the client talks to.
 */
export class DomainError extends Error {
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
  }
}

/** The user's own input (configuration, files, ports) is wrong: reported without a stack trace, exit code 2. */
export class UserError extends DomainError {}

/** The text of anything thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** The `code` of anything thrown, as Node and our own errors carry it. */
export function codeOf(thrown: unknown): string | undefined {
  if (typeof thrown !== 'object' || thrown === null || !('code' in thrown)) return undefined;
  return typeof thrown.code === 'string' ? thrown.code : undefined;
}
