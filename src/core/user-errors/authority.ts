import type { Entries } from './entry.ts';

export const authority = {
  CA_INVALID: {
    when: 'The certificate authority that is kept in the folder for certificates, or that you bring with `--ca-cert`, `--ca-key` and `--root-ca-cert`, cannot do its work.',
    message: {
      half: 'an own authority takes both --ca-cert and --ca-key; only one of them is given',
      absent: '{file} does not exist',
      unreadable: '{file} cannot be read: {reason}',
      form: '{file} is not {expected}',
      incomplete:
        '{missing} does not exist, but the authority needs it together with {present}. Bring it back, or remove both to have a new authority made (certificates of the old one are then refused)',
      keyType: '{key} holds no RSA key; the authority signs with RSA',
      mismatch: '{key} is not the key of {certificate}',
      leaf: '{certificate} is not the certificate of an authority (basicConstraints CA:TRUE is missing)',
      weak: '{key} is an RSA key of {bits} bits, and TLS clients take none below {least} for an authority. {remedy}',
      expired: '{certificate} has expired: it is valid from {from} to {to}, and now is {now}. {remedy}',
      early: '{certificate} is not valid yet: it is valid from {from} to {to}, and now is {now}. {remedy}',
      root: '{root} ({rootSubject}) has not issued the certificate of the authority ({subject}). {remedy}',
    },
    remedy:
      'Bring files that fit, or remove `ca.crt` and `ca.key` from the folder for certificates to have a new authority made; clients must then trust the new one and pair again.',
  },
} as const satisfies Entries;
