"""The line beside a page's title: who, when, how large."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QPainter, QPaintEvent

from explorer.catalogue import Scene, System, Variant
from explorer.window.look import look
from explorer.window.views.controls import Label
from explorer.window.views.drawing import draw_text
from explorer.words import LANGUAGES, Text, same

WEIGHTS = Text("{count} 個の重み", "{count} weights")
BETWEEN = " · "


class Caption(Label):
    """A line that becomes two at its dot where there is no room for one."""

    def __init__(self, text: Text) -> None:
        super().__init__(text, "label", "ink3")

    def lines(self) -> list[str]:
        """What is written, from the top."""
        first, dot, rest = self.text.partition(BETWEEN)
        return [first, rest] if dot and super().sizeHint().width() > self.width() + 1 else [self.text]

    def sizeHint(self) -> QSize:
        one = super().sizeHint()
        return QSize(one.width(), 2 * one.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, lines = QPainter(self), self.lines()
        pitch = self.height() / 2
        for number, line in enumerate(lines):
            middle = pitch if len(lines) == 1 else (number + 0.5) * pitch
            draw_text(painter, line, look.font("label"), look.colour("ink3"), 0, middle, width=self.width())


def caption(system: System, variant: Variant | None = None) -> Text:
    """Who, when, how large: ``He et al., 2015 · 11.7 M weights``; of the default variant if none is given."""
    if isinstance(system, Scene):
        return system.line
    paper = system.papers[0] if system.papers else None
    who = Text(f"{ja_authors(paper.authors)}、{paper.year}", f"{paper.authors}, {paper.year}") if paper else same(str(system.year))
    entry = variant or (system.variants[0] if system.variants else None)
    if entry is None or not entry.parameters:
        return who
    ja, en = (WEIGHTS.get(language).format(count=counted(entry.parameters, language)) for language in LANGUAGES)
    return Text(f"{who.ja}{BETWEEN}{ja}", f"{who.en}{BETWEEN}{en}")


def ja_authors(authors: str) -> str:
    """Authors as a Japanese caption has them: ``He ら``."""
    return authors.replace(" et al.", " ら").replace(" & ", "・")


def counted(count: int, language: str) -> str:
    """A number of weights as it is read: 272,474; 11.7 M; 1170 万."""
    if language == "ja":
        return f"{count / 10_000:,.0f} 万" if count >= 100_000 else f"{count:,}"
    return f"{count / 1e6:.1f} M" if count >= 1_000_000 else f"{count:,}"


def megabytes(size: int) -> str:
    """A size in MB, or kB when small."""
    return f"{size / 1e6:,.0f} MB" if size >= 1_000_000 else f"{max(1, round(size / 1e3))} kB"
