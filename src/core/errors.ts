import { type MessageKey, type MessageText, messageAt, type UserErrorCode } from './user-errors/catalogue.ts';
import { fillIn, type ValuesFor } from './user-errors/entry.ts';

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

/**
 * Something that a person can put right: configuration, files, ports, a pairing that was refused. Reported without a
 * stack trace. docs/errors.md has a section for each code.
 */
export class UserError extends DomainError {
  declare readonly code: UserErrorCode;

  private constructor(code: UserErrorCode, message: string, options?: ErrorOptions) {
    super(code, message, options);
  }

  /** Use `userError`. */
  static from<Key extends MessageKey>(
    key: Key,
    values: ValuesFor<MessageText<Key>>,
    options?: ErrorOptions,
  ): UserError {
    const { code, text } = messageAt(key);
    return new UserError(code, fillIn(text, values), options);
  }
}

/**
 * An error of the catalogue in core/user-errors/, the only place where these have their texts.
 * @param key its code, or `CODE.name` where that has several texts
 * @param values for the names in braces of the text
 */
export const userError = UserError.from;

/** The text of anything thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** The `code` of anything thrown, as Node and our own errors carry it. */
export function codeOf(thrown: unknown): string | undefined {
  if (typeof thrown !== 'object' || thrown === null || !('code' in thrown)) return undefined;
  return typeof thrown.code === 'string' ? thrown.code : undefined;
}
