import { publishedAuthority } from '../connector/authority-secret.ts';
import { systemClock } from '../core/clock.ts';
import { type LoadedAuthority, loadAuthority } from '../pki/authority-store.ts';
import type { Foundation } from './foundation.ts';

/** The authority of the instance: that of its data, which all instances on one store share. */
export async function instanceAuthority(foundation: Foundation): Promise<Omit<LoadedAuthority, 'warnings'>> {
  const { settings, release, store, clock, random, log } = foundation;
  const { warnings, ...loaded } = await loadAuthority(
    {
      published: publishedAuthority(store, release),
      folder: settings.ephemeral ? undefined : settings.certsDir,
      ownFolder: settings.ephemeral ? undefined : settings.dataDir,
      certificateFile: settings.caCert,
      keyFile: settings.caKey,
      rootFile: settings.rootCaCert,
    },
    [clock.now(), systemClock.now()],
    random,
  );
  for (const warning of warnings) log.warn(warning);
  return loaded;
}
