"""JPU against dilation: what each costs in multiply-adds, memory and time for a picture of this size, measured while one looks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from explorer.results import Bundle, Result, Scores, Table
from explorer.window.client import Job
from explorer.window.look import look
from explorer.window.panels.base import Host, LensPart
from explorer.window.views.bars import ROW, BarsView
from explorer.window.views.controls import Button, Choice, Label, Slider
from explorer.window.views.table import TableView
from explorer.words import Text

TITLE = Text("JPU と膨張畳み込みを測る", "Measuring JPU against dilation")
PAIR = Text("比べるもの", "What is compared")
PAIRS = {
    "whole": Text("ネットワーク全体", "whole networks"),
    "backbone": Text("頭を除く", "without the head"),
    "resnet50": Text("ResNet-50", "ResNet-50"),
}
FIRST_ROW = {"whole": 0, "backbone": 2, "resnet50": 4}
DILATION, JPU = Text("膨張畳み込み", "dilation"), Text("JPU", "JPU")
QUANTITIES = {
    "multiply_adds": (Text("積和（十億回）", "Multiply-adds (billions)"), 1e-9),
    "memory": (Text("学習に要るメモリ（MB）", "Memory for learning (MB)"), 1e-6),
    "seconds": (Text("一枚の時間（ミリ秒）", "Time a picture (ms)"), 1e3),
}
SIZE = Text("画像の高さ", "Picture height")
LESS = Text("JPU は **{ratio} 倍**", "JPU: **{ratio} times**")
COUNTED_ONLY = Text("数えただけです", "counted only")
STRIDE = Text("{columns} × {rows} 画素の画像から、どちらも **{stride} 画素に一つ**の値を出します。", "From {columns} × {rows} pixels both make **one value every {stride} pixels**.")
TURN = Text("{done}/{of} 回測定", "measured {done}/{of}")
COLUMNS = (
    Text("ネットワーク", "Network"), Text("出力の間隔", "Stride"), Text("積和（十億）", "Billion mult.-adds"), Text("メモリ（MB）", "Memory (MB)"), Text("時間（ms）", "Time (ms)"),
)  # fmt: skip
STOP, AGAIN = Text("中止", "Stop"), Text("測り直す", "Measure again")


def told(value: float) -> float | int:
    """A measured amount with about three digits."""
    return round(value) if value >= 20 else value


class Panel(LensPart):
    """The lens ``jpu``. ``rows``: height of the picture measured on, of the page's proportions; None: as the network is given it."""

    lens = "jpu"

    def __init__(self, page: Host) -> None:
        super().__init__(page)
        self.rows: int | None = None
        self.pair = "whole"
        self._bundle: Bundle | None = None
        self._job: Job | None = None
        self.pairs = Choice(tuple(PAIRS.items()), self.pair, name=PAIR)
        self.height_slider = Slider(SIZE, 64, 480, 240, step=16, label_width=104, value_width=44)
        self.bars = {key: BarsView(top=2, name=words, amounts=True) for key, (words, _) in QUANTITIES.items()}
        self.ratios = {key: Label(" ", "body", wrap=True) for key in QUANTITIES}
        self.sentence = Label("", "body", "ink2", wrap=True)
        self.table = TableView(name=TITLE)
        self.turn, self.button = Label(" ", "caption", "ink3"), Button(STOP, "tint")
        self.controls = QWidget()
        self._controls = QHBoxLayout(self.controls)
        self._controls.setContentsMargins(0, 0, 0, 0)
        self._controls.addWidget(self.pairs)
        self._controls.addWidget(self.height_slider, 1)
        self._quantities = QGridLayout()
        for column, (key, (words, _)) in enumerate(QUANTITIES.items()):
            self._quantities.addWidget(Label(words, "section", wrap=True), 0, column)
            self._quantities.addWidget(self.bars[key], 1, column)
            self._quantities.addWidget(self.ratios[key], 2, column)
            self._quantities.setColumnStretch(column, 1)
        self._progress = QHBoxLayout()
        self._progress.addWidget(self.sentence, 1, Qt.AlignmentFlag.AlignVCenter)
        self._progress.addWidget(self.turn)
        self._progress.addWidget(self.button)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(self.controls)
        self._column.addLayout(self._quantities)
        self._column.addLayout(self._progress)
        self._column.addWidget(self.table, 1)
        self.pairs.chosen.connect(self._choose_pair)
        self.height_slider.changed.connect(self._choose_size)
        self.button.clicked.connect(self._stop_or_measure)
        self.table.chosen.connect(self._choose_row)
        self.restyle()

    def restyle(self) -> None:
        self._column.setSpacing(look.px(10))
        self._controls.setSpacing(look.px(28))
        self._quantities.setHorizontalSpacing(look.px(28))
        self._quantities.setVerticalSpacing(look.px(4))
        self._progress.setSpacing(look.px(14))
        for bars in self.bars.values():
            bars.setMinimumHeight(look.px(2 * ROW + 2))
        self._say()

    def measured_on(self) -> tuple[int, int]:
        """Height and width of the picture that is measured on."""
        height, width = self.host.given.pixels.shape[:2] if self.host.given is not None else (240, 320)
        rows = self.rows or height
        return rows, max(32, round(rows * width / height))

    def depends_on(self) -> object:
        return self.measured_on()

    def refresh(self) -> None:
        rows, columns = self.measured_on()
        self.height_slider.set_value(float(rows))
        self._job = self.watch(self.host.ask(self.lens, "segmentation.costs", TITLE, self._take, rows=rows, columns=columns))
        self._job.ended.connect(self._ended)
        self._ended()

    def _take(self, bundle: Bundle) -> None:
        self._bundle = bundle
        self._say()

    def _running(self) -> bool:
        return self._job is not None and self._job.state in ("waiting", "running")

    def _ended(self) -> None:
        self.button.set_text(STOP if self._running() else AGAIN)

    def _stop_or_measure(self) -> None:
        if self._running() and self._job is not None:
            self._job.cancel()
        else:
            self._forget()
            self.show_now()

    def pair_of(self, key: str) -> tuple[float | None, float | None]:
        """A quantity with dilation and with the JPU, None where it is not measured (yet)."""
        if self._bundle is None:
            return None, None
        first = FIRST_ROW[self.pair]
        dilation, jpu = self._bundle.facts[key][first : first + 2]
        return dilation, jpu

    def _say(self) -> None:
        if self._bundle is None:
            return
        facts = self._bundle.facts
        for key, (_, scale) in QUANTITIES.items():
            dilation, jpu = self.pair_of(key)
            if dilation is None or jpu is None:
                self.bars[key].clear()
                self.ratios[key].set_text(COUNTED_ONLY if self.pair == "resnet50" else " ")
                continue
            self.bars[key].set_result(Scores((look.say(DILATION), look.say(JPU)), np.array([scale * dilation, scale * jpu])))
            self.bars[key].set_chosen(look.say(JPU))
            self.ratios[key].set_text(LESS.format(ratio=f"{jpu / dilation:.2g}"))
        rows, columns = self.measured_on()
        first = FIRST_ROW[self.pair]
        self.sentence.set_text(STRIDE.format(rows=rows, columns=columns, stride=facts["stride"][first]))
        table = self._bundle.parts["table"]
        assert isinstance(table, Table)
        values = zip(facts["stride"], *(facts[key] for key in QUANTITIES), strict=True)
        rows_of = [(stride, adds / 1e9, *(told(scale * one) if one is not None else None for one, scale in ((kept, 1e-6), (spent, 1e3)))) for stride, adds, kept, spent in values]
        self.table.set_result(Table(COLUMNS, tuple((look.say(row[0]), *numbers) for row, numbers in zip(table.rows, rows_of, strict=True))))
        self.table.set_selected(first + 1)
        self.turn.set_text(TURN.format(done=facts["measured"], of=facts["of"]))

    # choosing

    def _choose_pair(self, pair: str) -> None:
        self.pair = pair
        self._say()
        self.host.changed()

    def _choose_row(self, row: int) -> None:
        pair = next((name for name, first in FIRST_ROW.items() if row in (first, first + 1)), self.pair)
        self.pairs.set_current(pair)
        self._choose_pair(pair)

    def _choose_size(self, value: float) -> None:
        self.rows = round(value)
        self.show_now()
        self.host.changed()

    def settings(self) -> dict[str, Any]:
        return {"rows": self.rows, "pair": self.pair}

    def apply(self, settings: Mapping[str, Any]) -> None:
        rows = settings.get("rows")
        if isinstance(rows, int) and 32 <= rows <= 480:
            self.rows = rows
        if settings.get("pair") in PAIRS:
            self.pair = str(settings["pair"])
            self.pairs.set_current(self.pair)
            self._say()

    def numbers(self) -> dict[str, Any]:
        if self._bundle is None:
            return self.settings()
        facts = self._bundle.facts
        found = {f"{key}_ratio": jpu / dilation if (dilation := self.pair_of(key)[0]) and (jpu := self.pair_of(key)[1]) else None for key in QUANTITIES}
        return {**self.settings(), "picture": list(self.measured_on()), **found, **{key: facts[key] for key in (*QUANTITIES, "stride", "measured", "of")}}

    def result(self) -> Result | None:
        return self._bundle.parts["table"] if self._bundle is not None else None

    def project(self, on: bool) -> None:
        for widget in (self.controls, self.table, self.turn, self.button):
            widget.setVisible(not on)
