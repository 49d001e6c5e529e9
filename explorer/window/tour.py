"""Pictures of pages without a screen: one page with its numbers, or a tour of all of them with an index page."""

from __future__ import annotations

import html
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEventLoop, QTimer

from explorer.catalogue import System, chapter_of
from explorer.window.app import MainWindow, make_application
from explorer.window.look import look
from explorer.window.settings import OFFER, settings
from explorer.words import LANGUAGES, ExplorerError, Language, Text, WeightsMissing

PATIENCE = 600.0  # s for one page
TOO_SLOW = Text(
    "「{name}」のページは {seconds} 秒待っても計算が終わりません。",
    "The page of {name} was still computing after {seconds} s.",
)
CANNOT_WRITE = Text("{path} に書き込めません。", "{path} cannot be written.")
TITLE = Text("ds-explorer のページ", "The pages of ds-explorer")
DARK = Text("暗いテーマ", "dark")
PROJECTED = Text("投影", "projected")
TREE = Text("系統図", "Family tree")


def wait(until: Callable[[], bool], seconds: float) -> bool:
    """Let the window live until something is true, and a moment longer for the last repaint; False when it takes too long."""
    loop = QEventLoop()
    end = time.monotonic() + seconds
    calm = 0

    def look_again() -> None:
        nonlocal calm
        calm = calm + 1 if until() else 0
        if calm >= 4 or time.monotonic() > end:
            loop.quit()

    timer = QTimer()
    timer.timeout.connect(look_again)
    timer.start(40)
    loop.exec()
    timer.stop()
    return calm >= 4


class Studio:
    """A window without a screen, with nothing remembered, that can be drawn."""

    def __init__(
        self, size: tuple[int, int] = (1280, 800), make_client: Callable[[], Any] | None = None, first: str = ""
    ) -> None:
        self.app = make_application()
        settings.in_memory()
        settings.offered(OFFER, answered=True)  # pictures show the page itself
        look.reduced_motion = True
        look.apply(self.app)
        look.changed.connect(self._apply_look)
        self.window = MainWindow(make_client, remember=False)
        self.window.resize(*size)
        if first:
            self.window.open(first)  # before the engine starts: this page comes first
        self.window.show()
        self.window.begin()

    def _apply_look(self) -> None:
        look.apply(self.app)

    def open(self, entry: System, seconds: float = PATIENCE) -> None:
        """Open a page and wait until it is complete. Raises ExplorerError when it takes too long."""
        self.window.open(entry.id)
        self.complete(entry, seconds)

    def complete(self, entry: System, seconds: float = PATIENCE) -> None:
        """Wait until nothing of the page is being computed any more."""
        page = self.window.pages.get(entry.id)
        if page is not None and not wait(lambda: not page.busy(), seconds):
            raise ExplorerError(TOO_SLOW.format(name=entry.name, seconds=round(seconds)))

    def settle(self) -> None:
        """Let layouts and repaints happen."""
        wait(lambda: True, 2.0)

    def draw(self, path: Path) -> None:
        """Write the whole window as PNG, without the ring of the focus. Raises ExplorerError when the file cannot be written."""
        if (focus := self.window.focusWidget()) is not None:
            focus.clearFocus()
        if not self.window.grab().save(str(path), "PNG"):
            raise ExplorerError(CANNOT_WRITE.format(path=path))

    def close(self) -> None:
        """End the window and the engine."""
        look.changed.disconnect(self._apply_look)
        self.window.close()
        self.window.deleteLater()


def draw_page(
    system_id: str,
    out: Path | str,
    *,
    input: Any = None,
    variant: str | None = None,
    lens: str | None = None,
    size: tuple[int, int] = (1280, 800),
    language: Language = "en",
    dark: bool = False,
    projection: bool = False,
    make_client: Callable[[], Any] | None = None,
) -> dict[str, Any]:
    """Draw one page into a PNG and return its numbers.

    Raises ExplorerError (an InputError for what the user brought) when the page cannot be completed.
    """
    look.language, look.dark = language, dark
    studio = Studio(size, make_client, system_id)
    try:
        window = studio.window
        entry = next(e for e in window.systems if e.id == system_id)
        window.open(system_id)
        page = window.pages.get(system_id)
        if page is None:
            raise ExplorerError(window.why_not(system_id))
        if variant is not None:
            page.open_state({"variant": variant})
        if input is not None:
            page.mark_sample(None)
            page.open_input(input)
        studio.complete(entry)
        if lens is not None:
            page.set_lens(lens)
            studio.complete(entry)
        if page.last_error is not None and not isinstance(page.last_error, WeightsMissing):
            raise page.last_error
        if projection:
            window.set_projection(True, full_screen=False)
        studio.settle()
        studio.complete(entry)
        studio.draw(Path(out))
        return page.numbers()
    finally:
        studio.close()
        look.projection = False


