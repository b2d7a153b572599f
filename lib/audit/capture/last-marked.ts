import { Observable } from 'rxjs';

/** A value, and whether it is known that nothing follows. */
export interface MarkedValue {
  readonly value: unknown;
  readonly isLast: boolean;
}

/**
 * What the source gives, each value as soon as it is known whether the source ends with it: one that ends in the same
 * turn, as promises do, marks its last value. Of one that ends later, no value is the last.
 */
export function withLastMarked(source: Observable<unknown>): Observable<MarkedValue> {
  return new Observable((subscriber) => {
    let held: { readonly value: unknown } | undefined;
    const release = (isLast: boolean): void => {
      if (!held) return;
      const { value } = held;
      held = undefined;
      subscriber.next({ value, isLast });
    };
    return source.subscribe({
      next: (value) => {
        release(false);
        const mine = (held = { value });
        queueMicrotask(() => held === mine && release(false));
      },
      error: (error: unknown) => {
        release(false);
        subscriber.error(error);
      },
      complete: () => {
        release(true);
        subscriber.complete();
      },
    });
  });
}
