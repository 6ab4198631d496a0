import { printConfig } from '../../config/print.ts';
import type { GivenFlags } from '../../config/resolve.ts';
import { configSchema } from '../../config/schema.ts';
import type { CommandContext } from '../command.ts';

export async function configPrint(context: CommandContext, flags: GivenFlags): Promise<void> {
  context.stdout.write(printConfig(await context.settings(flags)));
}

export async function configSchemaPrint(context: CommandContext): Promise<void> {
  context.stdout.write(`${JSON.stringify(configSchema(), undefined, 2)}\n`);
}
