import { Command, type CommanderError } from 'commander';
import { userError } from '../core/errors.ts';
import { version } from '../core/version.ts';
import type { CommandContext } from './command.ts';
import { exitCodeMeanings } from './exit-codes.ts';
import { addConfigFlags, clientOptions, givenFlags } from './flags.ts';

const footer = `
Exit codes:
${exitCodeMeanings.map(([code, meaning]) => `  ${String(code).padEnd(4)} ${meaning}`).join('\n')}`;

const optionNote = `
Every option can also be given as an environment variable (--gateway-port: KYMULATOR_GATEWAY_PORT) or in
kymulator.yaml (gatewayPort: 9443). Flags win over the environment, the environment over the file.`;

/**
 * The commands. Each is loaded when it runs, so that a small one does not pay for the server.
 * Parsing throws commander's `CommanderError` when help or the version was asked for, and otherwise on wrong usage
 * UserError `USAGE`.
 */
export function createProgram(context: CommandContext): Command {
  const program = new Command('kymulator')
    .description('A Kyma control plane in one process.')
    .version(version, '-V, --version', 'Print the version')
    .helpOption('-h, --help', 'Print help for a command')
    .helpCommand('help [command]', 'Print help for a command')
    .addHelpText('after', `\nOptions of each command: kymulator COMMAND --help\n${footer}`)
    .configureOutput({
      writeOut: (text) => context.stdout.write(text),
      writeErr: () => {},
      getOutHelpWidth: () => context.stdout.columns ?? 100,
      getOutHasColors: () => context.stdout.isTTY === true,
    });

  const client = (command: Command) => addConfigFlags(command, clientOptions);

  addConfigFlags(program.command('up', { isDefault: true }))
    .description('Start an instance and keep it running until Ctrl+C (the default command)')
    .option('--print-config', 'Print every setting and where it comes from, and stop')
    .addHelpText('after', optionNote)
    .action(async (options: { printConfig?: boolean }, command: Command) => {
      const flags = givenFlags(command);
      if (options.printConfig) await (await import('./commands/config.ts')).configPrint(context, flags);
      else await (await import('./commands/up.ts')).up(context, flags);
    });

  client(program.command('connect'))
    .description('Pair an application: fetch a token, make a key, get a client certificate')
    .argument('<application>', 'Name of the application; made when it is missing')
    .option('--out <folder>', 'Folder for the files (default: certs/APPLICATION)')
    .option('--key-size <bits>', 'Bits of a new RSA key: 2048, 3072 or 4096 (default: 2048)')
    .option('--new-key', 'Replace the key of an earlier pairing')
    .action(
      async (application: string, options: { out?: string; keySize?: string; newKey?: boolean }, command: Command) => {
        const { out, keySize = '2048', newKey = false } = options;
        const { connect } = await import('./commands/connect.ts');
        await connect(context, givenFlags(command), application, { out, keySize, newKey });
      },
    );

  client(program.command('token'))
    .description('Print a single-use token URL for an application')
    .argument('<application>', 'Name of the application; made when it is missing')
    .option('-q, --quiet', 'Print nothing but the URL')
    .action(async (application: string, { quiet = false }: { quiet?: boolean }, command: Command) => {
      await (await import('./commands/token.ts')).token(context, givenFlags(command), application, { quiet });
    });

  client(program.command('ca'))
    .description('Tell where the CA certificate is and how to trust it')
    .option('--pem', 'Print nothing but the certificate')
    .action(async ({ pem = false }: { pem?: boolean }, command: Command) => {
      await (await import('./commands/ca.ts')).ca(context, givenFlags(command), { pem });
    });

  client(program.command('wait'))
    .description('Wait until the instance is ready')
    .option('--timeout <duration>', 'How long to wait at most (default: 30s)')
    .action(async ({ timeout = '30s' }: { timeout?: string }, command: Command) => {
      await (await import('./commands/wait.ts')).wait(context, givenFlags(command), { timeout });
    });

  addConfigFlags(program.command('kubeconfig'), ['certsDir', 'kubeconfig', 'logLevel'])
    .description('Print the kubeconfig of the instance; with --kubeconfig, merge it into that file')
    .action(async (_options: object, command: Command) => {
      await (await import('./commands/kubeconfig.ts')).kubeconfig(context, givenFlags(command));
    });

  const config = program.command('config').description('Show the configuration, or the schema of kymulator.yaml');
  addConfigFlags(config.command('print', { isDefault: true }))
    .description('Print every setting and where it comes from')
    .action(async (_options: object, command: Command) => {
      await (await import('./commands/config.ts')).configPrint(context, givenFlags(command));
    });
  config
    .command('schema')
    .description('Print the JSON Schema of kymulator.yaml')
    .action(async () => (await import('./commands/config.ts')).configSchemaPrint(context));

  for (const command of [program, ...program.commands, ...config.commands]) sayWhereHelpIs(command);
  return program;
}

/** What the user has to look up is in the help of the command, not in that of the whole. */
function sayWhereHelpIs(command: Command): void {
  command.exitOverride((error: CommanderError) => {
    if (error.exitCode === 0) throw error;
    const problem = error.message.replace(/^error: /, '');
    throw userError('USAGE.parsing', { problem, command: fullName(command) });
  });
}

const fullName = (command: Command): string =>
  command.parent ? `${fullName(command.parent)} ${command.name()}` : command.name();
