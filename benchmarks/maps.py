"""Drawing a grid of 512 feature maps, and the time from choosing another network to its maps on screen, each against its peer in the same run.

    python benchmarks/maps.py [REPEATS]

Grid: 512 maps of 14×14 that change every time, coloured and painted into a picture of 720×400. Peer: the same values coloured by one look-up in
NumPy and drawn by Qt as one picture, without gaps, frames or sorting. Network: ResNet-20 to ResNet-32 (random weights from a file) and back on the same
picture, from the choice to the painted grid; the first time the weights are read. Peer: a process that has imported torch builds the network, loads the weights and makes one forward pass.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time

os.environ["QT_QPA_PLATFORM"] = "offscreen"

import numpy as np
from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtGui import QImage, QPainter

from explorer.catalogue import system
from explorer.results import Maps
from explorer.window.look import look
from explorer.window.tour import Studio, wait
from explorer.window.views.maps import MapGridView

MAKE = """
import sys
from explorer.engine.system import build, find_system, find_variant
from safetensors.torch import save_file
save_file(build(find_variant(find_system("resnet"), "resnet32")).state_dict(), sys.argv[1])
"""

PEER = """
import sys, time, torch
import explorer
from explorer.engine.system import build, find_system, find_variant
from safetensors.torch import load_file
x = torch.randn(1, 3, 32, 32)
build(find_variant(find_system("resnet"), "resnet20")).eval()(x)
begin = time.perf_counter()
network = build(find_variant(find_system("resnet"), "resnet32"))
network.load_state_dict(load_file(sys.argv[1]))
network.eval()(x)
print(time.perf_counter() - begin)
"""


def grid(repeats: int) -> None:
    """Frames a second of 512 changing maps."""
    rng = np.random.default_rng(0)
    stacks = [Maps(rng.random((512, 14, 14)).astype(np.float32), "layer") for _ in range(4)]
    view = MapGridView()
    view.resize(720, 400)
    view.show()
    view.set_result(stacks[0])
    view.grab()
    begin = time.perf_counter()
    for k in range(repeats):
        view.set_result(stacks[k % 4])
        view.grab()
    ours = repeats / (time.perf_counter() - begin)
    begin = time.perf_counter()
    for _ in range(repeats):
        view.update()
        view.grab()
    again = repeats / (time.perf_counter() - begin)

    table = look.viridis(np.linspace(0, 1, 256)).astype(np.uint8)
    begin = time.perf_counter()
    for k in range(repeats):
        values = stacks[k % 4].values
        codes = (values * 255 / values.max(axis=(1, 2), keepdims=True)).astype(np.uint8)
        pixels = np.ascontiguousarray(table[codes.reshape(16, 32, 14, 14).swapaxes(1, 2).reshape(224, 448)][..., :3])
        picture = QImage(720, 400, QImage.Format.Format_RGB32)
        painter = QPainter(picture)
        painter.drawImage(picture.rect(), QImage(pixels.data, 448, 224, 448 * 3, QImage.Format.Format_RGB888))
        painter.end()
    peer = repeats / (time.perf_counter() - begin)
    print(f"512 maps, changing   {ours:6.0f} a second   (aim 60; as one plain picture without gaps or frames {peer:.0f})")
    print(f"512 maps, repainted  {again:6.0f} a second")


def network(repeats: int, weights: str) -> None:
    """Milliseconds from the choice of another network to its maps. ``weights``: a file for ResNet-32."""
    subprocess.run([sys.executable, "-c", MAKE, weights], check=True)
    studio = Studio(first="resnet")
    studio.open(system("resnet"))
    page = studio.window.pages["resnet"]
    times = []
    for k in range(2 * repeats):
        before, found = page.results_by_lens()["feature_maps"], []
        loop, timer = QEventLoop(), QTimer()
        begin = time.perf_counter()

        def look_again(before: object = before, found: list[float] = found, loop: QEventLoop = loop, begin: float = begin) -> None:
            if page.results_by_lens().get("feature_maps") not in (before, None):
                page.grab()
                found.append(1000 * (time.perf_counter() - begin))
                loop.quit()

        timer.timeout.connect(look_again)
        timer.start(1)
        page.choose_network(*(("resnet32", weights), ("resnet20", None))[k % 2])
        loop.exec()
        timer.stop()
        times.append(found[0])
        wait(lambda: not page.busy(), 30)
    studio.close()
    peers = [1000 * float(subprocess.run([sys.executable, "-c", PEER, weights], capture_output=True, text=True, check=True).stdout) for _ in range(3)]
    print(f"another network: first time {times[0]:.0f} ms, then {statistics.median(times[2:]):.0f} ms to its maps on screen   (build, load and forward alone {statistics.median(peers):.0f} ms)")


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    with tempfile.TemporaryDirectory() as folder:
        network(count, os.path.join(folder, "resnet32.safetensors"))
    grid(20 * count)
