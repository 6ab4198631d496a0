import type { Entries } from './entry.ts';

export const pairing = {
  URL_INVALID: {
    when: 'An address that is to be asked, given by you or by the Connector Service, is no URL.',
    message: '"{url}" is no URL',
    remedy: 'Correct the address; it begins with `http://` or `https://`.',
    exit: 'failed',
  },
  NO_ANSWER: {
    when: 'A service cannot be reached, or its certificate is not to be trusted.',
    message: 'no answer from {url}: {reason}',
    remedy:
      'Look whether the instance still runs, and whether its certificate covers the host name (`--host-name` of `up` adds one).',
    exit: 'unreachable',
  },
  TOKEN_ENDPOINT_MISSING: {
    when: 'The simulated release has no Connector Service.',
    message: 'Kyma {release} has no token endpoint; start the instance with --kyma 2.2 or older',
    remedy: 'Choose a release up to 2.2, or `latest`.',
    exit: 'failed',
  },
  TOKEN_REFUSED: {
    when: 'The Connector Service gives no token for an application.',
    message: 'the Connector Service gave no token for "{application}": {answer} ({url})',
    remedy: "The answer is the Connector Service's own, as Kyma gives it.",
    exit: 'failed',
  },
  INFORMATION_REFUSED: {
    when: 'The Connector Service refuses the token with which signing information is asked for. A token is good for one use and some minutes.',
    message: 'the signing information was refused: {answer}\nPair again for a new token',
    remedy: 'Pair again: that asks for a new token.',
    exit: 'failed',
  },
  INFORMATION_UNREADABLE: {
    when: 'What was answered as signing information does not say where to send a signing request, or for which subject.',
    message: 'the signing information from {url} has no "csrUrl" or no readable "certificate.subject"',
    remedy: 'Look whether the address is that of a Connector Service.',
    exit: 'failed',
  },
  SIGNING_REFUSED: {
    when: 'The Connector Service does not sign the request for a certificate.',
    message:
      'the Connector Service refused the signing request: {answer}\nPair again for a new token; if the key is the matter, take a new one (--new-key)',
    remedy: 'The answer says what is wrong with the request: the subject, the key, or the token.',
    exit: 'failed',
  },
  CERTIFICATE_MISSING: {
    when: 'The answer to a signing request has no certificate in it.',
    message: 'the Connector Service answered without a certificate in "crt"',
    remedy: 'Look whether the address is that of a Connector Service.',
    exit: 'failed',
  },
  CERTIFICATE_FOREIGN: {
    when: 'The certificate that came back belongs to another key.',
    message: 'the Connector Service issued a certificate for another key than the one that was sent',
    remedy: 'Pair again; a proxy between may have mixed up answers.',
    exit: 'failed',
  },
  KEY_INVALID: {
    when: 'The private key of a pairing is none, is encrypted, or is not RSA, which is all that the Connector Service signs.',
    message: {
      file: '{file} is not an RSA private key without password; move it away, or make another with --new-key (this replaces the file)',
      option: 'no key: the option "key" must be the PEM text of an RSA private key without password',
    },
    remedy: 'Use an RSA key of 2048 bits or more without password, in PEM, or have a new one made.',
    exit: 'failed',
  },
} as const satisfies Entries;
