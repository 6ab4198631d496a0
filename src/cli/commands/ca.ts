import type { GivenFlags } from '../../config/resolve.ts';
import type { CommandContext } from '../command.ts';
import { shellWord, shownPath } from '../paths.ts';

export interface CaOptions {
  /** Only the certificate, in PEM, on stdout. */
  readonly pem: boolean;
}

/** Tells where the CA certificate is and how common tools are made to trust it. */
export async function ca(context: CommandContext, flags: GivenFlags, { pem }: CaOptions): Promise<void> {
  const control = await context.control(flags);
  const instance = await control.instance();
  const certificate = `${instance.ca.trimEnd()}\n`;
  if (pem) {
    context.stdout.write(certificate);
    return;
  }
  // The instance may run elsewhere, in a container for one: its path counts only if the same file is here.
  const { caFile } = instance;
  const isHere = caFile !== undefined && (await context.readFile(caFile))?.trim() === instance.ca.trim();
  const file = shellWord(isHere ? shownPath(caFile, context.cwd) : 'kymulator-ca.crt');
  const url = `${control.base}/ca.crt`;
  const lines = [
    ...(isHere ? [`CA certificate  ${file}`] : []),
    `URL             ${url}`,
    ...(isHere ? [] : [`Save it with    curl -o ${file} ${url}`]),
    '',
    'How to trust it:',
    `  curl          curl --cacert ${file} …`,
    `  Node.js       NODE_EXTRA_CA_CERTS=${file} node …`,
    `  Go, OpenSSL   SSL_CERT_FILE=${file} …`,
    `  Java          keytool -importcert -noprompt -alias kymulator -file ${file} -keystore kymulator.p12 -storepass changeit`,
    '                java -Djavax.net.ssl.trustStore=kymulator.p12 -Djavax.net.ssl.trustStorePassword=changeit …',
  ];
  context.stdout.write(`${lines.join('\n')}\n`);
}
