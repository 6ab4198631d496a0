const standardAlphabet = /^[A-Za-z0-9+/]*={0,2}$/;

/**
 * Strict base64: standard alphabet with padding; line breaks are skipped, anything else is refused.
 * (connector-service §2.3)
 * @returns undefined for anything that is not that
 */
export function decodeBase64(text: string): Buffer | undefined {
  const joined = text.includes('\n') || text.includes('\r') ? text.replace(/[\r\n]/g, '') : text;
  if (joined.length % 4 !== 0 || !standardAlphabet.test(joined)) return undefined;
  return Buffer.from(joined, 'base64');
}
