import { counted } from '../../lib/common/counted.js';

describe('A count', () => {
  it('of one is singular, of any other number plural', () => {
    expect([0, 1, 2].map((count) => counted(count, 'record'))).toEqual([
      '0 records',
      '1 record',
      '2 records',
    ]);
  });
});
