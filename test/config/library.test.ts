import { expect, test } from 'vitest';
import { librarySettings, type SettingsInput } from '../../src/config/library.ts';

test('the library starts in memory, silent, on free ports', () => {
  expect(librarySettings()).toMatchObject({
    ephemeral: true,
    logLevel: 'silent',
    internalPort: 0,
    connectorPort: 0,
    gatewayPort: 0,
    applicationGatewayPort: 0,
    applicationGatewayCompassPort: 0,
    applicationGatewayHealthPort: 0,
    controlPort: 0,
    externalSystemPort: 0,
    externalSystemTlsPort: 0,
    externalSystemExpiredPort: 0,
    externalSystem: true,
    kyma: 'latest',
  });
});

test('durations are milliseconds or texts', () => {
  expect(librarySettings({ appTokenTtl: -1, runtimeTokenTtl: '2m', proxyTimeout: 50 })).toMatchObject({
    appTokenTtl: -1,
    runtimeTokenTtl: 120_000,
    proxyTimeout: 50,
  });
});

test('an option that is undefined has its default', () => {
  expect(librarySettings({ kyma: undefined }).kyma).toBe('latest');
});

test('the settings of an instance are good for another one', () => {
  const settings = librarySettings({ kyma: '1.24', proxyTimeout: '3s', hostName: ['a'] });
  expect(librarySettings(settings)).toEqual(settings);
});

test.each([
  [{ dataDir: 'd' }, false],
  [{ certsDir: 'c' }, false],
  [{ dataDir: 'd', ephemeral: false }, false],
  [{ dataDir: undefined }, true],
])('a folder is named to keep things in: with %j nothing else has to be said', (input, ephemeral) => {
  expect(librarySettings(input).ephemeral).toBe(ephemeral);
});

// As plain JavaScript can call it.
const untyped = (input: object) => () => librarySettings(input as SettingsInput);

test.each([
  [{ gatwayPort: 1 }, 'unknown option gatwayPort; did you mean gatewayPort?'],
  [{ gatewayPort: '9443' }, 'option gatewayPort is "9443"; expected a port number, 0 to 65535'],
  [{ quirks: 1 }, 'option quirks is 1; expected true or false'],
  [{ kyma: 1.24 }, 'option kyma is 1.24; expected latest, or a Kyma release'],
  [{ proxyTimeout: -1 }, 'option proxyTimeout is -1; expected a duration'],
  [{ proxyTimeout: Number.NaN }, 'option proxyTimeout is null; expected a duration'],
  [{ logLevel: 'loud' }, 'option logLevel is "loud"; expected one of trace'],
  [{ dataDir: 'd', ephemeral: true }, 'option dataDir and ephemeral: true exclude each other'],
  [{ certsDir: 'c', ephemeral: true }, 'option certsDir and ephemeral: true exclude each other'],
  [{ host: '' }, 'option host is ""; expected an IP address or host name'],
  [{ hostName: ['a b'] }, 'option hostName is ["a b"]; expected host names or IP addresses'],
  [{ certificateValidity: 1e15 }, 'at most 36500d'],
  [{ caCert: 'a' }, 'option caCert needs option caKey'],
  [{ quirks: 1, gatwayPort: 1 }, '2 problems in the configuration:'],
])('%j is refused', (input, message) => {
  expect(untyped(input)).toThrow(message);
});
