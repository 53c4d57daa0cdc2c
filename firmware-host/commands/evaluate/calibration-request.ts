/** What to measure the calibration on, and what to do with it. */
export interface CalibrationRequest {
  readonly models: string;
  /** Folders of photographs, of plates already cut out, and rendered sets. */
  readonly photos: readonly string[];
  readonly crops: readonly string[];
  readonly rendered: readonly string[];
  readonly fit: boolean;
  readonly json: boolean;
  readonly plot?: string;
}
