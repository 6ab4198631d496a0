// The bundler puts this one member into the command line's file.
import manifest from '../../package.json' with { type: 'json' };

export const version: string = manifest.version;
