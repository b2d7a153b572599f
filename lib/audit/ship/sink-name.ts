const SINK_NAME = /^[a-z0-9_-]{1,64}$/;

/** @throws TypeError for a name that is not 1 to 64 of `a-z 0-9 - _` */
export function checkSinkName(name: unknown): void {
  if (typeof name === 'string' && SINK_NAME.test(name)) return;
  throw new TypeError('the name of an audit sink must be 1 to 64 of a-z 0-9 - _');
}
