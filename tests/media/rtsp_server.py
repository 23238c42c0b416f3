"""Serves one file by RTSP without coding it again: /usr/bin/python3 rtsp_server.py FILE [PORT].

Prints the port when it can be asked. Needs Debian's python3-gi, gir1.2-gst-rtsp-server-1.0 and
gstreamer1.0-plugins-good and -bad; run by the system's Python, which has them.
"""

import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtspServer  # noqa: E402

DEMUXERS = {".mp4": "qtdemux", ".mkv": "matroskademux"}
PAYERS = {"h264": "h264parse ! rtph264pay config-interval=-1", "mjpeg": "jpegparse ! rtpjpegpay"}


def main(file: str, codec: str, port: str = "0") -> None:
    Gst.init(None)
    demuxer = DEMUXERS[file[file.rindex(".") :]]
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service(port)
    factory = GstRtspServer.RTSPMediaFactory()
    factory.set_launch(f'( filesrc location="{file}" ! {demuxer} ! {PAYERS[codec]} name=pay0 )')
    server.get_mount_points().add_factory("/camera", factory)
    server.attach(None)
    print(server.get_bound_port(), flush=True)
    GLib.MainLoop().run()


if __name__ == "__main__":
    main(*sys.argv[1:])
