"""8 MB of maps through the door: from the engine's process into the window's, as a result on a signal.

    python benchmarks/door.py [REPEATS]

Peer, in the same run: the same array pickled through the pipe (no shared memory).
"""

from __future__ import annotations

import statistics
import sys
import threading
import time

import numpy as np

from explorer.door import Output, Wire, create_arena
from explorer.results import Maps

MEGABYTES = 8




def through_wire(repeats: int, *, shared: bool) -> float:
    """Median milliseconds from send to received, both ends in threads of one process, over real pipes."""
    import os

    made = create_arena(16 << 20) if shared else None
    a, b = os.pipe(), os.pipe()
    arena = made[1] if made else None
    sender = Wire(os.fdopen(b[0], "rb"), os.fdopen(a[1], "wb"), arena=arena)
    receiver = Wire(os.fdopen(a[0], "rb"), os.fdopen(b[1], "wb"), peer_arena=arena)
    values = np.random.default_rng(0).normal(size=(512, 64, 64)).astype(np.float32)
    assert values.nbytes == MEGABYTES << 20
    arrived = threading.Semaphore(0)

    def listen() -> None:
        for _ in range(repeats):
            receiver.receive()
            arrived.release()

    def acknowledge() -> None:
        try:
            sender.receive()
        except EOFError:
            return

    threading.Thread(target=listen, daemon=True).start()
    threading.Thread(target=acknowledge, daemon=True).start()
    times = []
    for i in range(repeats):
        begin = time.perf_counter()
        sender.send(Output(i, Maps(values)))
        arrived.acquire()
        times.append(time.perf_counter() - begin)
    if made:
        made[0].unlink()
    return statistics.median(times) * 1000


def main() -> None:
    repeats = int(sys.argv[1]) if len(sys.argv) > 1 else 60
    print(f"8 MB, send to received, shared memory: {through_wire(repeats, shared=True):6.2f} ms (aim ≤ 8)")
    print(f"8 MB, send to received, in the pipe:   {through_wire(repeats, shared=False):6.2f} ms (peer)")


if __name__ == "__main__":
    main()
