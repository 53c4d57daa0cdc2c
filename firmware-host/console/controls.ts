/** What became of a settings file that was looked at anew; settings are named as they stand in it. */
export type SettingsOutcome =
  | { readonly refused: readonly string[] }
  | { readonly applied: readonly string[]; readonly waiting: readonly string[] };

/** All that the console may do to the node. Like what it may see, it has no member that leads to a plate or an entry. */
export interface Controls {
  /** Starts this camera's worker anew, after it has finished what is open; false when it is not running. */
  restartCamera(name: string): boolean;
  /** Takes over what can be taken over of the settings file, as SIGHUP does. */
  takeOverSettings(): Promise<SettingsOutcome>;
}
