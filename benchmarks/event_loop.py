"""Delay of the window's event loop while a page trains and while one infers.

    python benchmarks/event_loop.py [SECONDS]

A timer asks to be woken every 4 ms; how much later it is woken is the delay. Peer, in the same run: a training of the same kind in a thread of
the window's own process.
"""

from __future__ import annotations

import os
import sys
import threading
import time

os.environ["QT_QPA_PLATFORM"] = "offscreen"

import numpy as np
from PySide6.QtCore import QEventLoop, Qt, QTimer

from explorer.window.tour import Studio, wait

PERIOD = 4.0  # ms


def delays(seconds: float) -> np.ndarray:
    """Milliseconds by which each wake-up came late."""
    found: list[float] = []
    loop = QEventLoop()
    last = time.perf_counter()

    def woken() -> None:
        nonlocal last
        now = time.perf_counter()
        found.append(max(0.0, (now - last) * 1000 - PERIOD))
        last = now

    timer = QTimer()
    timer.setTimerType(Qt.TimerType.PreciseTimer)
    timer.timeout.connect(woken)
    timer.start(int(PERIOD))
    QTimer.singleShot(int(seconds * 1000), loop.quit)
    loop.exec()
    timer.stop()
    return np.array(found[5:])


def tell(name: str, found: np.ndarray, aim: bool = True) -> None:
    print(f"{name:44} p50 {np.percentile(found, 50):5.1f}  p99 {np.percentile(found, 99):5.1f}  worst {found.max():6.1f} ms"
          f"{'   (aim p99 ≤ 8, worst ≤ 33)' if aim else ''}", flush=True)


def main() -> None:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 10.0
    studio = Studio()
    window = studio.window
    tell("nothing under way", delays(min(3.0, seconds)), aim=False)
    from explorer.catalogue import system

    studio.open(system("dnn"))
    page = window.pages["dnn"]
    page.play(True)
    wait(lambda: True, 3.0)
    tell("the playground trains at full speed", delays(seconds))
    page.hidden()

    for name, said in (("q_learning", "Q-learning learns at full speed"), ("dqn", "DQN learns at full speed")):
        studio.open(system(name))
        page = window.pages[name]
        wait(lambda page=page: not page.busy(), 60.0)  # type: ignore[misc]
        page.send("set", {"speed": 0.0})
        page.send("play")
        wait(lambda: True, 2.0)
        steps, begin = page.values()["steps"], time.perf_counter()
        tell(said, delays(seconds))
        print(f"  ({(page.values()['steps'] - steps) / (time.perf_counter() - begin):,.0f} steps a second meanwhile)")
        page.hidden()

    studio.open(system("resnet"))
    page = window.pages["resnet"]
    samples = ["cat", "coffee", "astronaut"]
    turn = 0

    def another() -> None:
        nonlocal turn
        if not page.busy():
            turn += 1
            page.open_input(samples[turn % 3])

    asking = QTimer()
    asking.timeout.connect(another)
    asking.start(20)
    tell("ResNet looks at one picture after another", delays(seconds))
    print(f"  ({turn} pictures)")
    asking.stop()
    wait(lambda: not page.busy(), 20.0)
    window.client.close()

    stop = threading.Event()

    def train() -> None:
        import torch

        network = torch.nn.Sequential(torch.nn.Linear(2, 64), torch.nn.Tanh(), torch.nn.Linear(64, 64), torch.nn.Tanh(), torch.nn.Linear(64, 2))
        optimiser = torch.optim.Adam(network.parameters())
        x, y = torch.randn(200, 2), torch.randint(0, 2, (200,))
        while not stop.is_set():
            torch.nn.functional.cross_entropy(network(x), y).backward()
            optimiser.step()
            optimiser.zero_grad()

    thread = threading.Thread(target=train)
    thread.start()
    tell("peer: training in a thread of the window", delays(seconds), aim=False)
    stop.set()
    thread.join()
    os._exit(0)


if __name__ == "__main__":
    main()
