import { isIPv4, isIPv6 } from 'node:net';

const schemes = ['http', 'https', 'ftp', 'ws', 'wss', 'tcp', 'udp'];
const letter = 'A-Za-z0-9\\u00a1-\\uffff';
const hostName = new RegExp(`^[${letter}](?:[-_.${letter}]*[${letter}])?\\.?$`);
/** Underscores may stand anywhere but close to the end. */
const endsPlainly = new RegExp(`[${letter}]{2}\\.?$`);
const userInfo = /^[A-Za-z0-9\-._~:!$&'()*+,;=%@]+$/;
const badEscape = /%(?![0-9A-Fa-f]{2})/;

/** Whether a text passes for a URL at registration. Who reads it later may still refuse it. (metadata-service §6.3) */
export function isRegistrableUrl(text: string): boolean {
  const length = [...text].length;
  if (length < 4 || length > 2082 || /\s/.test(text)) return false;
  const [, scheme, rest = ''] = /^(?:([^:/?#]*):\/\/)?(.*)$/s.exec(text) ?? [];
  if (scheme !== undefined && !schemes.includes(scheme)) return false;

  const [authority = '', tail = ''] = splitAt(rest, rest.search(/[/?#]/));
  const [path = ''] = tail.split('?', 1);
  if (badEscape.test(path)) return false;
  const at = authority.lastIndexOf('@');
  if (at >= 0 && !userInfo.test(authority.slice(0, at))) return false;
  const [, host = '', port] = /^(.*?)(?::(\d{1,5}))?$/s.exec(authority.slice(at + 1)) ?? [];
  if (!isHost(host)) return false;
  // A lone word could be anything; with a scheme, a user or a port it is a host.
  return scheme !== undefined || port !== undefined || at >= 0 || rest.includes('.');
}

function isHost(host: string): boolean {
  if (host.startsWith('[')) return host.endsWith(']') && isIPv6(host.slice(1, -1));
  if (/^\d+(?:\.\d+){3}$/.test(host)) return isIPv4(host);
  return hostName.test(host) && (!host.includes('_') || endsPlainly.test(host));
}

const splitAt = (text: string, at: number) => (at < 0 ? [text] : [text.slice(0, at), text.slice(at)]);