def tour(out: Path | str, *, make_client: Callable[[], Any] | None = None) -> Path:
    """Draw every ready page with its sample: both languages, dark, projected; returns the index page.

    Raises OSError when the folder cannot be made or written.
    """
    folder = Path(out)
    folder.mkdir(parents=True, exist_ok=True)
    kept = look.language, look.dark
    look.language, look.dark = "en", False
    studio = Studio((1280, 800), make_client)
    window = studio.window
    pictures: list[tuple[Text, Text, str]] = []

    def add(name: Text, about: Text, file: str) -> None:
        studio.settle()
        studio.draw(folder / file)
        pictures.append((name, about, file))

    try:
        for entry in window.systems:
            window.resize(1280, 800)
            try:
                studio.open(entry)
            except ExplorerError as error:
                pictures.append((entry.name, error.text, ""))
                continue
            for language in LANGUAGES:
                look.language = language
                add(entry.name, Text(language, language), f"{entry.id}-{language}.png")
            look.language = "en"
            look.dark = True
            add(entry.name, DARK, f"{entry.id}-dark.png")
            look.dark = False
            window.resize(1920, 1080)
            window.set_projection(True, full_screen=False)
            add(entry.name, PROJECTED, f"{entry.id}-projection.png")
            window.set_projection(False, full_screen=False)
        window.resize(1280, 800)
        for language in LANGUAGES:
            look.language = language
            window.show_tree()
            add(TREE, Text(language, language), f"tree-{language}.png")
    finally:
        studio.close()
        look.projection = False
        look.language, look.dark = kept
    index = folder / "index.html"
    index.write_text(index_page(pictures, window.systems), encoding="utf-8")
    return index


def index_page(pictures: list[tuple[Text, Text, str]], systems: list[System]) -> str:
    """The index page: every picture with its name, by system."""
    chapters = {entry.name: chapter_of(entry.section).name for entry in systems}
    parts: list[str] = []
    shown: Text | None = None
    for name, about, file in pictures:
        if name != shown:
            chapter = chapters.get(name)
            above = (
                f"<p class=chapter>{html.escape(chapter.en)} · {html.escape(chapter.ja)}</p>"
                if chapter
                else ""
            )
            both = name.en if name.en == name.ja else f"{name.en} · {name.ja}"
            parts.append(f"{above}<h2>{html.escape(both)}</h2>")
            shown = name
        label = about.en if about.en == about.ja else f"{about.en} · {about.ja}"
        if file:
            parts.append(
                f'<figure><a href="{file}"><img src="{file}" alt="{html.escape(name.en)}, {html.escape(about.en)}" loading="lazy"></a><figcaption>{html.escape(label)}</figcaption></figure>'
            )
        else:
            parts.append(f"<p class=failed>{html.escape(label)}</p>")
    body = "\n".join(parts)
    title = f"{TITLE.en} · {TITLE.ja}"
    return f"""<!doctype html>
<html lang="en"><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
body {{ margin: 0 auto; max-width: 1340px; padding: 24px; background: #FAFAF7; color: #1B1D21;
  font: 15px/1.5 "Noto Sans CJK JP", "Noto Sans JP", "Yu Gothic UI", "Hiragino Sans", sans-serif; }}
h1 {{ font-size: 26px }} h2 {{ font-size: 18px; margin: 4px 0 12px }}
.chapter {{ color: #666C73; margin: 40px 0 0; font-size: 13px }} .failed {{ color: #A3302A }}
figure {{ display: inline-block; width: min(100%, 640px); margin: 0 16px 20px 0; vertical-align: top }}
img {{ width: 100%; border-radius: 12px; border: 1px solid #E3E1DA }} figcaption {{ color: #4E545B; font-size: 13px }}
</style>
<h1>{title}</h1>
{body}
</html>
"""
