/** How far a run is. */
export interface ProgressState {
  /** How much is done, in units. */
  readonly value: number;
  /** How much there is altogether, where that is known. */
  readonly total?: number | undefined;
  /** What is counted: `rows`, `MiB`. */
  readonly unit: string;
  /** What else there is to tell. */
  readonly details: string;
}

/** Shows how far a run is. */
export interface ProgressView {
  /** Shows a new state. */
  update(state: ProgressState): void;
  /** Ends the showing, so that other lines can follow. */
  stop(): void;
}
