import { exitCodes } from '../src/cli/exit-codes.ts';
import { userErrorGroups } from '../src/core/user-errors/catalogue.ts';
import type { Entry } from '../src/core/user-errors/entry.ts';

const introduction = `# Errors

<!-- Written by scripts/write-docs.ts from src/core/user-errors/. Do not edit: change the catalogue and run it again. -->

Everything that can go wrong and that you can put right, by code. A command that runs into it prints the message and ends
with the exit code; the library throws a \`UserError\` with that \`code\`; the control API answers
\`{"error":{"code":"…","message":"…"}}\`. Codes stay, texts may get better: test the code. Names in braces stand for what
was found. No message has a token, a password or a private key in it.

Anything else that a command reports as an unexpected error is a defect of Kymulator. What the simulated services answer
is no matter of this page: those texts are the originals', release by release, and are in the answers and in the log.
`;

const fence = (text: string) => `\`\`\`text\n${text}\n\`\`\``;

function section(code: string, entry: Entry): string {
  const { when, message, remedy, exit, status } = entry;
  const texts = typeof message === 'string' ? [message] : Object.values(message);
  const ending =
    status === undefined ? `Exit code: ${exitCodes[exit ?? 'usage']}.` : `Status of the answer: ${status}.`;
  return [`### ${code}`, when, fence(texts.join('\n')), `${remedy} ${ending}`].join('\n\n');
}

/** The text of docs/errors.md. */
export function errorsPage(): string {
  const groups = userErrorGroups.map(([title, entries]) => {
    const sections = Object.entries<Entry>(entries).map(([code, entry]) => section(code, entry));
    return [`## ${title}`, ...sections].join('\n\n');
  });
  return `${introduction}\n${groups.join('\n\n')}\n`;
}
