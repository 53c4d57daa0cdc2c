import type * as Constants from 'node-av/constants';
import type * as Library from 'node-av/lib';

/** FFmpeg's libraries through node-av. */
export interface Av {
  readonly lib: typeof Library;
  readonly constants: typeof Constants;
}

let loaded: Promise<Av> | null = null;

/**
 * Loads FFmpeg at the first call: 170 MB of native code that a process without a video or RTSP camera never needs.
 * FFmpeg's own messages are switched off, since they would carry the addresses and passwords of cameras.
 */
export function loadAv(): Promise<Av> {
  loaded ??= load();
  return loaded;
}

async function load(): Promise<Av> {
  const constants = await import('node-av/constants');
  const lib = await import('node-av/lib');
  lib.Log.setLevel(constants.AV_LOG_QUIET);
  return { lib, constants };
}
