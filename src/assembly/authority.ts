import type { Settings } from '../config/options.ts';
import { publishedAuthority } from '../connector/authority-secret.ts';
import { systemClock } from '../core/clock.ts';
import type { Foundation } from '../foundation/foundation.ts';
import { type LoadedAuthority, loadAuthority } from '../pki/authority-store.ts';

/** The authority of the instance: that of its data, which all instances on one store share. */
export async function instanceAuthority({
  settings,
  release,
  store,
  clock,
  random,
  log,
}: Omit<Foundation<Settings>, 'authority' | 'urls'>): Promise<Omit<LoadedAuthority, 'warnings'>> {
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
