import type { Entries } from './entry.ts';

export const kubeconfig = {
  KUBECONFIG_INVALID: {
    when: 'The file that `--kubeconfig` names is no kubeconfig, so that nothing can be put into it.',
    message: '{file} is no kubeconfig: {reason}. Mend it, or name another file with --kubeconfig.',
    remedy: 'The file stays as it is. Mend it, or name one that is not there yet.',
  },
  KUBECONFIG_UNWRITABLE: {
    when: 'The file that `--kubeconfig` names cannot be read or written.',
    message: '{file} cannot be written: {reason}',
    remedy: 'Name a file in a folder of yours.',
  },
  KUBECONFIG_MISSING: {
    when: 'The command `kubeconfig` finds none in the folder for certificates.',
    message:
      'there is no {file}: it is written when "{command} up" starts. An instance with --ephemeral writes none; start it with --kubeconfig FILE, or name its folder with --certs-dir.',
    remedy: 'Start an instance first, or name the folder that it uses.',
    exit: 'failed',
  },
} as const satisfies Entries;
