import { CompactRange, levelsOf } from './compact-range.js';
import type { RootClaim, SortedClaims } from './root-claims.js';

/** A stretch of the tree: where each of its compact ranges ends, and the nodes of all of them. */
export interface TreeStretch {
  readonly cuts: readonly number[];
  readonly nodes: Uint8Array;
}

const HASH_BYTES = 32;
const MAX_MISMATCHES = 10;

/** Puts the tree of a stream together, and holds it against the roots that were signed. */
export class RootCheck {
  /** Signed roots that the records do not lead to, smallest size first. */
  readonly mismatches: RootClaim[] = [];
  /**
   * The largest size up to which every signed root was right, and the subtrees of that size. A right one behind
   * a wrong one proves nothing: somebody has signed the changed records.
   */
  proven: { readonly size: number; readonly nodes: Buffer } = { size: 0, nodes: Buffer.alloc(0) };
  readonly #claims: SortedClaims;
  readonly #range = new CompactRange(0);

  constructor(claims: SortedClaims) {
    this.#claims = claims;
    this.#check();
  }

  /** Adds what follows. It has to be cut at every size that a root was signed for. */
  append({ cuts, nodes }: TreeStretch): void {
    const bytes = Buffer.from(nodes.buffer, nodes.byteOffset, nodes.byteLength);
    let at = 0;
    for (const cut of cuts) {
      const end = at + levelsOf(this.#range.end, cut).length * HASH_BYTES;
      this.#range.appendRange(cut, bytes.subarray(at, end));
      at = end;
      this.#check();
    }
  }

  #check(): void {
    const { end: size } = this.#range;
    if (this.#claims.peek()?.size !== size) return;
    const root = this.#range.root();
    const wrong = this.#claims.take(size).filter((claim) => !claim.root.equals(root));
    this.mismatches.push(...wrong.slice(0, MAX_MISMATCHES - this.mismatches.length));
    if (this.mismatches.length === 0) this.proven = { size, nodes: this.#range.nodes() };
  }
}
