"""Test pictures as points on a map, and the user's picture among them."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout, QWidget

from explorer.results import Bundle, Points, Result, Scores
from explorer.window.look import look
from explorer.window.panels.base import Host, LensPart
from explorer.window.views.atlas import AtlasView
from explorer.window.views.bars import BarsView
from explorer.window.views.controls import Button, Label
from explorer.words import Text

TITLE = Text("画像を地図に置く", "Placing the picture on the map")
YOURS = Text("この画像は**{name}**のあたり", "This picture lies with **{name}**")
NEAREST = Text("最も近いテスト画像 {count} 枚のクラス", "Classes of the {count} nearest test pictures")
FAR = Text(
    "いちばん近いテスト画像までの距離は、テスト画像どうしの場合の **{times} 倍**です。知らないものかもしれません。",
    "The nearest test picture is **{times} times** as far away as usual: perhaps the network does not know this.",
)
NEAR = Text("いちばん近いテスト画像までの距離は、テスト画像どうしの {times} 倍です。", "The nearest test picture is {times} times as far away as test pictures are from each other.")
RIGHT = Text("テスト画像：{true}", "A test picture of {true}")
WRONG = Text("テスト画像：{true}を**{said}と間違えた**", "A test picture of {true}, **taken for {said}**")
HINT = Text(
    "点はテスト画像 {count} 枚。色は本当のクラス、輪は間違えた画像、線は近い画像です。ホイールで拡大します。",
    "{count} test pictures: the colour is the true class, rings are errors, lines lead to the nearest. The wheel comes closer.",
)
SHOW_ALL = Text("全体を見る", "Show all")
FAR_FROM = 2.0


class AtlasLens(LensPart):
    """The map at the left, at the right what the picture's neighbours are."""

    def __init__(self, host: Host) -> None:
        super().__init__(host)
        self._points: Points | None = None
        self._facts: dict[str, Any] = {}
        self.missing: Text | None = None
        self.view = AtlasView()
        self.title = Label("", "section", wrap=True)
        self.near_title = Label("", "label", "ink2", wrap=True)
        self.bars = BarsView(top=5, name=NEAREST)
        self.far = Label("", "body", "ink2", wrap=True)
        self.said = Label(" ", "body", wrap=True)
        self.hint = Label("", "caption", "ink3", wrap=True)
        self.all_button = Button(SHOW_ALL, "tint")
        self.sentence = Label("", "body", "ink2", wrap=True)
        self.side = QWidget()
        self._side = QVBoxLayout(self.side)
        self._side.setContentsMargins(0, 0, 0, 0)
        for widget in (self.title, self.near_title, self.bars, self.far, self.said):
            self._side.addWidget(widget)
        self._side.addStretch(1)
        self._side.addWidget(self.all_button)
        self._side.addWidget(self.hint)
        self._row = QHBoxLayout()
        self._row.addWidget(self.view, 470)
        self._row.addWidget(self.side, 264)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(self.sentence)
        self._column.addLayout(self._row, 1)
        self.sentence.hide()
        self.view.point_hovered.connect(self._hover)
        self.all_button.clicked.connect(self.view.show_all)
        self.restyle()

    def minimumSizeHint(self) -> QSize:
        """Whatever room the page leaves is enough."""
        return QSize(look.px(300), look.px(120 if look.projection else 240))

    def restyle(self) -> None:
        self._row.setSpacing(look.px(28))
        self._side.setSpacing(look.px(10))
        self._say()

    def refresh(self) -> None:
        self.watch(self.host.ask("atlas", "recognition.atlas", TITLE, self._arrived, **self.host.request()))

    def _arrived(self, bundle: Bundle) -> None:
        missing = bundle.facts.get("missing")
        self.missing = missing if isinstance(missing, Text) else None
        points = bundle.parts.get("points")
        self._points, self._facts = (points if isinstance(points, Points) else None), dict(bundle.facts)
        self.view.set_points(self._points)
        if self._points is not None:
            self.view.set_own(tuple(self._facts["point"]), self._facts["neighbours"])
        self._say()

    def _say(self) -> None:
        for widget in (self.view, self.side):
            widget.setVisible(self.missing is None)
        self.sentence.setVisible(self.missing is not None)
        if self.missing is not None:
            self.sentence.set_text(self.missing)
        points = self._points
        if points is None:
            return
        names = [self.host.class_words(name) for name in points.names]
        self.view.set_names(names)
        shares = self.neighbours()
        best = max(shares, key=lambda name: shares[name])
        self.title.set_text(YOURS.format(name=self.host.class_words(best)))
        self.near_title.set_text(NEAREST.format(count=len(self._facts["neighbours"])))
        shown = {name: share for name, share in shares.items() if share > 0}
        self.bars.top = max(1, min(4, len(shown)))
        self.bars.updateGeometry()
        self.bars.set_result(_scores(names, [shares[name] for name in points.names]))
        times = float(self._facts["distance"])
        self.far.set_text((FAR if times >= FAR_FROM else NEAR).format(times=f"{times:.1f}"))
        self.hint.set_text(HINT.format(count=f"{len(points.xy):,}"))
        self._hover(-1)

    def neighbours(self) -> dict[str, float]:
        """How many of the nearest test pictures are of each class, as a share."""
        assert self._points is not None
        found = dict.fromkeys(self._points.names, 0.0)
        nearest = self._facts["neighbours"]
        for index in nearest:
            found[self._points.names[int(self._points.groups[index])]] += 1 / len(nearest)
        return found

    def _hover(self, index: int) -> None:
        points = self._points
        if points is None or not 0 <= index < len(points.xy):
            self.said.set_text(" ")
            return
        true, said = (self.host.class_words(points.names[int(k)]) for k in (points.groups[index], self._facts["said"][index]))
        self.said.set_text(RIGHT.format(true=true) if true == said else WRONG.format(true=true, said=said))

    def numbers(self) -> dict[str, Any]:
        if self._points is None:
            return {"missing": self.missing.en} if self.missing is not None else {}
        wrong = self._points.held_out
        return {
            "pictures": len(self._points.xy), "errors": int(wrong.sum()) if wrong is not None else 0, "point": list(self._facts["point"]),
            "neighbours": self.neighbours(), "distance": self._facts["distance"],
        }  # fmt: skip

    def result(self) -> Result | None:
        return self._points

    def narrow(self) -> None:
        self._row.setDirection(QBoxLayout.Direction.TopToBottom)
        self._row.setStretch(1, 0)
        for widget in (self.near_title, self.bars, self.all_button, self.hint):
            widget.hide()

    def project(self, on: bool) -> None:
        self.hint.setVisible(not on)
        self.all_button.setVisible(not on)


def _scores(names: list[str], shares: list[float]) -> Scores:
    return Scores(tuple(names), np.array(shares))
