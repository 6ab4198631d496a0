import { isLoopback } from '../core/loopback.ts';
import { type OptionName, optionRows, type Settings } from './options.ts';

/** @param folder where nothing would be kept, as the user knows the option */
export const uselessFolder = (folder: string, ephemeral: string) =>
  `${folder} and ${ephemeral} exclude each other: nothing is kept in a folder then; leave one of them out`;

/**
 * What is wrong between options, each of them fine for itself.
 * @param nameOf how the user knows an option: its flag on the command line, its key in code
 */
export function crossProblems(settings: Settings, nameOf: (name: OptionName) => string): string[] {
  const problems: string[] = [];
  const { caCert, caKey, rootCaCert } = settings;
  if (caCert !== undefined && caKey === undefined) {
    problems.push(`${nameOf('caCert')} needs ${nameOf('caKey')}: name the private key of that CA too`);
  }
  if (caKey !== undefined && caCert === undefined) {
    problems.push(`${nameOf('caKey')} needs ${nameOf('caCert')}: name the certificate of that CA too`);
  }
  if (rootCaCert !== undefined && caCert === undefined) {
    problems.push(`${nameOf('rootCaCert')} needs ${nameOf('caCert')}: a root stands above a CA of your own`);
  }

  const { host, allowExec, allowExecFromOutside } = settings;
  if (allowExec && !isLoopback(host) && !allowExecFromOutside) {
    problems.push(
      `${nameOf('allowExec')} with ${nameOf('host')} ${host} lets other machines run commands on this one, through the Kubernetes API; leave one of them out, or say yes to that with ${nameOf('allowExecFromOutside')}`,
    );
  }

  const takenBy = new Map<number, OptionName>();
  for (const [name, { type }] of optionRows) {
    const port = settings[name];
    if (type !== 'port' || typeof port !== 'number' || port === 0) continue;
    if (name.startsWith('externalSystem') && !settings.externalSystem) continue;
    const other = takenBy.get(port);
    if (other === undefined) takenBy.set(port, name);
    else problems.push(`${nameOf(other)} and ${nameOf(name)} are both ${port}; give each its own port, or 0`);
  }
  return problems;
}
