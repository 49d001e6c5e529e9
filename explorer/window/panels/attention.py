"""What sets attention apart: take it away, or hide a word from it, and see what is lost."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from explorer.results import Bundle, Links, Numbers
from explorer.window.look import look
from explorer.window.views.controls import Choice, Label
from explorer.words import Text, same

LOOKING_BACK = Text("振り返り方", "Looking back")
WAYS = (("learned", Text("学習した通り", "As learned")), ("even", Text("全部を均等に", "Evenly")), ("none", Text("しない", "Not at all")))
HIDE = Text("原文の語を押すと隠せます", "Click a source word to hide it")
HIDDEN = Text("隠した語：{words}", "Hidden: {words}")
FIGURES = Text("最大 **{focus:.2f}** · 散らばり **{entropy:.1f} bit**", "largest **{focus:.2f}** · spread **{entropy:.1f} bit**")


class Panel(QWidget):
    """Under the heatmap: how the decoder may look back, which words are hidden, and how focused it is."""

    def __init__(self, page: Any) -> None:
        super().__init__()
        self.page = page
        self._hidden: set[int] = set()
        self._source: tuple[str, ...] = ()
        self._numbers: dict[str, float] = {}
        self.ways = Choice(WAYS, "learned", name=LOOKING_BACK)
        self.ways.chosen.connect(self.set_way)
        self.name = Label(LOOKING_BACK, role="label", colour="ink2")
        self.note = Label(HIDE, role="label", colour="ink3")
        self.figures = Label("", role="label", colour="ink2", align="right")
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        for widget, stretch in ((self.name, 0), (self.ways, 0), (self.note, 1), (self.figures, 1)):
            self._row.addWidget(widget, stretch, Qt.AlignmentFlag.AlignVCenter)
        page.translated.connect(self.show_answer)
        page.links.clicked.connect(self._clicked)
        look.changed.connect(self._space)
        self._space()

    def _space(self) -> None:
        self._row.setSpacing(look.px(10))

    @property
    def way(self) -> str:
        """How the decoder looks back: "learned", "even" or "none"."""
        return self.ways.current

    def set_way(self, way: str) -> None:
        """Let the decoder look back in another way and translate again."""
        self.ways.set_current(way)
        self.page.set_extra(look_back=way)

    def hide_word(self, index: int) -> None:
        """Hide a source word from the decoder, or show it again."""
        self._hidden ^= {index}
        self.page.set_extra(hidden=tuple(sorted(self._hidden)))

    def new_text(self) -> None:
        """Another text is being translated: nothing of it is hidden yet."""
        self._hidden.clear()

    def _clicked(self, side: str, index: int) -> None:
        if side == "source" and index >= 0:
            self.hide_word(index)

    def show_answer(self, answer: Bundle) -> None:
        """Take up a translation."""
        links, numbers = answer.parts["links"], answer.parts["numbers"]
        assert isinstance(links, Links) and isinstance(numbers, Numbers)
        self._source = links.source
        self._numbers = dict(numbers.values)
        words = "、".join(self._source[i] for i in sorted(self._hidden) if i < len(self._source))
        self.note.set_text(HIDDEN.format(words=words) if words else HIDE)
        if self.way == "none":
            self.figures.set_text(same("–"))
        else:
            values = {name: self._numbers[name] for name in ("focus", "entropy")}
            self.figures.set_text(FIGURES.format(**values))

    def restore(self, extra: Mapping[str, Any]) -> None:
        """Go back to settings of the mechanism."""
        way = extra.get("look_back", "learned")
        if way in [key for key, _ in WAYS]:
            self.ways.set_current(way)
        hidden = extra.get("hidden", ())
        self._hidden = {int(i) for i in hidden} if isinstance(hidden, (list, tuple)) else set()

    def numbers(self) -> dict[str, Any]:
        """How focused the looking back is, and what is hidden."""
        return {"look_back": self.way, "hidden": sorted(self._hidden), **self._numbers}

    def project(self, on: bool) -> None:
        """Only the figures stay in projection."""
        for widget in (self.name, self.ways, self.note):
            widget.setVisible(not on)
