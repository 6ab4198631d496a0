import type { Capability } from '../foundation/capability.ts';
import type { Foundation } from '../foundation/foundation.ts';
import { type ControlOptions, createControlSite, sendRefusal } from './site.ts';

/** What the control API reads of the instance's settings. */
export interface ControlCapabilitySettings {
  readonly controlPort: number;
}

/** Readiness, and what the command line asks a running instance. On loopback only. */
export async function createControl(
  { settings, store, log }: Foundation<ControlCapabilitySettings>,
  instance: Omit<ControlOptions, 'store' | 'log'>,
): Promise<Capability> {
  const site = await createControlSite({ store, log, ...instance });
  return {
    name: 'control',
    edges: [
      {
        name: 'control',
        flag: '--control-port',
        callers: 'machine',
        port: settings.controlPort,
        serves: 'readiness, CA certificate, command line',
        reserved: true,
        site,
        sendRefusal,
      },
    ],
    close: () => site.close(),
  };
}
