import { exitCodeMeanings } from '../src/cli/exit-codes.ts';
import { environmentNameOf, flagOf, negatedFlagOf } from '../src/config/names.ts';
import type { Option } from '../src/config/option.ts';
import { optionRows } from '../src/config/options.ts';
import { showValue, valueTypes } from '../src/config/values.ts';

const introduction = `# Configuration

<!-- Written by scripts/write-docs.ts from src/config/options.ts. Do not edit: change the table and run it again. -->

Every option can be given as a flag of \`kymulator up\`, as an environment variable, or in \`kymulator.yaml\`.
Precedence: flags, environment, file, defaults. \`kymulator config print\` shows every value and where it comes from;
\`kymulator config schema\` prints the JSON Schema of the file.

- \`kymulator.yaml\` is read from the working directory; \`--config FILE\` or \`KYMULATOR_CONFIG\` names another file.
  Its keys are the names below. Relative paths in it start at its own folder, all others at the working directory.
- Durations have a unit: \`1500ms\`, \`90s\`, \`10m\`, \`2h\`, \`92d\`, also \`1h30m\`. In code, milliseconds are fine too.
  The longest one is ten years (\`3650d\`), for the validity of certificates a hundred.
- Lists: repeat the flag, or separate by commas; in the file, a YAML list.
- An empty environment variable counts as not set. An unknown one that starts with \`KYMULATOR_\` stops the start, as
  an unknown flag or key does; the variables that Kubernetes and Docker make for a Service of that name are left alone.
- \`startKymulator({ … })\` takes the same names, reads neither the environment nor the file, and has defaults of its own
  where the table shows two. A \`dataDir\` or \`certsDir\` that is given makes \`ephemeral\` false there.
`;

const cell = (text: string) => text.replaceAll('|', String.raw`\|`);
const code = (text: string) => `\`${cell(text)}\``;
const shown = (option: Option, value: Option['default']) => code(showValue(option, value) || "''");

function defaultsOf(option: Option): string {
  if (option.whenUnset !== undefined) return cell(option.whenUnset);
  if (option.type === 'list') return 'none';
  const { libraryDefault } = option;
  const library = libraryDefault === undefined ? '' : ` (library: ${shown(option, libraryDefault)})`;
  return `${shown(option, option.default)}${library}`;
}

function row(name: string, option: Option): string {
  const flag = option.type === 'boolean' && option.default === true ? negatedFlagOf(name) : flagOf(name);
  // Ports, paths and truth values need no explanation.
  const special = option.form !== undefined || option.choices !== undefined;
  const about = `${option.description}${special ? `: ${valueTypes[option.type].expected(option)}` : ''}`;
  return `| ${code(name)} | ${code(flag)}<br>${code(environmentNameOf(name))} | ${defaultsOf(option)} | ${cell(about)} |`;
}

/** The text of docs/configuration.md. */
export function configurationPage(): string {
  const lines: string[] = [];
  let group = '';
  for (const [name, option] of optionRows) {
    if (option.group !== group) {
      group = option.group;
      lines.push('', `## ${group}`, '', '| Name | Flag, environment | Default | Meaning |', '|---|---|---|---|');
    }
    lines.push(row(name, option));
  }
  lines.push('', '## Exit codes of the command line', '', '| Code | Meaning |', '|---|---|');
  for (const [number, meaning] of exitCodeMeanings) lines.push(`| ${number} | ${cell(meaning)} |`);
  return `${introduction}${lines.join('\n')}\n`;
}
