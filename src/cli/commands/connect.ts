import type { KeyObject } from 'node:crypto';
import { resolve } from 'node:path';
import type { GivenFlags } from '../../config/resolve.ts';
import { userError } from '../../core/errors.ts';
import { askCertificate } from '../../pairing/certificate.ts';
import { connectorConnection } from '../../pairing/connection.ts';
import { readInformation } from '../../pairing/information.ts';
import { keyPem, newKey, readKey } from '../../pairing/key.ts';
import { applicationName } from '../application-name.ts';
import type { CommandContext } from '../command.ts';
import { pairingFiles, writePem } from '../pairing-files.ts';
import { shellWord, shownPath } from '../paths.ts';
import { requestToken } from '../token-request.ts';

export interface ConnectOptions {
  /** Folder for the files. Absent: a folder with the application's name in the folder for certificates. */
  readonly out?: string | undefined;
  /** Bits of a new key, as text. */
  readonly keySize: string;
  /** Replace the key of an earlier pairing. */
  readonly newKey: boolean;
}

/** Pairs an application: token, signing information, key, signing request, certificate files. */
export async function connect(
  context: CommandContext,
  flags: GivenFlags,
  application: string,
  options: ConnectOptions,
): Promise<void> {
  const { settings } = await context.settings(flags);
  const name = applicationName(application);
  const bits = keySize(options.keySize);
  const folder = resolve(context.cwd, options.out ?? resolve(settings.certsDir, name));
  const files = pairingFiles(folder, name);
  const shown = (path: string) => shownPath(path, context.cwd);
  const say = (step: string, text: string) => context.stdout.write(`${step.padEnd(12)} ${text}\n`);

  // Before anything is asked of the instance, so that a bad key costs no token.
  const keptPem = options.newKey ? undefined : await context.readFile(files.key);
  const kept = keptPem === undefined ? undefined : keptKey(keptPem, shown(files.key));

  const control = await context.control(flags);
  const { url, from, instance, created } = await requestToken(control, name);
  say('Application', created ? `${name}, made now` : name);
  say('Token', `from ${from}`);
  using connector = connectorConnection(instance.ca);
  const information = await readInformation(url, connector);
  say('Subject', information.subjectText);

  const key = kept ?? (await newKey(bits));
  const issued = await askCertificate(information, key, connector);

  if (!kept) await writePem(files.key, keyPem(key), { secret: true });
  await writePem(files.certificate, issued.leaf);
  await writePem(files.chain, issued.chain);
  await writePem(files.ca, instance.ca);
  say('Key', `${shown(files.key)} (${kept ? 'kept' : `new, RSA ${bits}`})`);
  say('Certificate', `${shown(files.certificate)} (valid until ${issued.validTo.toISOString().slice(0, 10)})`);
  say('Chain', shown(files.chain));
  say('CA', shown(files.ca));

  const { metadataUrl } = information.urls;
  if (!metadataUrl) return;
  const [certificate, keyFile, ca] = [files.certificate, files.key, files.ca].map((path) => shellWord(shown(path)));
  const target = shellWord(metadataUrl);
  context.stdout.write(
    `\nList the services of ${name}:\n\n  curl --cert ${certificate} --key ${keyFile} --cacert ${ca} ${target}\n`,
  );
}

function keySize(given: string): number {
  if (['2048', '3072', '4096'].includes(given)) return Number(given);
  throw userError('USAGE.keySize', { given });
}

function keptKey(pem: string, file: string): KeyObject {
  const key = readKey(pem);
  if (!key) throw userError('KEY_INVALID.file', { file });
  return key;
}
