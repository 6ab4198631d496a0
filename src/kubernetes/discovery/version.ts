import { version } from '../../core/version.ts';

/** The Kubernetes release that we behave like. (kubernetes-api §1.2) */
export const serverVersion = {
  major: '1',
  minor: '32',
  gitVersion: `v1.32.4+kymulator.${version}`,
  gitCommit: '',
  gitTreeState: 'clean',
  buildDate: '2025-04-22T15:56:15Z',
  goVersion: 'go1.23.6',
  compiler: 'gc',
  platform: 'linux/amd64',
} as const;
