import { PackedHashes } from './packed-hashes.js';

/** Where a root was signed. */
export interface ClaimSource {
  readonly file: string;
  readonly offset: number;
}

/** The roots that were signed for sizes of a log, held in a few large pieces of memory. */
export class RootClaims {
  readonly #sizes: number[] = [];
  readonly #roots = new PackedHashes();
  readonly #files: string[] = [];
  readonly #fileOf: number[] = [];
  readonly #offsets: number[] = [];

  add(size: number, root: Buffer, { file, offset }: ClaimSource): void {
    if (this.#files.at(-1) !== file) this.#files.push(file);
    this.#sizes.push(size);
    this.#roots.push(root);
    this.#fileOf.push(this.#files.length - 1);
    this.#offsets.push(offset);
  }

  /** What was claimed for a size: only this root (`same`), another one as well (`other`), or nothing. O(claims). */
  compare(size: number, root: Buffer): 'same' | 'other' | undefined {
    let found: 'same' | undefined;
    for (const [index, each] of this.#sizes.entries()) {
      if (each !== size) continue;
      if (!this.#roots.at(index).equals(root)) return 'other';
      found = 'same';
    }
    return found;
  }

  /** The claims in the order of their sizes, from now on. */
  sorted(): SortedClaims {
    const order = this.#sizes.map((_, index) => index);
    order.sort((a, b) => (this.#sizes[a] ?? 0) - (this.#sizes[b] ?? 0) || a - b);
    return new SortedClaims(order, (index) => ({
      size: this.#sizes[index] ?? 0,
      root: this.#roots.at(index),
      file: this.#files[this.#fileOf[index] ?? 0] ?? '',
      offset: this.#offsets[index] ?? 0,
    }));
  }
}

/** A root that was signed. */
export interface RootClaim extends ClaimSource {
  readonly size: number;
  readonly root: Buffer;
}

/** Claims, smallest size first. */
export class SortedClaims {
  readonly #order: readonly number[];
  readonly #claimAt: (index: number) => RootClaim;
  #at = 0;

  constructor(order: readonly number[], claimAt: (index: number) => RootClaim) {
    this.#order = order;
    this.#claimAt = claimAt;
  }

  /** The distinct sizes, ascending. */
  sizes(): number[] {
    const sizes: number[] = [];
    for (const index of this.#order) {
      const { size } = this.#claimAt(index);
      if (sizes.at(-1) !== size) sizes.push(size);
    }
    return sizes;
  }

  /** The smallest claim that was not taken, without taking it. */
  peek(): RootClaim | undefined {
    const index = this.#order[this.#at];
    return index === undefined ? undefined : this.#claimAt(index);
  }

  /** The claim of the largest size. */
  largest(): RootClaim | undefined {
    const index = this.#order.at(-1);
    return index === undefined ? undefined : this.#claimAt(index);
  }

  /** Takes the claims of a size. */
  take(size: number): RootClaim[] {
    const taken: RootClaim[] = [];
    for (let next = this.peek(); next && next.size <= size; next = this.peek()) {
      if (next.size === size) taken.push(next);
      this.#at += 1;
    }
    return taken;
  }
}
