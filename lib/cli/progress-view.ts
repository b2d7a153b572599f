import type { RotationProgress } from '../encryption/rotation/rotation-report.js';

/** Shows how far a run is. */
export interface ProgressView {
  /** Shows a new state. */
  update(progress: RotationProgress): void;
  /** Ends the showing, so that other lines can follow. */
  stop(): void;
}
