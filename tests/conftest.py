"""What every test needs: no screen, quiet libraries, and nothing left running afterwards."""

from __future__ import annotations

import os
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ["DS_EXPLORER_LANGUAGE"] = "en"
os.environ.setdefault("MPLCONFIGDIR", str(Path(tempfile.gettempdir()) / "ds-explorer-tests-matplotlib"))  # its list of fonts takes seconds to make


@pytest.fixture(autouse=True)
def own_folders(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings, caches and downloads of a test never touch those of the user."""
    home = tmp_path_factory.mktemp("home")
    for name in ("XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, str(home / name))


@pytest.fixture(autouse=True)
def no_threads_left() -> Iterator[None]:
    """A test that leaves a thread of ours running fails."""
    before = set(threading.enumerate())
    yield
    deadline = time.monotonic() + 3
    while (left := [t for t in threading.enumerate() if t not in before and t.name.startswith(("engine-", "outbox"))]) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not left, f"threads left: {[t.name for t in left]}"


@pytest.fixture(scope="session")
def data_folder() -> Path:
    """The public data sets, where this machine has them."""
    folder = Path(os.environ.get("DS_EXPLORER_DATA", Path(__file__).resolve().parents[2] / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip("no folder with public data sets here")
    return folder
