import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { applyResources } from '../../src/seed/apply.ts';
import { parseDocuments, readSeed } from '../../src/seed/read.ts';
import { openMemory } from '../store/open.ts';
import { temporaryFolder } from '../support/instance.ts';

const configMap = (name: string, data: object = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name },
  data,
});

/** How often others had a turn while the work went on. */
async function turnsDuring(work: Promise<unknown>): Promise<number> {
  let turns = 0;
  let going = true;
  const counting = (async () => {
    while (going) {
      await turn();
      turns++;
    }
  })();
  await work;
  going = false;
  await counting;
  return turns;
}

test.each(['json', 'yaml'])(
  'between two resources of a %s seed others have a turn, and while it is applied',
  async (ending) => {
    const items = Array.from({ length: 50 }, (_, index) => configMap(`c${index}`));
    const text =
      ending === 'json'
        ? JSON.stringify({ apiVersion: 'v1', kind: 'List', items })
        : items.map((item) => JSON.stringify(item)).join('\n---\n');
    const file = join(await temporaryFolder(), `seed.${ending}`);
    await writeFile(file, text);
    const reading = readSeed([file]);
    expect(await turnsDuring(reading)).toBeGreaterThanOrEqual(50);
    const { resources } = await reading;
    expect(await turnsDuring(applyResources(openMemory().store, resources))).toBeGreaterThanOrEqual(50);
  },
);

// The parser's own check of names would take a minute.
test('a YAML map with very many members is read at once', () => {
  const members = Array.from({ length: 50_000 }, (_, index) => `  k${index}: v\n`);
  const text = `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n${members.join('')}`;
  expect(parseDocuments(text, 'text').resources[0]).toMatchObject({ data: { k0: 'v', k49999: 'v' } });
  expect(() => parseDocuments(`${text}  k7: w\n`, 'text')).toThrow(
    'text:50005:3: Map keys must be unique; "k7" is there twice',
  );
});
