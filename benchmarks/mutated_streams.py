"""Mutated and truncated streams through a camera: no crash, no hang, memory flat.

python -m benchmarks.mutated_streams [--count 2000] [--seed 0]

A child process reads them one after the other and says so; one that takes longer than 10 s, or
that ends the child, is counted, and another child goes on behind it. Files of several kinds, MJPEG
over HTTP, and what an RTSP server once said, with bits turned and pieces lost, zeroed, doubled.
"""

import argparse
import contextlib
import os
import random
import re
import selectors
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import av
import numpy as np

from kineograph.media.cameras.camera import Camera
from kineograph.media.cameras.options import CameraOptions
from kineograph.media.cameras.shots import Health
from kineograph.media.cameras.source import parse_source

LONGEST_SECONDS = 10.0
KINDS = {
    "h264.mp4": "libx264",
    "h264.mkv": "libx264",
    "h264.ts": "libx264",
    "h264.avi": "libx264",
    "hevc.mkv": "libx265",
    "mpeg4.avi": "mpeg4",
    "vp9.webm": "libvpx-vp9",
    "mjpeg.mkv": "mjpeg",
}
OPTIONS = CameraOptions(
    open_seconds=1.0, read_seconds=1.0, first_retry_seconds=0.01, longest_retry_seconds=0.02
)
HEAD = b"HTTP/1.0 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=frame\r\n\r\n"


def draw(folder: Path) -> None:
    """24 pictures of moving stripes, coded in every way."""
    x, y = np.meshgrid(np.arange(96), np.arange(64))
    for name, codec in KINDS.items():
        options = {"g": "8", "x265-params": "log-level=none", "deadline": "realtime"}
        with av.open(str(folder / name), "w") as file:
            stream = file.add_stream(codec, rate=25, options=options)
            stream.width, stream.height = 96, 64
            stream.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
            for t in range(24):
                waves = 128 + 100 * np.sin((x + 3 * t) / 9) * np.cos(y / (5 + t % 3))
                picture = waves.astype(np.uint8)[..., None].repeat(3, axis=2)
                file.mux(stream.encode(av.VideoFrame.from_ndarray(picture)))
            file.mux(stream.encode())


def parts(clip: Path) -> bytes:
    """An MJPEG-coded file as a camera sends it over HTTP."""
    with av.open(str(clip)) as container:
        packets = [bytes(p) for p in container.demux(video=0) if p.size]
    head = b"--frame\r\nContent-Type: image/jpeg\r\nX-Timestamp: %.2f\r\nContent-Length: %d\r\n\r\n"
    return HEAD + b"".join(
        head % (i / 25, len(packet)) + packet + b"\r\n" for i, packet in enumerate(packets)
    )


