import { parseSubject, type SubjectPart } from '../../pairing/subject.ts';
import { failed } from '../failure.ts';
import { errorText, http, jsonObject, shownUrl } from '../http.ts';

/** What a client learns with its token: how to ask for a certificate, and where the APIs are. */
export interface SigningInformation {
  readonly csrUrl: string;
  readonly subject: readonly SubjectPart[];
  /** The subject as it was sent. */
  readonly subjectText: string;
  readonly metadataUrl: string | undefined;
}

const objectOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? { ...value } : {};

/**
 * Spends the token of the URL. (connector-service §3.2, §4.3)
 * @throws CommandError
 */
export async function readInformation(tokenUrl: string, ca: string): Promise<SigningInformation> {
  const answer = await http(tokenUrl, { ca });
  if (answer.status !== 200) {
    throw failed(`the signing information was refused: ${errorText(answer)}\nRun the command again for a new token`);
  }
  const { csrUrl, certificate, api } = jsonObject(answer) ?? {};
  const subjectText = objectOf(certificate).subject;
  const subject = typeof subjectText === 'string' ? parseSubject(subjectText) : undefined;
  if (typeof csrUrl !== 'string' || typeof subjectText !== 'string' || subject === undefined) {
    throw failed(
      `the signing information from ${shownUrl(tokenUrl)} has no "csrUrl" or no readable "certificate.subject"`,
    );
  }
  const { metadataUrl } = objectOf(api);
  return { csrUrl, subject, subjectText, metadataUrl: typeof metadataUrl === 'string' ? metadataUrl : undefined };
}
