import { userError } from '../core/errors.ts';
import { errorText, exchange, jsonObject } from '../http/exchange.ts';
import { shownUrl } from '../http/shown-url.ts';
import type { SubjectAttribute } from '../pki/subject.ts';
import type { ConnectorConnection } from './connection.ts';
import { parseSubject } from './subject.ts';

/** What a client learns with its token: how to ask for a certificate, and where the APIs are. */
export interface SigningInformation {
  readonly csrUrl: string;
  readonly subject: readonly SubjectAttribute[];
  /** The subject as it was sent. */
  readonly subjectText: string;
  /** The member `api`: addresses by their name, such as `metadataUrl`. */
  readonly urls: Readonly<Record<string, string>>;
}

const objectOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? { ...value } : {};

/**
 * Spends the token of the URL. (connector-service §3.2, §4.3)
 * @throws UserError `INFORMATION_REFUSED`, `INFORMATION_UNREADABLE`, or what an exchange throws
 */
export async function readInformation(
  tokenUrl: string,
  { ca, agent }: ConnectorConnection,
): Promise<SigningInformation> {
  const answer = await exchange(tokenUrl, { ca, agent });
  if (answer.status !== 200) throw userError('INFORMATION_REFUSED', { answer: errorText(answer) });
  const { csrUrl, certificate, api } = jsonObject(answer) ?? {};
  const subjectText = objectOf(certificate).subject;
  const subject = typeof subjectText === 'string' ? parseSubject(subjectText) : undefined;
  if (typeof csrUrl !== 'string' || typeof subjectText !== 'string' || subject === undefined) {
    throw userError('INFORMATION_UNREADABLE', { url: shownUrl(tokenUrl) });
  }
  const urls = Object.entries(objectOf(api)).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  return { csrUrl, subject, subjectText, urls: Object.fromEntries(urls) };
}
