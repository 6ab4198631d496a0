/** Makes numbered files in a folder and prints the numbers of those that this process has made. */
import { join } from 'node:path';
import process from 'node:process';
import { createWhole } from '../../src/core/files.ts';

const [folder = '', count = '0'] = process.argv.slice(2);
const made: number[] = [];
for (let number = 0; number < Number(count); number++) {
  if (await createWhole(join(folder, String(number)), `${process.pid}\n`.repeat(1000))) made.push(number);
}
process.stdout.write(JSON.stringify(made));
