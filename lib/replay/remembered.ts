/** Another node may still take what our clock says is over. */
const REMEMBERED_LONGER_MS = 5 * 60 * 1000;

/**
 * For how long a store has to remember what may be used once, in milliseconds: five minutes beyond its end, for
 * nodes whose clock is behind.
 *
 * @param endsAt since when it is refused as expired, in seconds since the Unix epoch
 * @param now in seconds since the Unix epoch
 */
export function rememberedMs(endsAt: number, now: number): number {
  return (endsAt - now) * 1000 + REMEMBERED_LONGER_MS;
}
