import { redact } from '../../src/core/redact.ts';
import { withoutPassword, withoutPasswords } from '../../src/core/url-passwords.ts';
import { readClientCertificate } from '../../src/gateway/login/certificate.ts';
import { firstPemBlock, pemBlocks } from '../../src/pki/pem.ts';
import { parseFieldSelector, parseLabelSelector } from '../../src/store/selectors.ts';
import { repeated, row, testGrowth } from './growth.ts';

const all = (text: string) => [...pemBlocks(text)];
const pair = (text: string) => readClientCertificate(text, text);
const endsOnce = (begin: string, end: string) => (size: number) => `${repeated(begin)(size)}${end}`;

testGrowth([
  row({ rule: 'passwords in a text: words with dots', input: repeated('a.'), read: withoutPasswords }),
  row({ rule: 'passwords in a text: schemes', input: repeated('a://b:'), read: withoutPasswords }),
  row({ rule: 'passwords in a text: schemes of many letters', input: repeated('aaa:://'), read: withoutPasswords }),
  row({ rule: 'password of a URL: colons', input: (size) => `a://${':'.repeat(size)}`, read: withoutPassword }),

  row({ rule: 'PEM: beginnings', input: repeated('-----BEGIN X-----\n'), read: all }),
  row({ rule: 'PEM: beginnings in one line', input: repeated('-----BEGIN X-----'), read: all }),
  row({ rule: 'PEM: beginnings and one end', input: endsOnce('-----BEGIN X-----\n', '-----END X-----'), read: all }),
  row({ rule: 'PEM: beginnings that look like headers', input: repeated('-----BEGIN X:-----\n'), read: all }),
  row({
    rule: 'PEM: beginnings that look like headers, before a body that is none',
    input: (size) =>
      `${repeated('-----BEGIN X:-----\n')(size)}\n${'*'.repeat(size)}\n-----END X:-----${' '.repeat(size)}`,
    read: all,
  }),
  row({
    rule: 'PEM: an end with blanks and something behind them',
    input: (size) =>
      `${repeated('-----BEGIN X:-----\n')(size)}\nQUJD\n-----END X:-----${' '.repeat(size)}x${' '.repeat(size)}`,
    read: all,
  }),
  row({ rule: 'PEM: headers', input: endsOnce('-----BEGIN X-----\n', 'a: b\n'.repeat(10)), read: all }),
  row({ rule: 'PEM: tabs', input: (size) => `-----BEGIN X-----${'\t'.repeat(size)}x`, read: firstPemBlock }),
  row({ rule: 'PEM: blocks', input: repeated('-----BEGIN X-----\nQUJD\n-----END X-----\n'), read: all }),
  row({ rule: 'PEM: ends', input: repeated('-----END X-----\n'), read: all }),
  row({ rule: 'client certificate: beginnings', input: repeated('-----BEGIN X-----\n'), read: pair }),

  row({ rule: 'log: private keys without an end', input: repeated('-----BEGIN PRIVATE KEY-----'), read: redact }),
  row({
    rule: 'log: private keys of other ends',
    input: repeated('-----BEGIN PRIVATE KEY----------END '),
    read: redact,
  }),
  row({ rule: 'log: beginnings', input: repeated('-----BEGIN A '), read: redact }),
  row({ rule: 'log: members without values', input: repeated('"token":'), read: redact }),
  row({ rule: 'log: lists of secrets', input: repeated('"token":["a",'), read: redact }),
  row({ rule: 'log: long lists of secrets', input: (size) => `"cookie":[${'"a",'.repeat(size / 4)}`, read: redact }),
  row({ rule: 'log: members in a text', input: repeated('\\"token\\"  :  '), read: redact }),
  row({ rule: 'log: blanks in a member', input: (size) => `\\"token\\"${' '.repeat(size)}`, read: redact }),
  row({ rule: 'log: tokens of a query', input: repeated('access_token%3D'), read: redact }),
  row({ rule: 'log: credentials', input: repeated('bearer '), read: redact }),
  row({ rule: 'log: credentials with blanks', input: (size) => `bearer${' '.repeat(size)}`, read: redact }),
  row({ rule: 'log: small credentials', input: (size) => `basic ${'a'.repeat(size)}`, read: redact }),
  row({ rule: 'log: backslashes', input: (size) => `"token":"${'\\'.repeat(size)}`, read: redact }),

  row({ rule: 'label selector: commas', input: repeated('a,'), read: parseLabelSelector }),
  row({ rule: 'label selector: parentheses', input: repeated('a in (,'), read: parseLabelSelector }),
  row({ rule: 'label selector: values', input: (size) => `a in (${'b,'.repeat(size / 2)})`, read: parseLabelSelector }),
  row({ rule: 'label selector: blanks', input: (size) => `a${' '.repeat(size)}x`, read: parseLabelSelector }),
  row({ rule: 'label selector: a long key', input: (size) => `${'a-'.repeat(size / 2)}`, read: parseLabelSelector }),
  row({
    rule: 'label selector: a long value',
    input: (size) => `a=${'b-'.repeat(size / 2)}`,
    read: parseLabelSelector,
  }),
  row({
    rule: 'label selector: requirements for one label, asked about many labels',
    input: (size) => Array.from({ length: size / 8 }, (_, at) => `k${at}!=x`),
    read: (parts) => {
      const matches = parseLabelSelector(parts.join());
      for (let count = 0; count < 10; count++) matches({ tier: 'gold', k1: 'y' });
    },
  }),
  row({
    rule: 'field selector: requirements',
    input: repeated('metadata.name!=a,'),
    read: (text: string) => parseFieldSelector(`${text}a`),
  }),
  row({ rule: 'field selector: equals signs', input: repeated('='), read: parseFieldSelector }),
]);
