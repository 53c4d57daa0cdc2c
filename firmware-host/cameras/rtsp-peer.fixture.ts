import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const SCRIPT = fileURLToPath(new URL('./rtsp-server.test-peer.py', import.meta.url));
const NEEDED = "import gi; gi.require_version('Gst', '1.0'); gi.require_version('GstRtspServer', '1.0')";
export const RTSP_PEER_PACKAGES =
  'python3-gi gir1.2-gst-rtsp-server-1.0 gstreamer1.0-plugins-base gstreamer1.0-plugins-good gstreamer1.0-plugins-bad';

/** The Python that has GStreamer's RTSP server: Debian's own, which need not be the first one on the path. */
export function pythonWithRtspServer(): string | null {
  return ['/usr/bin/python3', 'python3'].find(runs) ?? null;
}

function runs(python: string): boolean {
  try {
    execFileSync(python, ['-c', `${NEEDED}\nfrom gi.repository import Gst, GstRtspServer`], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** A running RTSP server on loopback. */
export class RtspPeer {
  readonly port: number;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, port: number) {
    this.#child = child;
    this.port = port;
  }

  get url(): string {
    return `rtsp://127.0.0.1:${this.port}/camera`;
  }

  /** Serves the video; port 0 lets the system choose. */
  static async start(python: string, videoPath: string, port = 0): Promise<RtspPeer> {
    const child = spawn(python, [SCRIPT, videoPath, String(port)], { stdio: ['ignore', 'pipe', 'ignore'] });
    for await (const line of createInterface({ input: child.stdout })) {
      const listening = /^port (\d+)$/.exec(line)?.[1];
      if (listening !== undefined) return new RtspPeer(child, Number(listening));
    }
    throw new Error('the RTSP server ended before it listened');
  }

  /** As when the camera loses power: nobody says goodbye. */
  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill('SIGKILL');
    await once(this.#child, 'exit');
  }
}
