import {
  catchError,
  concat,
  defer,
  finalize,
  from,
  ignoreElements,
  mergeMap,
  of,
  throwError,
  type Observable,
} from 'rxjs';
import { withLastMarked } from './last-marked.js';

/** How a call ended. */
export type CallEnding =
  | { readonly outcome: 'success'; readonly result: unknown }
  | { readonly outcome: 'failure'; readonly error: unknown }
  /** Nobody waits for it any more, as after a timeout: it may still be running. */
  | { readonly outcome: 'unknown' };

/**
 * What the source gives, and its end not before it was taken note of; nor the value that it ends with, since who
 * receives that may wait for no more, or throw. A source that fails, fails with its own error; one that succeeds fails
 * when no note can be taken.
 */
export function concluded(
  source: Observable<unknown>,
  conclude: (ending: CallEnding) => Promise<void>,
): Observable<unknown> {
  return defer(() => {
    let result: unknown;
    let hasEnded = false;
    const end = (ending: CallEnding): Observable<never> => {
      hasEnded = true;
      return from(conclude(ending)).pipe(ignoreElements());
    };
    const succeed = (): Observable<never> => end({ outcome: 'success', result });
    const answer = withLastMarked(source).pipe(
      catchError((error: unknown) =>
        concat(
          end({ outcome: 'failure', error }),
          throwError(() => error),
        ),
      ),
      mergeMap(({ value, isLast }) => {
        result = value;
        return isLast ? concat(succeed(), of(value)) : of(value);
      }),
    );
    return concat(
      answer,
      defer(() => (hasEnded ? [] : succeed())),
    ).pipe(
      finalize(() => {
        if (!hasEnded) void conclude({ outcome: 'unknown' });
      }),
    );
  });
}