def said_by_rtsp(clip: Path) -> list[bytes] | None:
    """What GStreamer's server says after each request of ours; None where it is not installed."""
    script = Path(__file__).parents[1] / "tests" / "media" / "rtsp_server.py"
    with contextlib.suppress(OSError, ValueError):
        server = subprocess.Popen(
            ["/usr/bin/python3", str(script), str(clip), "0"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        try:
            assert server.stdout is not None
            return _record(int(server.stdout.readline()))
        finally:
            server.kill()
            server.wait()
    return None


def _record(port: int) -> list[bytes]:
    """Read the stream once through a relay that writes down the server's words."""
    said: list[bytes] = []
    relay = socket.create_server(("127.0.0.1", 0))

    def forward() -> None:
        client, _ = relay.accept()
        server = socket.create_connection(("127.0.0.1", port))
        with client, server, selectors.DefaultSelector() as ready:
            ready.register(client, selectors.EVENT_READ)
            ready.register(server, selectors.EVENT_READ)
            while True:
                for key, _ in ready.select():
                    data = key.fileobj.recv(65536)
                    if not data:
                        return
                    if key.fileobj is client:
                        said.append(b"")
                        server.sendall(data)
                    else:
                        said[-1] += data
                        client.sendall(data)

    thread = threading.Thread(target=forward, daemon=True)
    thread.start()
    address = f"rtsp://127.0.0.1:{relay.getsockname()[1]}/camera"
    with av.open(address, options={"rtsp_transport": "tcp", "allowed_media_types": "video"}) as c:
        for _ in c.demux(video=0):
            pass
    thread.join(2)
    relay.close()
    return said


def mutate(content: bytes, chance: random.Random) -> bytes:
    """Bits turned, pieces random, zeroed, cut out or doubled, and sometimes the end cut off."""
    torn = bytearray(content)
    for _ in range(chance.choice([1, 2, 5, 20, 100])):
        at, size = chance.randrange(len(torn)), chance.choice([1, 4, 30, 400])
        size = min(size, len(torn) - at)
        match chance.randrange(5):
            case 0:
                torn[at] ^= 1 << chance.randrange(8)
            case 1:
                torn[at : at + size] = chance.randbytes(size)
            case 2:
                torn[at : at + size] = bytes(size)
            case 3 if len(torn) > 2 * size:
                del torn[at : at + size]
            case _:
                torn[at:at] = torn[at : at + size]
    return bytes(torn[: chance.randrange(1, len(torn))] if chance.random() < 0.25 else torn)


class Replay:
    """A server that answers each request with the next of `said`, whatever is asked."""

    def __init__(self) -> None:
        self.said: list[bytes] = []
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._server.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            client, _ = self._server.accept()
            threading.Thread(target=self._answer, args=(client, self.said), daemon=True).start()

    def _answer(self, client: socket.socket, said: list[bytes]) -> None:
        with client, contextlib.suppress(OSError):
            for answer in said:
                if not client.recv(65536):
                    return
                client.sendall(answer)


def read_mutated(folder: Path, index: int, seed: int, replay: Replay, said: dict) -> str:
    """Read stream number `index`; says what came of it."""
    chance = random.Random(seed * 1_000_003 + index)
    kinds = [*KINDS, *said]
    kind = kinds[index % len(kinds)]
    if kind in said:
        spoken = list(said[kind])
        for _ in range(1 if len(spoken) == 1 else chance.choice([1, 1, 3])):
            at = chance.choice([len(spoken) - 1, chance.randrange(len(spoken))])
            if spoken[at]:
                spoken[at] = mutate(spoken[at], chance)
        replay.said = spoken
        scheme = "http" if kind == "mjpeg over http" else "rtsp"
        source = parse_source(f"{scheme}://127.0.0.1:{replay.port}/camera")
    else:
        path = folder / f"torn.{kind}"
        path.write_bytes(mutate((folder / kind).read_bytes(), chance))
        source = parse_source(str(path))
    count, latest, ended = 0, -1.0, False
    with Camera(source, OPTIONS, lambda shown: shown.load().width) as camera:
        while not ended:
            for item in camera.take():
                assert item.seconds >= latest, f"{kind}: time went back"
                latest = item.seconds
                count += not isinstance(item, Health)
                ended |= isinstance(item, Health) and item.kind == "ended"
            ended |= source.live and camera.status().reconnects > 0
            time.sleep(0.002)
        return f"{kind}: {count} shots, {camera.status().broken} broken"


def child(folder: Path, first: int, count: int, seed: int) -> None:
    """Read streams `first` to `count`; a line before and a line after each."""
    said: dict[str, list[bytes]] = {"mjpeg over http": [parts(folder / "mjpeg.mkv")]}
    for file in sorted(folder.glob("rtsp-*.said")):
        said.setdefault("rtsp", []).append(file.read_bytes())
    replay = Replay()
    for index in range(first, count):
        print(f"begin {index}", flush=True)
        answer = read_mutated(folder, index, seed, replay, said)
        print(f"end {index} {resident_megabytes():.1f} {answer}", flush=True)


def resident_megabytes() -> float:
    """Memory of this process as Linux counts it."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def watch_child(folder: Path, first: int, count: int, seed: int, report: dict[str, list]) -> int:
    """Run a child until it has ended; gives the index that the next one begins with."""
    command = [sys.executable, "-m", "benchmarks.mutated_streams", "--count", str(count)]
    command += ["--seed", str(seed), "--child", str(folder), "--first", str(first)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, bufsize=0)
    assert process.stdout is not None
    waiting, index, began = b"", first, None
    with selectors.DefaultSelector() as ready:
        ready.register(process.stdout, selectors.EVENT_READ)
        while True:
            if not ready.select(LONGEST_SECONDS if began else 60.0):
                report["hangs"].append(index)
                process.kill()
                break
            data = process.stdout.read(65536)
            if not data:
                break
            *lines, waiting = (waiting + data).split(b"\n")
            for line in lines:
                if ended := re.match(rb"end (\d+) ([\d.]+) (.*)", line):
                    index = int(ended[1]) + 1
                    seconds = time.monotonic() - (began or time.monotonic())
                    report["seconds"].append(seconds)
                    report["megabytes"].append(float(ended[2]))
                    kind, shots = ended[3].decode().split(": ")
                    report["shown"].append((kind, not shots.startswith("0 ")))
                elif line.startswith(b"begin"):
                    began = time.monotonic()
    if process.wait() and index < count and index not in report["hangs"]:
        report["crashes"].append(index)
    process.stdout.close()
    return index + 1 if index < count else count


def main() -> None:
    """Draw, record, read all of them, and print what came of it."""
    options = argparse.ArgumentParser()
    options.add_argument("--count", type=int, default=2000)
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--child", type=Path)
    options.add_argument("--first", type=int, default=0)
    given = options.parse_args()
    if given.child:
        child(given.child, given.first, given.count, given.seed)
        return
    report: dict[str, list] = {
        name: [] for name in ("hangs", "crashes", "seconds", "megabytes", "shown")
    }
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        draw(folder)
        said = said_by_rtsp(folder / "h264.mp4")
        for number, words in enumerate(said or []):
            (folder / f"rtsp-{number:02d}.said").write_bytes(words)
        first = 0
        while first < given.count:
            first = watch_child(folder, first, given.count, given.seed, report)
    print(f"{given.count} streams of {len(KINDS) + 1 + bool(said)} kinds (RTSP: {bool(said)})")
    print(f"crashes: {report['crashes']}; hangs over {LONGEST_SECONDS:g} s: {report['hangs']}")
    print(f"longest: {max(report['seconds']):.2f} s")
    for kind in sorted({kind for kind, _ in report["shown"]}):
        gave = [given for name, given in report["shown"] if name == kind]
        print(f"{kind}: {sum(gave)} of {len(gave)} gave pictures")
    eighths = np.array_split(np.array(report["megabytes"]), 8)
    medians = " ".join(f"{np.median(part):.0f}" for part in eighths if part.size)
    print(f"memory, medians of eighths of the run: {medians} MB")
    sys.exit(bool(report["crashes"] or report["hangs"]))


if __name__ == "__main__":
    main()
