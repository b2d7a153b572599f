import { HttpException } from '@nestjs/common';
import { EncryptionError } from 'nestjs-security';
import {
  firstValueFrom,
  from,
  lastValueFrom,
  map,
  NEVER,
  of,
  Subject,
  throwError,
  toArray,
} from 'rxjs';
import { concluded, type CallEnding } from '../../lib/audit/capture/concluded.js';
import { failureReason } from '../../lib/audit/capture/failure-reason.js';
import { deferred } from '../support/deferred.js';
import { settle } from '../support/services.js';

describe('The end of a call', () => {
  const endings: CallEnding[] = [];
  const note = async (ending: CallEnding): Promise<void> => void endings.push(ending);
  beforeEach(() => {
    endings.length = 0;
  });

  it('is noted once, with the last value, before the answer ends', async () => {
    const noted = deferred<void>();
    let isEnded = false;
    const answer = concluded(of(1, 2), async (ending) => {
      await note(ending);
      await noted.promise;
    });
    answer.subscribe({ complete: () => (isEnded = true) });
    await settle();
    expect([endings, isEnded]).toEqual([[{ outcome: 'success', result: 2 }], false]);
    noted.resolve();
    await settle();
    expect([endings.length, isEnded]).toEqual([1, true]);
  });

  it('gives every value of a stream as it comes', async () => {
    expect(await lastValueFrom(concluded(of(1, 2, 3), note).pipe(toArray()))).toEqual([1, 2, 3]);
  });

  it('is the own error of what failed, though it could not be noted in time', async () => {
    const error = new Error('own');
    const answer = concluded(
      throwError(() => error),
      note,
    );
    await expect(lastValueFrom(answer)).rejects.toBe(error);
    expect(endings).toEqual([{ outcome: 'failure', error }]);
  });

  it('is an error when a success could not be noted', async () => {
    const error = new Error('not noted');
    const answer = concluded(of(1), () => Promise.reject(error));
    await expect(lastValueFrom(answer)).rejects.toBe(error);
  });

  it('is unknown when nobody waits for it any more', async () => {
    concluded(NEVER, note).subscribe().unsubscribe();
    await firstValueFrom(concluded(of(1, 2), note));
    expect(endings).toEqual([{ outcome: 'unknown' }, { outcome: 'unknown' }]);
  });

  it('is noted before a value that is the last is given, to whoever waits for no more or throws', async () => {
    const noted = deferred<void>();
    let isAnswered = false;
    const answer = firstValueFrom(
      concluded(from(Promise.resolve(7)), async (ending) => {
        await note(ending);
        await noted.promise;
      }),
    ).finally(() => (isAnswered = true));
    await settle();
    expect([endings, isAnswered]).toEqual([[{ outcome: 'success', result: 7 }], false]);
    noted.resolve();
    expect(await answer).toBe(7);
    const refused = concluded(of(8), note).pipe(map(() => JSON.parse('{') as unknown));
    await expect(lastValueFrom(refused)).rejects.toThrow(SyntaxError);
    expect(endings.map(({ outcome }) => outcome)).toEqual(['success', 'success']);
  });

  it('does not hold up a value of a stream that goes on', async () => {
    const stream = new Subject<number>();
    const given: unknown[] = [];
    const answer = concluded(stream, note).subscribe((value) => void given.push(value));
    stream.next(1);
    await settle();
    expect(given).toEqual([1]);
    answer.unsubscribe();
    expect(endings).toEqual([{ outcome: 'unknown' }]);
  });

  it('is noted anew for each subscriber', async () => {
    const answer = concluded(of(1), note);
    await lastValueFrom(answer);
    await lastValueFrom(answer);
    expect(endings).toHaveLength(2);
  });
});

describe('The reason of a failure', () => {
  it.each([
    [new EncryptionError('ENC_TOKEN_EXPIRED', 'x', { status: 400 }), 'ENC_TOKEN_EXPIRED'],
    [Object.assign(new Error('x'), { code: 'ECONNREFUSED' }), 'ECONNREFUSED'],
    [new HttpException('short and stout', 418), 'http-418'],
    [Object.assign(new HttpException('x', 402), { code: 'CARD_DECLINED' }), 'CARD_DECLINED'],
    [Object.assign(new Error('x'), { statusCode: 413 }), 'http-413'],
  ])('is the code of an error, or its status', (error, reason) => {
    expect(failureReason(error)).toBe(reason);
  });

  it.each([
    new Error('alice@example.com is unknown'),
    Object.assign(new Error('x'), { code: '123456' }),
    Object.assign(new Error('x'), { code: 'alice@example.com' }),
    Object.assign(new Error('x'), { code: 'A'.repeat(65) }),
    Object.assign(new Error('x'), { statusCode: 200 }),
    'a text',
    new HttpException('x', 'alice@example.com' as unknown as number),
    new HttpException('x', undefined as unknown as number),
    null,
    undefined,
  ])('is never a text of somebody’s own: %p', (error) => {
    expect(failureReason(error)).toBe('http-500');
  });

  it('is told of an error, too, that throws when it is read', () => {
    const error = new Proxy(new Error('x'), { get: () => JSON.parse('{') as unknown });
    expect(failureReason(error)).toBe('http-500');
  });
});
