"""Test pictures as points on a map, and the user's picture among them."""

from __future__ import annotations

from typing import Any

import numpy as np

from explorer.results import Bundle, Points, Result, Scores
from explorer.window.pages.lenses.measured import MeasuredLens
from explorer.window.panels.base import Host
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


class AtlasLens(MeasuredLens):
    """The map at the left, at the right what the picture's neighbours are."""

    def __init__(self, host: Host) -> None:
        super().__init__(host)
        self._points: Points | None = None
        self._facts: dict[str, Any] = {}
        self.view = AtlasView()
        self.title = Label("", "section", wrap=True)
        self.near_title = Label("", "label", "ink2", wrap=True)
        self.bars = BarsView(top=5, name=NEAREST)
        self.far = Label("", "body", "ink2", wrap=True)
        self.said = Label(" ", "body", wrap=True)
        self.hint = Label("", "caption", "ink3", wrap=True)
        self.all_button = Button(SHOW_ALL, "tint")
        self.lay_out(self.view, (self.title, self.near_title, self.bars, self.far, self.said), (self.all_button, self.hint))
        self.view.point_hovered.connect(self._hover)
        self.all_button.clicked.connect(self.view.show_all)
        self.restyle()

    def refresh(self) -> None:
        self.watch(self.host.ask("atlas", "recognition.atlas", TITLE, self._arrived, **self.host.request()))

    def _arrived(self, bundle: Bundle) -> None:
        self.take_missing(bundle)
        points = bundle.parts.get("points")
        self._points, self._facts = (points if isinstance(points, Points) else None), dict(bundle.facts)
        self.view.set_points(self._points)
        if self._points is not None:
            self.view.set_own(tuple(self._facts["point"]), self._facts["neighbours"])
        self.show_found()

    def show_found(self) -> None:
        super().show_found()
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
        super().narrow()
        for widget in (self.near_title, self.bars, self.all_button, self.hint):
            widget.hide()

    def project(self, on: bool) -> None:
        self.hint.setVisible(not on)
        self.all_button.setVisible(not on)


def _scores(names: list[str], shares: list[float]) -> Scores:
    return Scores(tuple(names), np.array(shares))
