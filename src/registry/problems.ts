import { withoutPasswords } from '../core/url-passwords.ts';
import { formatGo } from '../go/format.ts';
import { KymaError } from '../kyma/errors.ts';
import type { Generation } from './generations.ts';
import { type Context, type Problem, texts } from './texts.ts';

export type Details = Readonly<Record<string, string>>;

/** The refusals of one generation. */
export interface Problems {
  /** A refusal; `details` fill the words in braces. */
  of(problem: Problem, details?: Details, options?: ErrorOptions): KymaError;
  /**
   * Runs a step of a larger operation, so that what goes wrong in it says in which operation it did.
   * @throws what the step throws, a KymaError with the context put before its text
   */
  within<T>(context: Context, details: Details, step: () => Promise<T>): Promise<T>;
  /** The refusal as it is told to the client: internal errors masked, no password in any URL. */
  told(error: KymaError): KymaError;
}

export interface ProblemOptions {
  readonly generation: Generation;
  readonly quirks: boolean;
  readonly detailedErrorResponse: boolean;
}

const INTERNAL = 'Internal error.';

/** Texts that upstream formats once when they are made, besides once per context. (metadata-service §17.4) */
const formattedTwice: ReadonlySet<Problem> = new Set(['SERVICE_UNKNOWN', 'APPLICATION_UNKNOWN']);

export function problemsOf({ generation, quirks, detailedErrorResponse }: ProblemOptions): Problems {
  const { problems, contexts } = texts[generation.texts];
  const damages = quirks && generation.id !== 'G0';
  const reformat = damages ? formatGo : (text: string) => text;
  return {
    of(problem, details = {}, options) {
      const [status, template] = problems[problem];
      const text = filled(template, details);
      return new KymaError(problem, status, formattedTwice.has(problem) ? reformat(text) : text, options);
    },
    async within(context, details, step) {
      try {
        return await step();
      } catch (error) {
        if (!(error instanceof KymaError) || contexts[context] === '') throw error;
        const text = `${filled(contexts[context], details)}, ${reformat(error.message)}`;
        throw new KymaError(error.code, error.status, text, { cause: error });
      }
    },
    told(error) {
      // Kyma masks passwords from 1.10 on; one in an error helps nobody before that either. (metadata-service §4)
      const masked = error.status === 500 && generation.masksInternalErrors && !detailedErrorResponse;
      return new KymaError(error.code, error.status, masked ? INTERNAL : withoutPasswords(error.message), {
        cause: error,
      });
    },
  };
}

const filled = (template: string, details: Details) =>
  template.replace(/\{(\w+)\}/g, (_, name: string) => details[name] ?? '');
