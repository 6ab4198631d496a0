/** An escape of JSON: a pair of surrogates, one of them alone, or any other. */
const escapes = /\\(?:u[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2}|u[dD][89a-fA-F][\da-fA-F]{2}|.)/gs;
const LONE = String.raw`\ud800`.length;

/** A JSON text in which U+FFFD stands for surrogates without their other half, as Go reads it. */
export const withoutLoneSurrogates = (json: string): string =>
  /\\u[dD]/.test(json) ? json.replace(escapes, (found) => (found.length === LONE ? String.raw`\ufffd` : found)) : json;
