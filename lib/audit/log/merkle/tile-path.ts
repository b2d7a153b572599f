import { checkWhole } from '../../../common/check-whole.js';

/** The hashes of a full tile. */
export const TILE_WIDTH = 256;
/** How many levels of the tree lie between two levels of tiles. */
export const TILE_HEIGHT = 8;

const MAX_LEVEL = 63;
const PART = 1000;

/**
 * The path of a tile below its log, by c2sp.org/tlog-tiles: `tile/<level>/<index>`, the index in parts of three
 * digits of which all but the last begin with an x; a partial tile has `.p/<width>` behind it.
 *
 * @param level the level of tiles, 0 to 63; those of level 0 hold leaf hashes
 * @param index which tile of the level, from 0
 * @param width how many hashes it holds, 1 to 256
 * @default width: 256, a full tile
 * @throws RangeError when a number is out of bounds
 * @example
 * tilePath(0, 1234067); // 'tile/0/x001/x234/067'
 * tilePath(0, 0, 17); // 'tile/0/000.p/17'
 */
export function tilePath(level: number, index: number, width: number = TILE_WIDTH): string {
  checkWhole(level, 'the level', 0, MAX_LEVEL);
  checkWhole(index, 'the index', 0, Number.MAX_SAFE_INTEGER);
  checkWhole(width, 'the width', 1, TILE_WIDTH);
  let path = threeDigits(index);
  for (let rest = Math.floor(index / PART); rest > 0; rest = Math.floor(rest / PART)) {
    path = `x${threeDigits(rest)}/${path}`;
  }
  return `tile/${level}/${path}${width < TILE_WIDTH ? `.p/${width}` : ''}`;
}

function threeDigits(index: number): string {
  return String(index % PART).padStart(3, '0');
}

/** Where the next tile of level 0 begins. */
export function nextBorder(leaf: number): number {
  return (Math.floor(leaf / TILE_WIDTH) + 1) * TILE_WIDTH;
}
