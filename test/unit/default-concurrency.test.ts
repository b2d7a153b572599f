import {
  defaultConcurrency,
  threadPoolSize,
} from '../../lib/password/admission/default-concurrency.js';

describe('defaultConcurrency', () => {
  it.each([
    [2, 4, 4, 1],
    [4, 4, 4, 1],
    [8, 4, 4, 2],
    [16, 4, 4, 3],
    [64, 4, 4, 3],
    [64, 128, 4, 16],
    [2, 4, 1, 2],
    [8, 4, 1, 3],
    [8, 1, 1, 1],
    [1, 1, 16, 1],
  ])('with %i cores, %i threads and %i lanes is %i', (cores, threads, lanes, expected) => {
    expect(defaultConcurrency({ cores, threads, lanes })).toBe(expected);
  });
});

describe('threadPoolSize', () => {
  it('is 4 where nothing is set', () => {
    expect(threadPoolSize({})).toBe(4);
  });

  // The threads that Node 20.20.2 was seen to start on Linux, counted in /proc/self/task.
  it.each([
    ['', 1],
    ['0', 1],
    ['1', 1],
    ['2', 2],
    ['3abc', 3],
    ['abc', 1],
    [' 7', 7],
    ['\t7', 7],
    ['+5', 5],
    ['-1', 1024],
    ['-1024', 1024],
    ['08', 8],
    ['0x10', 1],
    ['1023', 1023],
    ['1024', 1024],
    ['1025', 1024],
    ['4294967296', 1],
    ['4294967297', 1],
    ['2147483648', 1024],
    ['1e3', 1],
    ['2.9', 2],
  ])('reads %j as %i, as libuv does', (text, threads) => {
    expect(threadPoolSize({ UV_THREADPOOL_SIZE: text })).toBe(threads);
  });
});
