import { type RtspSource, rtspCamera, type VideoSource, videoCamera } from './av-camera.ts';
import type { Camera } from './camera.ts';
import type { CameraContext } from './camera-context.ts';
import { type FolderSource, folderCamera } from './folder-camera.ts';
import { type MjpegSource, mjpegCamera } from './mjpeg-camera.ts';

/** Where pictures come from, as the settings say it. */
export type CameraSource = RtspSource | VideoSource | FolderSource | MjpegSource;

/** The camera of a source; nothing is opened before its frames are asked for. */
export function openCamera(source: CameraSource, context: CameraContext): Camera {
  switch (source.kind) {
    case 'rtsp':
      return rtspCamera(source, context);
    case 'video':
      return videoCamera(source, context);
    case 'folder':
      return folderCamera(source, context);
    case 'mjpeg':
      return mjpegCamera(source, context);
  }
}
