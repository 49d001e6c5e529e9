"""Time to the first usable window, and from launch to the sample's feature maps, each against its peer in the same run.

    python benchmarks/startup.py [REPEATS]

Usable: shown, painted, and the event loop is back; a click on another chapter is then answered by its list. After that the first page
comes in steps: how long its steps hold up the event loop is told as well. Settings and bytecode are kept from one start to the next, as a
user's are. Peers: a bare PySide6 main window; a script that imports torch and
torchvision and makes one forward pass of a torchvision ResNet-18. Every time includes starting Python.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

BARE = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMainWindow
app = QApplication([])
window = QMainWindow(); window.resize(1280, 800); window.show()
QTimer.singleShot(0, lambda: (window.grab(), print("now", flush=True), app.exit()))
app.exec()
"""

OURS = """
import os
from PySide6.QtCore import QTimer
from explorer.window.app import MainWindow, make_application, restore_look
from explorer.window.look import look
app = make_application(); restore_look(); look.apply(app)
window = MainWindow(); window.resize(1280, 800); window.show()
def usable():
    window.grab(); print("now", flush=True)
    before = window.list.rows.grab().toImage()
    window.top.tabs.chosen.emit(4)
    assert window.chapter == 4 and window.list.rows.grab().toImage() != before
    os._exit(0)
QTimer.singleShot(0, usable)
app.exec()
"""

STEPS = """
import os, sys, time
from PySide6.QtCore import QTimer
from explorer.window.app import MainWindow, make_application, restore_look
from explorer.window.look import look
app = make_application(); restore_look(); look.apply(app)
window = MainWindow(remember=False); window.open(sys.argv[1]); window.resize(1280, 800); window.show()
begin, last, gaps = time.perf_counter(), 0.0, []
def turn():
    global last
    now = time.perf_counter()
    if last:
        gaps.append(1000 * (now - last))
    last = now
    if window.current in window.pages:
        window.grab(); gaps.append(1000 * (time.perf_counter() - now))
        gaps.sort(reverse=True)
        print(f"{time.perf_counter() - begin:.2f} s, longest turns of the event loop {', '.join(f'{g:.0f}' for g in gaps[:6])} ms", flush=True)
        os._exit(0)
timer = QTimer(); timer.timeout.connect(turn)
QTimer.singleShot(0, lambda: (window.grab(), timer.start(0)))
app.exec()
"""

MAPS = """
import os, sys
from PySide6.QtCore import QTimer
from explorer.window.app import MainWindow, make_application, restore_look
from explorer.window.look import look
from explorer.window.settings import settings
app = make_application(); settings.in_memory(); look.apply(app)
window = MainWindow(remember=False); window.resize(1280, 800); window.show(); window.begin()
window.open("resnet")
page = window.pages["resnet"]
def look_again():
    if "feature_maps" in page.results_by_lens():
        print("now", flush=True); window.client.close(); os._exit(0)
timer = QTimer(); timer.timeout.connect(look_again); timer.start(5)
app.exec()
"""

TORCH = """
import torch, torchvision
network = torchvision.models.resnet18(weights=None).eval()
with torch.no_grad():
    network(torch.randn(1, 3, 224, 224))
print("now", flush=True)
"""


HOME = tempfile.mkdtemp()


def environment() -> dict[str, str]:
    """A user's: settings and bytecode are kept from one start to the next."""
    own = {"QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT), "XDG_CONFIG_HOME": HOME, "XDG_CACHE_HOME": HOME, "PYTHONPYCACHEPREFIX": HOME}
    return {name: value for name, value in {**os.environ, **own}.items() if name != "PYTHONDONTWRITEBYTECODE"}


def seconds(code: str) -> float:
    """From starting Python to the line "now"."""
    begin = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, env=environment())
    assert process.stdout is not None
    line = process.stdout.readline()
    taken = time.perf_counter() - begin
    process.kill()
    process.wait()
    if line.strip() != "now":
        raise RuntimeError("the program ended before its window was there")
    return taken


def compare(name: str, ours: str, peer_name: str, peer: str, repeats: int, aim: float) -> None:
    """Alternate both and print medians and their ratio."""
    mine, other = [], []
    for _ in range(repeats):
        other.append(seconds(peer))
        mine.append(seconds(ours))
    a, b = statistics.median(mine), statistics.median(other)
    print(f"{name}: {a:.2f} s; {peer_name}: {b:.2f} s; {a / b:.2f} × (aim ≤ {aim})", flush=True)


def main() -> None:
    repeats = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    seconds(OURS), seconds(MAPS), seconds(TORCH)  # files in the cache of the disk
    compare("first usable window", OURS, "bare PySide6 main window", BARE, repeats, 2.0)
    for page in ("dnn", "resnet"):
        done = subprocess.run([sys.executable, "-c", STEPS, page], stdout=subprocess.PIPE, text=True, env=environment(), check=True)
        print(f"  from there to the page of {page}: {done.stdout.strip()}", flush=True)
    compare("launch to the sample's feature maps", MAPS, "importing torch and torchvision plus one forward", TORCH, max(3, repeats // 2), 1.2)


if __name__ == "__main__":
    main()
