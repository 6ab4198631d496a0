import { type Clock, ManualClock } from '../../src/core/clock.ts';
import type { Random } from '../../src/core/random.ts';
import type { FlavorName } from '../../src/external-system/flavors.ts';
import { createExternalSystemSites } from '../../src/external-system/system.ts';
import { type Ask, ask, serve, type Told } from './serve.ts';

const UUID = '0a3f9f0e-6a52-4b1c-9c1e-0123456789ab';

const fixedRandom: Random = { bytes: (length) => Buffer.alloc(length, 0x80), uuid: () => UUID };

/** An HTTPBin on a port of its own, and a way to ask it. */
export async function startHttpBin(
  clock: Clock = new ManualClock(0),
  flavor: FlavorName = 'go',
): Promise<{ port: number; ask: (request: Ask) => Promise<Told> }> {
  const port = await serve(createExternalSystemSites({ clock, random: fixedRandom, flavor }).http);
  return { port, ask: (request) => ask(port, request) };
}
