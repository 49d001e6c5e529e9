"""Writing what a page shows: its views as PNG, SVG or CSV, and the menus for that and for recent files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from explorer.window.look import look
from explorer.window.settings import settings
from explorer.window.views.view import View
from explorer.words import ExplorerError, Text

NOTHING_TO_SAVE = Text("まだ保存できる図がありません。", "There is no view to save yet.")
CANNOT_SAVE = Text("{path} に保存できません：{why}", "{path} cannot be saved: {why}")
SAVE_AS = Text("保存", "Save")
SAVE_FORMATS = (
    (Text("画像 (PNG)", "Picture (PNG)"), "png"),
    (Text("図 (SVG)", "Drawing (SVG)"), "svg"),
    (Text("数値 (CSV)", "Numbers (CSV)"), "csv"),
)
RECENT = Text("最近のファイル", "Recent files")
NO_RECENT = Text("まだありません", "None yet")
MOST_VIEWS = 8


def fill_menu(menu: QMenu, views: Sequence[View], name: Text, save: Callable[[View, str], object]) -> None:
    """One entry a view, with the three formats."""
    for view in views[:MOST_VIEWS]:
        part = menu.addMenu(f"{look.say(SAVE_AS)}: {view.accessibleName() or look.say(name)}")
        for label, suffix in SAVE_FORMATS:
            part.addAction(look.say(label), partial(save, view, suffix))
    if not views:
        menu.addAction(look.say(NOTHING_TO_SAVE)).setEnabled(False)


def add_recent_files(menu: QMenu, open_path: Callable[[str], object]) -> None:
    """The files opened last, newest first."""
    recent = menu.addMenu(look.say(RECENT))
    paths = settings.recent_files()
    for path in paths:
        recent.addAction(Path(path).name, partial(open_path, path))
    if not paths:
        recent.addAction(look.say(NO_RECENT)).setEnabled(False)


def ask_for_name(parent: QWidget, proposal: str, suffix: str) -> Path | None:
    """Let the user name the file; one without an ending gets the proposed one. None when they change their mind."""
    order = sorted(SAVE_FORMATS, key=lambda entry: entry[1] != suffix)
    kinds = ";;".join(f"{look.say(label)} (*.{end})" for label, end in order)
    start = str(Path(settings.last_folder()) / f"{proposal}.{suffix}")
    path, _ = QFileDialog.getSaveFileName(parent, look.say(SAVE_AS), start, kinds)
    if not path:
        return None
    return Path(path) if Path(path).suffix else Path(f"{path}.{suffix}")


def write(view: View, path: Path) -> None:
    """Write a view: ``.svg``, ``.csv``, else PNG. Raises ExplorerError when the file cannot be written."""
    try:
        if path.suffix.lower() == ".svg":
            view.save_svg(path)
        elif path.suffix.lower() == ".csv":
            path.write_text(view.to_csv(), encoding="utf-8", newline="")
        else:
            view.save_png(path)
    except OSError as error:
        raise ExplorerError(CANNOT_SAVE.format(path=path.name, why=error.strerror or error)) from error
