const standardAlphabet = /^[A-Za-z0-9+/]*={0,2}$/;

/**
 * Strict base64, as Go's decoder has it: standard alphabet with padding; line breaks are skipped, anything else is
 * refused. (connector-service §2.3)
 * @returns undefined for anything that is not that
 */
export function decodeBase64(text: string): Buffer | undefined {
  const joined = withoutBreaks(text);
  return isStrict(joined) ? Buffer.from(joined, 'base64') : undefined;
}

/** Whether a text is what `decodeBase64` takes. */
export const isBase64 = (text: string) => isStrict(withoutBreaks(text));

/** The URL-safe alphabet with padding, Go's `URLEncoding`. */
export const encodeBase64Url = (content: Buffer) =>
  content.toString('base64').replaceAll('+', '-').replaceAll('/', '_');

const withoutBreaks = (text: string) =>
  text.includes('\n') || text.includes('\r') ? text.replace(/[\r\n]/g, '') : text;

const isStrict = (joined: string) => joined.length % 4 === 0 && standardAlphabet.test(joined);
