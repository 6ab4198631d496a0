import { lookAhead } from './look-ahead.ts';

const SCHEME_END = '://';
const schemeCharacter = /[A-Za-z0-9+.-]/;
const user = /[^\s/:@"']*:/y;
/** What no user and password have in them: what is before it, up to an `@`, is them. */
const afterCredentials = /[\s@"']/g;

/**
 * A text in which every `scheme://user:password@` has become `scheme://***:***@`. Goes through the text once, however
 * many words of it look like the beginning of one.
 */
export function withoutPasswords(text: string): string {
  const nextEnd = lookAhead((from) => {
    afterCredentials.lastIndex = from;
    return afterCredentials.exec(text)?.index ?? text.length;
  });
  const kept: string[] = [];
  let from = 0;
  for (let mark = text.indexOf(SCHEME_END); mark >= 0; mark = text.indexOf(SCHEME_END, mark + 1)) {
    const start = mark + SCHEME_END.length;
    user.lastIndex = start;
    if (mark < from || !schemeCharacter.test(text[mark - 1] ?? '') || !user.test(text)) continue;
    const end = nextEnd(start);
    if (text[end] !== '@') continue;
    kept.push(text.slice(from, start), '***:***@');
    from = end + 1;
  }
  return kept.length === 0 ? text : kept.join('') + text.slice(from);
}

/** One URL as it may be shown: its user stays. */
export const withoutPassword = (url: string) => url.replace(/^([a-z][a-z0-9+.-]*:\/\/[^/?#@:]*):[^/?#]*@/i, '$1:***@');
