"""The page that charts all networks of its section: what each is worth and costs, over two quantities of the user's choice."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtWidgets import QHBoxLayout

from explorer.catalogue import System, page
from explorer.catalogue.readiness import ready
from explorer.results import Bundle, Progress, Result
from explorer.window.client import Client, Job
from explorer.window.look import look
from explorer.window.pages.base import BasePage
from explorer.window.pages.captions import megabytes
from explorer.window.views.controls import Bar, Button, Label, Menu
from explorer.window.views.drawing import short
from explorer.window.views.scatter import Dot, Kind, Quantity, ScatterView
from explorer.words import Text, same

TITLE = Text("ネットワークを数え、時間を測る", "Counting and timing the networks")
NAME = Text("すべてのネットワーク", "All networks")
UP, ACROSS = Text("縦", "Up"), Text("横", "Across")
QUANTITIES = (
    Quantity("accuracy", Text("正解率 (%)", "Accuracy (%)")),
    Quantity("parameters", Text("パラメータ数", "Parameters"), True),
    Quantity("bytes", Text("重みのバイト数", "Bytes of weights"), True),
    Quantity("multiply_adds", Text("積和演算の回数", "Multiply-adds"), True),
    Quantity("milliseconds", Text("一枚の時間 (ms)", "Time a picture (ms)"), True),
)
LEGEND: tuple[tuple[Kind, Text], ...] = (
    ("full", Text("重みを同梱", "Bundled weights")),
    ("ring", Text("ダウンロード", "Download")),
    ("faint", Text("学習済みの重みなし", "No trained weights")),
)
LEGEND_OF_ACCURACY: tuple[tuple[Kind, Text], ...] = (
    ("full", Text("測定（CIFAR-10）", "Measured, CIFAR-10")),
    ("ring", Text("公表値（ImageNet）", "Published, ImageNet")),
)
MEASURED = Text("正解率 {value} %（{data} で測定）", "Accuracy {value} %, measured on {data}")
PUBLISHED = Text("正解率 {value} %（{data} の公表値）", "Accuracy {value} %, published for {data}")
UNTRAINED = Text("正解率なし：学習済みの重みがありません", "No accuracy: there are no trained weights")
NO_FIGURE = Text("正解率は測られていません", "Accuracy was not measured")
PARAMETERS = Text("パラメータ {value} 個", "{value} parameters")
BYTES = Text("重みのファイル {value}", "{value} file of weights")
AS_FLOATS = Text("重み {value}（32 ビットの数として）", "{value} of weights as 32-bit numbers")
WORK = Text("積和 {value} 回（{size} × {size} 画素）", "{value} multiply-adds for {size} × {size} pixels")
TIME = Text("一枚 {value} ms（一つのコア）", "{value} ms a picture on one core")
NOT_TIMED = Text("時間はまだ測っていません", "Not timed yet")
TOO_LARGE = Text("大きいため、時間は測りません", "Too large to be timed here")
WITHOUT = Text("図にないものが {count} 個あります（{why}ため）。", "{count} not on the chart: {why}.")
DATA = {"cifar10_test": Text("CIFAR-10 のテスト画像", "CIFAR-10 test pictures")}
WHY_ACCURACY = Text("正解率がない", "no accuracy is known")
WHY_TIME = Text("時間を測っていない", "not timed")
WHY_BOTH = Text("正解率か時間がない", "no accuracy or time is known")
AGAIN, STOP, GO_ON = Text("測り直す", "Measure again"), Text("止める", "Stop"), Text("測る", "Measure")


class Page(BasePage):
    """See the module. Times measured once are kept with the page's state."""

    def __init__(self, system: System, client: Client) -> None:
        super().__init__(system, client)
        self.bundle: Bundle | None = None
        self.seconds: dict[str, float] = {}
        self._job: Job | None = None
        self.view = ScatterView(name=NAME)
        options = [(one.key, one.name) for one in QUANTITIES]
        self.up = Menu(options, "accuracy", name=UP, width=190)
        self.across = Menu(options, "parameters", name=ACROSS, width=190)
        self.status = Label(" ", "label", "ink2")
        self.bar = Bar(0.0)
        self.again = Button(AGAIN, "tint")
        self.without = Label(" ", "label", "ink2", wrap=True)
        self._row = QHBoxLayout()
        for label, menu in ((UP, self.up), (ACROSS, self.across)):
            self._row.addWidget(Label(label, "label", "ink2"))
            self._row.addWidget(menu)
        self._row.addStretch(1)
        self._row.addWidget(self.again)
        self._told = QHBoxLayout()
        self._told.addWidget(self.status)
        self._told.addWidget(self.bar, 1)
        self.stage.addLayout(self._row)
        self.stage.addWidget(self.view, 1)
        self.stage.addWidget(self.without)
        self.stage.addLayout(self._told)
        self.up.chosen.connect(self._lay_out)
        self.across.chosen.connect(self._lay_out)
        self.again.clicked.connect(self._pressed)
        self.view.chosen.connect(self._open)
        look.changed.connect(self._retell)
        self._show_running(False)

    # measuring

    def start(self) -> None:
        self._measure()

    def _measure(self) -> None:
        self._job = self.ask("chart", "comparison.chart", TITLE, self._arrived, known=dict(self.seconds))
        self._job.progress.connect(self._told_progress)
        self._job.ended.connect(lambda: self._show_running(False))
        self._show_running(True)

    def _pressed(self) -> None:
        if self._running():
            assert self._job is not None
            self._job.cancel()
            return
        if all(row["seconds"] is not None for row in self._timeable()):
            self.seconds = {}
        self._measure()

    def _timeable(self) -> list[Mapping[str, Any]]:
        return [row for row in self._networks() if not row["too_large"]]

    def _running(self) -> bool:
        return self._job is not None and self._job.state in ("waiting", "running")

    def _told_progress(self, progress: Progress) -> None:
        self.status.set_text(progress.text)
        self.bar.set_fraction(progress.fraction)

    def _show_running(self, on: bool) -> None:
        for widget in (self.status, self.bar):
            widget.setVisible(on)
        left = any(row["seconds"] is None for row in self._timeable())
        self.again.set_text(STOP if on else GO_ON if left or self.bundle is None else AGAIN)

    def _arrived(self, bundle: Bundle) -> None:
        self.bundle = bundle
        self.seconds = {row["key"]: float(row["seconds"]) for row in self._networks() if row["seconds"] is not None}
        self.clear_error()
        self._retell()
        self.state_changed.emit()

    def busy(self) -> bool:
        """Until all is counted: times come in for minutes, as live work does."""
        counted = self.bundle is not None and (self.bundle.facts["timing"] != "" or self.bundle.facts["done"] > 0)
        return super().busy() and not counted

    def _networks(self) -> list[Mapping[str, Any]]:
        return list(self.bundle.facts["networks"]) if self.bundle is not None else []

    # the chart

    def _retell(self) -> None:
        self._row.setSpacing(look.px(8))
        self._told.setSpacing(look.px(12))
        self.view.set_dots([dot_of(row) for row in self._networks()], QUANTITIES)
        self._lay_out("")

    def _lay_out(self, key: str) -> None:
        quantities = {one.key: one for one in QUANTITIES}
        if self.up.current == self.across.current and key:  # chosen twice: the other takes another
            other = self.across if self.sender() is self.up else self.up
            other.set_current(next(one.key for one in QUANTITIES if one.key != key))
        x, y = quantities[self.across.current], quantities[self.up.current]
        self.view.set_axes(x, y)
        shown = {"accuracy", "milliseconds"} & {x.key, y.key}
        self.view.set_legend(LEGEND_OF_ACCURACY if "accuracy" in shown else LEGEND)
        missing = len(self.view.dots) - len(self.view.shown())
        why = WHY_BOTH if len(shown) == 2 else WHY_TIME if "milliseconds" in shown else WHY_ACCURACY
        self.without.set_text(Text(WITHOUT.ja.format(count=missing, why=why.ja), WITHOUT.en.format(count=missing, why=why.en)) if missing else " ")
        if key:
            self.state_changed.emit()

    def _open(self, key: str) -> None:
        system_id = key.partition("/")[0]
        if ready(page(system_id)):
            self.page_wanted.emit(system_id)

    def project(self, on: bool) -> None:
        super().project(on)
        for widget in (self.again, self.without):
            widget.setVisible(not on)

    # state

    def state(self) -> dict[str, Any]:
        return {**super().state(), "up": self.up.current, "across": self.across.current, "seconds": self.seconds}

    def restore(self, state: Mapping[str, Any]) -> None:
        super().restore(state)
        known = {one.key for one in QUANTITIES}
        wanted = state.get("up", self.up.current), state.get("across", self.across.current)
        if wanted[0] in known and wanted[1] in known and wanted[0] != wanted[1]:
            self.up.set_current(str(wanted[0]))
            self.across.set_current(str(wanted[1]))
        seconds = state.get("seconds")
        if isinstance(seconds, Mapping):
            self.seconds = {str(key): float(value) for key, value in seconds.items() if isinstance(value, (int, float)) and value > 0}
        if self.bundle is None:
            self._measure()
        else:
            self._lay_out("")

    def numbers(self) -> dict[str, Any]:
        rows = [{key: row[key] for key in ("system", "variant", "accuracy", "measured", "parameters", "bytes", "multiply_adds", "seconds")} for row in self._networks()]
        return {"up": self.up.current, "across": self.across.current, "shown": len(self.view.shown()), "networks": rows}

    def results_by_lens(self) -> dict[str, Result]:
        return {"networks": self.bundle.parts["table"]} if self.bundle is not None else {}


