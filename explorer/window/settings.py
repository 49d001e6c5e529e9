"""What is kept from one start to the next: language, theme, the window's place, the last page, recent files, each page's state."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import QByteArray, QSettings

RECENT_FILES = 10
OFFER = "imagenet"  # the offer of the first start: weights that know 1,000 classes
SAVED_BYTES = 256_000  # a page's state beyond this is not kept


class Settings:
    """Values by name over QSettings (an ini file), or in memory only (``in_memory``) for the tour and pictures.

    The file lies where the system keeps settings, or at ``DS_EXPLORER_SETTINGS``.
    """

    def __init__(self) -> None:
        self._store: QSettings | dict[str, Any] | None = None
        self._offered_now: set[str] = set()

    def use(self, path: Path) -> None:
        """Keep everything in this ini file."""
        self.sync()
        self._offered_now.clear()
        self._store = QSettings(str(path), QSettings.Format.IniFormat)

    def in_memory(self) -> None:
        """Start with nothing and write nothing."""
        self.sync()
        self._offered_now.clear()
        self._store = {}

    @property
    def store(self) -> QSettings | dict[str, Any]:
        if self._store is None:
            path = os.environ.get("DS_EXPLORER_SETTINGS")
            self._store = (
                QSettings(path, QSettings.Format.IniFormat)
                if path
                else QSettings(
                    QSettings.Format.IniFormat, QSettings.Scope.UserScope, "ds-explorer", "ds-explorer"
                )
            )
        return self._store

    def sync(self) -> None:
        """Write what is not on disk yet."""
        if isinstance(self._store, QSettings):
            self._store.sync()

    def _get(self, name: str, default: Any = None) -> Any:
        store = self.store
        value = store.value(name) if isinstance(store, QSettings) else store.get(name)
        return default if value is None else value

    def _set(self, name: str, value: Any) -> None:
        store = self.store
        if isinstance(store, QSettings):
            store.setValue(name, value)
        else:
            store[name] = value

    def _get_json(self, name: str, default: Any) -> Any:
        try:
            return json.loads(self._get(name, ""))
        except (TypeError, ValueError):
            return default

    # --- the window ---

    @property
    def language(self) -> str:
        """ "ja", "en" or empty: not chosen yet."""
        value = self._get("window/language", "")
        return value if value in ("ja", "en") else ""

    @language.setter
    def language(self, value: str) -> None:
        self._set("window/language", value)

    @property
    def dark(self) -> bool | None:
        """The theme chosen, or None: not chosen yet."""
        value = str(self._get("window/dark", "")).lower()
        return {"true": True, "false": False}.get(value)

    @dark.setter
    def dark(self, value: bool) -> None:
        self._set("window/dark", "true" if value else "false")

    @property
    def reduced_motion(self) -> bool:
        """Nothing should move by itself."""
        return str(self._get("window/reduced_motion", "")).lower() == "true"

    @reduced_motion.setter
    def reduced_motion(self, value: bool) -> None:
        self._set("window/reduced_motion", "true" if value else "false")

    @property
    def geometry(self) -> QByteArray | None:
        """Place and size of the window."""
        value = self._get("window/geometry")
        return value if isinstance(value, QByteArray) and not value.isEmpty() else None

    @geometry.setter
    def geometry(self, value: QByteArray) -> None:
        self._set("window/geometry", value)

    @property
    def page(self) -> str:
        """Id of the system last shown, or empty."""
        return str(self._get("window/page", ""))

    @page.setter
    def page(self, value: str) -> None:
        self._set("window/page", value)

    def ready_systems(self, stamp: str) -> list[str] | None:
        """Ids of the ready systems as they were found for this stamp of the program's files, or None."""
        found = self._get_json("window/ready", {})
        ids = found.get(stamp) if isinstance(found, dict) else None
        return [i for i in ids if isinstance(i, str)] if isinstance(ids, list) else None

    def keep_ready_systems(self, stamp: str, ids: list[str]) -> None:
        """Keep which systems were found ready."""
        self._set("window/ready", json.dumps({stamp: ids}))

    # --- offers of the first start ---

    def may_offer(self, name: str) -> bool:
        """Whether an offer was never made before this start, and not answered since."""
        made = str(self._get(f"offers/{name}", ""))
        return not made or (made == "made" and name in self._offered_now)

    def offered(self, name: str, answered: bool = False) -> None:
        """Keep that an offer was made: it is not made at the next start. ``answered``: not again now either."""
        self._offered_now.add(name)
        self._set(f"offers/{name}", "answered" if answered else "made")

    # --- files ---

    def recent_files(self) -> list[str]:
        """Paths of the files opened last, newest first."""
        found = self._get_json("files/recent", [])
        return [p for p in found if isinstance(p, str)] if isinstance(found, list) else []

    def add_recent(self, path: str) -> None:
        """Put a path first among the recent files."""
        path = str(Path(path).absolute())
        self._set(
            "files/recent", json.dumps([path, *(p for p in self.recent_files() if p != path)][:RECENT_FILES])
        )

    def last_folder(self) -> str:
        """The folder of the newest recent file that still exists, else the home folder."""
        for path in self.recent_files():
            if Path(path).parent.is_dir():
                return str(Path(path).parent)
        return str(Path.home())

    # --- pages ---

    def page_state(self, system_id: str) -> dict[str, Any]:
        """What was kept for a page, or nothing."""
        found = self._get_json(f"pages/{system_id}", {})
        return found if isinstance(found, dict) else {}

    def keep_page_state(self, system_id: str, state: Mapping[str, Any]) -> None:
        """Keep a page's state; one that is not JSON or very large is passed over."""
        try:
            text = json.dumps(state, ensure_ascii=False)
        except (TypeError, ValueError):
            return
        if len(text) <= SAVED_BYTES:
            self._set(f"pages/{system_id}", text)

    def claims(self, system_id: str) -> dict[str, Any]:
        """Guesses and verdicts of a system's claims, by claim."""
        found = self._get_json(f"claims/{system_id}", {})
        return found if isinstance(found, dict) else {}

    def keep_claims(self, system_id: str, claims: Mapping[str, Any]) -> None:
        """Keep guesses and verdicts of a system."""
        self._set(f"claims/{system_id}", json.dumps(claims, ensure_ascii=False))


settings = Settings()
