/** Cookies as the original gateway reads and writes them. (application-gateway §6, §23.8) */
export interface Cookie {
  readonly name: string;
  readonly value: string;
  readonly quoted: boolean;
}

const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** Printable ASCII without double quote, semicolon and backslash. */
const plainValue = /^[ !#-:<-[\]-~]*$/;
const strangeBytes = /[^ !#-:<-[\]-~]/g;

/** The name and value of each `Set-Cookie`; malformed ones are left out. */
export const readSetCookies = (lines: readonly string[]): Cookie[] =>
  lines.flatMap((line) => {
    const pair = line.split(';', 1)[0] ?? '';
    return pair.includes('=') ? readPair(pair) : [];
  });

const readCookies = (lines: readonly string[]): Cookie[] =>
  lines.flatMap((line) => line.split(';').flatMap((pair) => readPair(pair)));

function readPair(pair: string): Cookie[] {
  const equals = pair.indexOf('=');
  const name = (equals < 0 ? pair : pair.slice(0, equals)).trim();
  const written = equals < 0 ? '' : pair.slice(equals + 1).trim();
  const quoted = written.length > 1 && written.startsWith('"') && written.endsWith('"');
  const value = quoted ? written.slice(1, -1) : written;
  return token.test(name) && plainValue.test(value) ? [{ name, value, quoted }] : [];
}

/**
 * One `Cookie` value: those of the token endpoint first, the newest answer before older ones, then the client's of
 * other names.
 * @param fetched the cookies of each answer of the token endpoint, oldest first
 */
export function mergeCookies(fetched: readonly (readonly Cookie[])[], client: readonly string[]): string {
  let cookies = readCookies(client);
  for (const answer of fetched) {
    const names = new Set(answer.map(({ name }) => name));
    const seen = new Set<string>();
    cookies = [
      ...answer,
      ...cookies.filter(({ name }) => !names.has(name) && !seen.has(name) && Boolean(seen.add(name))),
    ];
  }
  return cookies.map(write).join('; ');
}

function write({ name, value, quoted }: Cookie): string {
  const clean = value.replace(strangeBytes, '');
  return quoted || /[ ,]/.test(clean) ? `${name}="${clean}"` : `${name}=${clean}`;
}
