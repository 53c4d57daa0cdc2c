"""GStreamer's RTSP server on loopback, for tests: serves an H.264 video (MP4) from its beginning to each client.

    rtsp-server.test-peer.py FILE.mp4 [PORT]

Prints `port N` when it listens at rtsp://127.0.0.1:N/camera; port 0 (the default) lets the system choose.
"""

import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtspServer  # noqa: E402

path = sys.argv[1]
port = sys.argv[2] if len(sys.argv) > 2 else "0"
Gst.init(None)

factory = GstRtspServer.RTSPMediaFactory()
factory.set_launch(f'( filesrc location="{path}" ! qtdemux ! h264parse ! rtph264pay name=pay0 pt=96 config-interval=-1 )')
server = GstRtspServer.RTSPServer()
server.set_address("127.0.0.1")
server.set_service(port)
server.get_mount_points().add_factory("/camera", factory)
if server.attach(None) == 0:
    sys.exit("cannot listen")
print(f"port {server.get_bound_port()}", flush=True)
GLib.MainLoop().run()
