import {
  catchError,
  concat,
  defer,
  finalize,
  from,
  ignoreElements,
  tap,
  throwError,
  type Observable,
} from 'rxjs';

/** How a call ended. */
export type CallEnding =
  | { readonly outcome: 'success'; readonly result: unknown }
  | { readonly outcome: 'failure'; readonly error: unknown }
  /** Nobody waits for it any more, as after a timeout: it may still be running. */
  | { readonly outcome: 'unknown' };

/**
 * What the source gives, and its end not before it was taken note of. A source that fails, fails with its own
 * error; one that succeeds fails when no note can be taken.
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
    const answer = source.pipe(
      tap((value) => (result = value)),
      catchError((error: unknown) =>
        concat(
          end({ outcome: 'failure', error }),
          throwError(() => error),
        ),
      ),
    );
    return concat(
      answer,
      defer(() => end({ outcome: 'success', result })),
    ).pipe(
      finalize(() => {
        if (!hasEnded) void conclude({ outcome: 'unknown' });
      }),
    );
  });
}
