import { withoutPasswords } from '../core/url-passwords.ts';

declare const shown: unique symbol;

/** A URL as it may be shown, logged and kept: without user, password, query and fragment. Only `shownUrl` makes one, and `originOf`. */
export type ShownUrl = string & { readonly [shown]: true };

/** What is left of a URL when everything is gone that can hold a secret. Empty for what is no URL. */
export function shownUrl(url: string): ShownUrl {
  const { protocol, host, pathname } = URL.parse(url) ?? { protocol: '', host: '', pathname: '' };
  return (host === '' ? '' : `${protocol}//${host}${pathname === '/' ? '' : pathname}`) as ShownUrl;
}

/** A text in which URLs have lost their passwords and queries. */
export const shownText = (text: string): string => withoutPasswords(text).replace(query, '?…');

const query = /\?[\w.~%+-]+=[^\s"']*/g;
