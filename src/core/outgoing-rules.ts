import { BlockList, isIP } from 'node:net';

/** Where calls that others can aim may go. */
export interface OutgoingRules {
  /**
   * @param host as a URL has it: a name, or an address
   * @param address to which the name leads; absent while nobody has looked
   */
  allows(host: string, address?: string): boolean;
}

/**
 * Where cloud machines tell their credentials to whoever asks from inside: link-local addresses, and those that some
 * clouds have elsewhere (Alibaba, Azure, Oracle; AWS, Google, OpenStack and Scaleway by IPv6).
 */
const metadataRanges = [
  ...['169.254.0.0/16', '100.100.100.200', '168.63.129.16', '192.0.0.192'],
  ...['fd00:ec2::/32', 'fd20:ce::254', 'fe80::a9fe:a9fe', 'fd00:42::42'],
];
const metadataNames = ['metadata.google.internal', 'metadata.goog', 'instance-data.ec2.internal'];

/** Words for ranges. What means "any address" leads to the machine itself. */
const words: Readonly<Record<string, readonly string[]>> = {
  loopback: ['127.0.0.0/8', '0.0.0.0/8', '::1', '::', 'localhost', '*.localhost'],
  private: [
    ...['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', '169.254.0.0/16'],
    ...['fc00::/7', 'fe80::/10'],
  ],
  metadata: [...metadataRanges, ...metadataNames],
};

export const outgoingRuleForm =
  'rules as texts: a host name, *.DOMAIN, an address, a range such as 10.0.0.0/8, loopback, private, metadata or *, with ! in front for what may not be called';

export const isOutgoingRule = (text: string): boolean => {
  const rule = text.replace(/^!/, '');
  return rule === '*' || Object.hasOwn(words, rule) || rangeOf(rule) !== undefined || isName(rule);
};

/**
 * What is refused is refused whatever else allows it. Rules that only refuse leave the rest allowed. Metadata services
 * are allowed by the word `metadata` alone, since no name or wider range is meant to lead there.
 * @param texts each an `isOutgoingRule`
 */
export function outgoingRules(texts: readonly string[]): OutgoingRules {
  const allowing = texts.filter((text) => !text.startsWith('!'));
  const allowed = matcher(allowing);
  const refused = matcher(texts.filter((text) => text.startsWith('!')).map((text) => text.slice(1)));
  const metadata = matcher(allowing.includes('metadata') ? [] : ['metadata']);
  const allowsAll = allowing.length === 0 || allowing.includes('*');
  return {
    allows(host, address) {
      const name = plainName(host);
      const at = isIP(name) ? name : address?.replace(/%.*/s, '');
      if (refused.name(name) || metadata.name(name)) return false;
      if (at === undefined) return true;
      if (refused.address(at) || metadata.address(at)) return false;
      return allowsAll || allowed.name(name) || allowed.address(at);
    },
  };
}

/** `[::1]` and `Example.COM.` as they are compared. */
const plainName = (host: string) =>
  host
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '');

function matcher(rules: readonly string[]) {
  const block = new BlockList();
  const names = new Set<string>();
  const domains: string[] = [];
  const isAll = rules.includes('*');
  for (const rule of rules.flatMap((text) => (Object.hasOwn(words, text) ? (words[text] ?? []) : [text]))) {
    const range = rangeOf(rule);
    if (range) addRange(block, range);
    else if (rule.startsWith('*.')) domains.push(rule.slice(1).toLowerCase());
    else names.add(plainName(rule));
  }
  return {
    name: (name: string) => isAll || names.has(name) || domains.some((domain) => name.endsWith(domain)),
    address: (address: string) => isAll || block.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4'),
  };
}

interface Range {
  readonly address: string;
  readonly bits: number;
  readonly version: 4 | 6;
}

function rangeOf(rule: string): Range | undefined {
  const [address = '', length, ...rest] = rule.split('/');
  const version = isIP(address);
  if ((version !== 4 && version !== 6) || rest.length > 0 || address.includes('%')) return undefined;
  const longest = version === 4 ? 32 : 128;
  const bits = length === undefined ? longest : Number(/^\d{1,3}$/.exec(length)?.[0] ?? Number.NaN);
  return bits <= longest ? { address, bits, version } : undefined;
}

/** An IPv4 range is meant in its IPv6 forms too: translated (NAT64), tunnelled (6to4), compatible; mapped ones are known. */
function addRange(block: BlockList, { address, bits, version }: Range): void {
  if (version === 6) {
    block.addSubnet(address, bits, 'ipv6');
    return;
  }
  const hex = address.split('.').map((byte) => Number(byte).toString(16).padStart(2, '0'));
  block.addSubnet(address, bits, 'ipv4');
  block.addSubnet(`64:ff9b::${address}`, 96 + bits, 'ipv6');
  block.addSubnet(`2002:${hex[0]}${hex[1]}:${hex[2]}${hex[3]}::`, 16 + bits, 'ipv6');
  // Below ::/8 stand ::1 and ::, which are no IPv4 addresses.
  if (!address.startsWith('0.')) block.addSubnet(`::${address}`, 96 + bits, 'ipv6');
}

const isName = (text: string) => /^(\*\.)?[\w-]+(\.[\w-]+)*\.?$/.test(text);
