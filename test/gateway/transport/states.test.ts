import { expect, test } from 'vitest';
import {
  answerStates,
  attemptStates,
  bodyStates,
  callStates,
  transition,
} from '../../../src/gateway/transport/states.ts';

const machines: [name: string, table: Readonly<Record<string, readonly string[]>>][] = [
  ['a call', callStates],
  ['an attempt', attemptStates],
  ['a body', bodyStates],
  ['an answer', answerStates],
];

const reachable = (table: Readonly<Record<string, readonly string[]>>, from: string) => {
  const found = new Set([from]);
  for (const state of found) for (const next of table[state] ?? []) found.add(next);
  return found;
};

test.each(machines)('%s can get from its first state to every other, and from every state to its last', (_, table) => {
  const states = Object.keys(table);
  const [first = '', last = ''] = [states[0], states.at(-1)];
  expect([...reachable(table, first)].sort()).toEqual([...states].sort());
  for (const state of states) expect(reachable(table, state)).toContain(last);
});

test('a transition that is not in the table is refused', () => {
  expect(transition(callStates, 'calling', 'answering')).toBe('answering');
  expect(() => transition(callStates, 'over', 'answering')).toThrow('no transition leads from "over" to "answering"');
});