def dot_of(row: Mapping[str, Any]) -> Dot:
    """The point of a network, and what is said of it."""
    values = {key: float(row[key]) for key in ("parameters", "bytes", "multiply_adds")}
    if row["accuracy"] is not None:
        values["accuracy"] = float(row["accuracy"])
    if row["seconds"] is not None:
        values["milliseconds"] = 1000 * float(row["seconds"])
    kind: Kind = "full" if row["weights"] == "bundled" else "ring" if row["weights"] == "download" else "faint"
    trained = kind != "faint"
    accuracy = UNTRAINED if not trained else NO_FIGURE
    if row["accuracy"] is not None:
        words, data = MEASURED if row["measured"] else PUBLISHED, DATA.get(row["data"], same(row["data"]))
        value = f"{row['accuracy']:.1f}"
        accuracy = Text(words.ja.format(value=value, data=data.ja), words.en.format(value=value, data=data.en))
    time = TOO_LARGE if row["too_large"] else NOT_TIMED
    if "milliseconds" in values:
        time = TIME.format(value=short(values["milliseconds"]))
    lines = (
        accuracy,
        PARAMETERS.format(value=f"{row['parameters']:,}"),
        (BYTES if trained else AS_FLOATS).format(value=megabytes(row["bytes"])),
        WORK.format(value=work_words(row["multiply_adds"]), size=row["size"]),
        time,
    )
    return Dot(row["key"], row["label"], values, kind, lines)


def work_words(count: int) -> str:
    """A number of multiply-adds as it is read: ``40.8 M``, ``4.09 G``."""
    return f"{count / 1e9:.2f} G" if count >= 1e9 else f"{count / 1e6:.1f} M"
