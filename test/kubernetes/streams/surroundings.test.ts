import { expect, test } from 'vitest';
import { podSurroundings } from '../../../src/kubernetes/streams/surroundings.ts';

test('a command finds the cluster behind its proxy, its own name, and nothing of the settings of this process', () => {
  const env = {
    PATH: '/bin',
    HTTPS_PROXY: 'http://proxy',
    all_proxy: 'http://proxy',
    KYMULATOR_CA_KEY: 'x',
    HOME: undefined,
  };
  const { environment, directory } = podSurroundings('web', {
    env,
    internalUrl: 'http://localhost:8080',
    directory: '/tmp',
  });
  expect(directory).toBe('/tmp');
  expect(environment).toEqual({
    PATH: '/bin',
    HOSTNAME: 'web',
    HTTP_PROXY: 'http://localhost:8080',
    http_proxy: 'http://localhost:8080',
    NO_PROXY: 'localhost,127.0.0.1,::1',
    no_proxy: 'localhost,127.0.0.1,::1',
  });
});
