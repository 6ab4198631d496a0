import { expect, onTestFinished, test, vi } from 'vitest';
import { ManualClock, systemClock } from '../../src/core/clock.ts';

const DAY = 24 * 60 * 60 * 1000;

function fakeTimers(): void {
  vi.useFakeTimers();
  onTestFinished(() => {
    vi.useRealTimers();
  });
}

test.each([1, 24, 25, 60, 400])('the system clock runs a task after %i days, not before', (days) => {
  fakeTimers();
  const task = vi.fn();
  systemClock.after(days * DAY, task);
  vi.advanceTimersByTime(days * DAY - 1);
  expect(task).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(task).toHaveBeenCalledOnce();
});

test('a task that waits for months can be cancelled at any time, and leaves no timer', () => {
  fakeTimers();
  const task = vi.fn();
  const cancel = systemClock.after(90 * DAY, task);
  vi.advanceTimersByTime(60 * DAY);
  cancel();
  cancel();
  expect(vi.getTimerCount()).toBe(0);
  vi.advanceTimersByTime(60 * DAY);
  expect(task).not.toHaveBeenCalled();
});

test.each([Number.NaN, Number.POSITIVE_INFINITY, 8.64e15 + 1, new Date('not a date')])(
  'a manual clock cannot start at %s',
  (start) => {
    expect(() => new ManualClock(start)).toThrow(/ManualClock starts at .*milliseconds since 1970.*Date/);
  },
);

test('a manual clock starts at a number or a Date', () => {
  expect(new ManualClock(5).now()).toBe(5);
  expect(new ManualClock(new Date(7)).now()).toBe(7);
});
