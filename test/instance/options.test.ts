import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ManualClock } from '../../src/core/clock.ts';
import { silentLogger } from '../../src/core/log.ts';
import { type KymulatorOptions, startKymulator } from '../../src/kymulator.ts';
import { start, temporaryFolder } from '../support/instance.ts';

// As plain JavaScript can call it.
const startWith = (options: unknown) => startKymulator(options as KymulatorOptions);

test.each<[unknown, string]>([
  [{ clock: {} }, 'option clock lacks now, after; expected systemClock or a ManualClock'],
  [{ clock: Date }, 'option clock lacks after;'],
  [{ clock: null }, 'option clock lacks now, after;'],
  [{ random: { bytes() {} } }, 'option random lacks uuid; expected systemRandom'],
  [{ log: 'info' }, 'option log lacks trace, debug, info, warn, error, fatal, child;'],
  [{ log: { ...silentLogger, child: 1 } }, 'option log lacks child;'],
  [{ store: {} }, 'option store lacks create, get, list,'],
  [{ log: {}, store: {} }, '2 problems in the configuration:'],
  [null, 'startKymulator() takes an object of options'],
  [5, 'startKymulator() takes an object of options'],
  [[], 'startKymulator() takes an object of options'],
  [{ dataDir: 'd', ephemeral: true }, 'option dataDir and ephemeral: true exclude each other'],
  [{ host: '' }, 'option host is ""'],
])('%j is refused with what is expected', async (options, text) => {
  await expect(startWith(options)).rejects.toThrow(
    expect.objectContaining({ code: 'CONFIG_INVALID', message: expect.stringContaining(text) }),
  );
});

test('a data folder alone keeps things on disk', async () => {
  const folder = await temporaryFolder();
  const instance = await start({ dataDir: join(folder, 'state'), certsDir: join(folder, 'certs') });
  expect(instance.settings.ephemeral).toBe(false);
  await access(join(folder, 'state/kymulator.db'));
  await access(join(folder, 'certs/ca.crt'));
});

test('the settings and the clock of an instance are good for another one', async () => {
  const clock = new ManualClock();
  const first = await start({ clock });
  const second = await start({ ...first.settings, clock });
  expect(second.settings).toEqual(first.settings);
});
