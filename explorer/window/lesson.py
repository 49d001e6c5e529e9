"""A lesson as a file: pages in the state they should be seen in, a sentence for each, and what is hidden meanwhile.

The state of one page is a lesson of one step without words. A file is JSON: ``{"program": "ds-explorer", "lesson": 1, "title": …, "hide": […],
"steps": [{"page": id, "state": {…}, "say": …}], "files": {name: base64}}``; words are one text or ``{"ja": …, "en": …}``. The user's own
pictures and weights travel inside the file, so that it opens on another computer.
"""

from __future__ import annotations

import base64
import binascii
import functools
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from explorer.resources import resource
from explorer.words import ExplorerError, InputError, Text, same

SUFFIX = ".dslesson"
FORMAT = 1
LARGEST_FILE = 24_000_000  # bytes; a larger file of the user is named, not packed
LARGEST_LESSON = 200_000_000  # bytes
MOST_STEPS = 200
PARTS = ("chapters", "input", "network", "lenses", "settings", "card", "save")
"""What of the window a lesson may hide."""

NOT_A_LESSON = Text("「{name}」は ds-explorer のレッスンではありません。", "“{name}” is not a lesson of ds-explorer.")
NEWER = Text("「{name}」は新しい版のプログラムで作られています。", "“{name}” was made with a newer version of the program.")
CANNOT_OPEN = Text("「{name}」を開けません：{why}", "“{name}” cannot be opened: {why}")
CANNOT_WRITE = Text("「{name}」に書き込めません：{why}", "“{name}” cannot be written: {why}")
TOO_LARGE = Text("「{name}」は大きすぎます。", "“{name}” is too large.")


@dataclass(frozen=True)
class Step:
    """A page (the id of its system or scene), its state, and what is said there; None: nothing."""

    page: str
    state: dict[str, Any] = field(default_factory=dict)
    say: Text | None = None


@dataclass(frozen=True)
class Lesson:
    """Steps in order, under a title. ``hide``: the ``PARTS`` of the window that are not shown meanwhile."""

    title: Text
    steps: tuple[Step, ...] = ()
    hide: tuple[str, ...] = ()

    @property
    def guided(self) -> bool:
        """Whether it is more than one state of one page."""
        return len(self.steps) > 1 or bool(self.hide) or any(step.say is not None for step in self.steps)


@functools.cache
def names_of(chapter: int) -> tuple[str, ...]:
    """The lessons of a chapter that come with the program; their names begin with its number."""
    return tuple(path.name.removesuffix(SUFFIX) for path in sorted(resource("assets", "lessons").glob(f"{chapter}-*{SUFFIX}")))


def write(lesson: Lesson, path: Path) -> list[str]:
    """Write a lesson with the user's files it needs. Returns the paths that were too large to go along.

    Raises ExplorerError when the file cannot be written.
    """
    files: dict[str, str] = {}
    left_out: list[str] = []
    steps = []
    for step in lesson.steps:
        entry: dict[str, Any] = {"page": step.page, "state": _packed(step.state, files, left_out)}
        if step.say is not None:
            entry["say"] = _plain(step.say)
        steps.append(entry)
    whole = {"program": "ds-explorer", "lesson": FORMAT, "title": _plain(lesson.title), "hide": list(lesson.hide), "steps": steps, "files": files}
    text = json.dumps(whole, ensure_ascii=False, indent=1)
    beside = path.with_name(path.name + ".part")  # a full disk leaves what was there
    try:
        beside.write_text(text, encoding="utf-8")
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise ExplorerError(CANNOT_WRITE.format(name=path.name, why=error.strerror or error)) from error
    return left_out


