import { runCameraWorker } from './run-camera-worker.ts';
import { supervisorChannel } from './supervisor-channel.ts';

/**
 * The camera worker's process: one camera from frames to passages. It is told what to do over its channel, and lives no longer
 * than the channel does.
 */
await runCameraWorker(supervisorChannel());