def read(path: Path, keep: Path) -> Lesson:
    """Read a lesson; the files in it are put into the folder ``keep``. Raises InputError for anything that is not one."""
    try:
        if path.stat().st_size > LARGEST_LESSON:
            raise InputError(TOO_LARGE.format(name=path.name))
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise InputError(CANNOT_OPEN.format(name=path.name, why=error.strerror or error)) from error
    except UnicodeDecodeError:
        raise InputError(NOT_A_LESSON.format(name=path.name)) from None
    try:
        whole = json.loads(text)
        return _lesson(whole, path, keep)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, binascii.Error) as error:
        if isinstance(error, ExplorerError):
            raise
        raise InputError(NOT_A_LESSON.format(name=path.name)) from None


def _lesson(whole: Any, path: Path, keep: Path) -> Lesson:
    if whole["program"] != "ds-explorer" or not isinstance(whole["lesson"], int):
        raise ValueError
    if whole["lesson"] > FORMAT:
        raise InputError(NEWER.format(name=path.name))
    entries = whole["steps"]
    if not isinstance(entries, list) or not 0 < len(entries) <= MOST_STEPS:
        raise ValueError
    places = _unpack(whole.get("files", {}), path, keep)
    steps = []
    for entry in entries:
        if not isinstance(entry["page"], str) or not isinstance(entry.get("state", {}), dict):
            raise ValueError
        say = _words(entry["say"]) if entry.get("say") else None
        steps.append(Step(entry["page"], _opened(entry.get("state", {}), places), say))
    hide = tuple(part for part in PARTS if part in whole.get("hide", ()))
    return Lesson(_words(whole.get("title") or path.stem), tuple(steps), hide)


def _plain(words: Text) -> Any:
    return words.en if words.ja == words.en else {"ja": words.ja, "en": words.en}


def _words(value: Any) -> Text:
    if isinstance(value, str):
        return same(value)
    ja, en = value.get("ja") or value["en"], value.get("en") or value["ja"]
    if not isinstance(ja, str) or not isinstance(en, str):
        raise TypeError
    return Text(ja, en)


# --- the user's files ---


def _packed(value: Any, files: dict[str, str], left_out: list[str]) -> Any:
    """The same state with ``{"$file": name}`` for every path of a file there is; bytes are a file too."""
    if isinstance(value, Mapping):
        return {str(name): _packed(part, files, left_out) for name, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_packed(part, files, left_out) for part in value]
    if isinstance(value, bytes):
        return {"$file": _add(f"{hashlib.sha256(value).hexdigest()[:16]}.png", value, files)}
    if isinstance(value, str) and 1 < len(value) < 4096 and "\n" not in value and Path(value).is_absolute():
        try:
            if Path(value).is_file():
                if Path(value).stat().st_size > LARGEST_FILE:
                    left_out.append(value)
                    return value
                return {"$file": _add(Path(value).name, Path(value).read_bytes(), files)}
        except OSError:
            return value
    return value


def _add(name: str, content: bytes, files: dict[str, str]) -> str:
    coded = base64.b64encode(content).decode("ascii")
    unique, number = name, 1
    while unique in files and files[unique] != coded:
        number += 1
        unique = f"{number}-{name}"
    files[unique] = coded
    return unique


def _unpack(files: Mapping[str, str], path: Path, keep: Path) -> dict[str, str]:
    """Put the files into ``keep``, each in a folder named by its content, and say where they are."""
    places: dict[str, str] = {}
    for name, coded in files.items():
        content = base64.b64decode(coded, validate=True)
        folder = keep / hashlib.sha256(content).hexdigest()[:16]
        place = folder / (Path(name.replace("\\", "/")).name or "file")  # a name never leads out of the folder
        if place.name in ("", ".", ".."):
            raise ValueError
        try:
            if not place.is_file() or place.stat().st_size != len(content):
                folder.mkdir(parents=True, exist_ok=True)
                place.write_bytes(content)
        except OSError as error:
            raise InputError(CANNOT_OPEN.format(name=path.name, why=error.strerror or error)) from error
        places[name] = str(place)
    return places


def _opened(value: Any, places: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        if set(value) == {"$file"}:
            return places[value["$file"]]
        return {name: _opened(part, places) for name, part in value.items()}
    if isinstance(value, list):
        return [_opened(part, places) for part in value]
    return value
