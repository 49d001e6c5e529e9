"""The page that charts all networks of its section: what each is worth and costs, over two quantities of the user's choice."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtWidgets import QHBoxLayout

from explorer.catalogue import System, page
from explorer.catalogue.charts import CHARTS, Chart, Measure
from explorer.catalogue.readiness import ready
from explorer.results import Bundle, Progress, Result
from explorer.window.client import Client, Job
from explorer.window.look import look
from explorer.window.pages.base import BasePage
from explorer.window.pages.captions import megabytes
from explorer.window.views.controls import Bar, Button, Label, Menu
from explorer.window.views.drawing import short
from explorer.window.views.scatter import Dot, Kind, Quantity, ScatterView
from explorer.window.views.table import TableView
from explorer.words import Text, same

TITLE = Text("ネットワークを数え、時間を測る", "Counting and timing the networks")
NAME = Text("すべてのネットワーク", "All networks")
UP, ACROSS = Text("縦", "Up"), Text("横", "Across")
LEGEND: tuple[tuple[Kind, Text], ...] = (
    ("full", Text("重みを同梱", "Bundled weights")),
    ("ring", Text("ダウンロード", "Download")),
    ("faint", Text("学習済みの重みなし", "No trained weights")),
)
MEASURED = Text("{name} {value} %（{data}で測定）", "{name} {value} %, measured on {data}")
PUBLISHED = Text("{name} {value} %（{data} の公表値）", "{name} {value} %, published for {data}")
UNTRAINED = Text("「{name}」なし：学習済みの重みがありません", "No {name}: there are no trained weights")
NO_FIGURE = Text("「{name}」は測られていません", "{name} was not measured")
PARAMETERS = Text("パラメータ {value} 個", "{value} parameters")
BYTES = Text("重みのファイル {value}", "{value} file of weights")
AS_FLOATS = Text("重み {value}（32 ビットの数として）", "{value} of weights as 32-bit numbers")
WORK = Text("積和 {value} 回（{columns} × {rows} 画素）", "{value} multiply-adds for {columns} × {rows} pixels")
MEMORY = Text("一枚から学ぶのにメモリ {value}", "{value} of memory to learn from one picture")
TIME = Text("一枚 {value} ms（一つのコア）", "{value} ms a picture on one core")
NOT_TIMED = Text("時間はまだ測っていません", "Not timed yet")
UNTIMED: Mapping[str, Text] = {
    "large": Text("大きいため、時間は測りません", "Too large to be timed here"),
    "weights": Text("重みがないため、時間は測れません", "Not timed: it has no trained weights"),
}
WITHOUT = Text("図にないものが {count} 個あります（{why}ため）。", "{count} not on the chart: {why}.")
WHY_FIGURE = Text("「{name}」がない", "no {name} is known")
WHY_TIME = Text("時間を測っていない", "not timed")
WHY_BOTH = Text("「{name}」か時間がない", "no {name} or time is known")
ROWS_LEAST, ROWS_IN_PROJECTION = 3, 4
AGAIN, STOP, GO_ON = Text("測り直す", "Measure again"), Text("止める", "Stop"), Text("測る", "Measure")


class Page(BasePage):
    """See the module. Times measured once are kept with the page's state."""

    def __init__(self, system: System, client: Client) -> None:
        super().__init__(system, client)
        self.bundle: Bundle | None = None
        self.seconds: dict[str, float] = {}
        self._job: Job | None = None
        self.plan = CHARTS[system.id]
        self.view = ScatterView(name=NAME)
        self.table = TableView(name=NAME)
        self.table.setVisible(self.plan.table)
        self.quantities = [Quantity(one.key, one.name, one.log) for one in self.plan.measures]
        options = [(one.key, one.name) for one in self.plan.measures]
        self.up = Menu(options, self.plan.up, name=UP, width=190)
        self.across = Menu(options, self.plan.across, name=ACROSS, width=190)
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
        self.stage.addWidget(self.table)
        self.stage.addLayout(self._row)
        self.stage.addWidget(self.view, 1)
        self.stage.addWidget(self.without)
        self.stage.addLayout(self._told)
        self.up.chosen.connect(self._lay_out)
        self.across.chosen.connect(self._lay_out)
        self.again.clicked.connect(self._pressed)
        self.view.chosen.connect(self._open)
        self.table.chosen.connect(lambda row: self.view.point_at(str(self._networks()[row]["key"])))
        self.table.opened.connect(lambda row: self._open(str(self._networks()[row]["key"])))
        self.view.hovered.connect(self._mark_row)
        look.changed.connect(self._retell)
        self._show_running(False)

    # measuring

    def start(self) -> None:
        self._measure()

    def _measure(self) -> None:
        self._job = self.ask("chart", "comparison.chart", TITLE, self._arrived, scene=self.system.id, known=dict(self.seconds))
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
        return [row for row in self._networks() if not row["untimed"]]

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
        """Until all is counted, and of few networks timed: the times of many come in for minutes, as live work does."""
        done = self.bundle.facts["done"] if self.bundle is not None else 0.0
        counted = self.bundle is not None and (done >= 1.0 if self.plan.table else self.bundle.facts["timing"] != "" or done > 0)
        return super().busy() and not counted

    def _networks(self) -> list[Mapping[str, Any]]:
        return list(self.bundle.facts["networks"]) if self.bundle is not None else []

    # the chart

    def _retell(self) -> None:
        self._row.setSpacing(look.px(8))
        self._told.setSpacing(look.px(12))
        self.view.set_dots([dot_of(row, self.plan) for row in self._networks()], self.quantities)
        if self.plan.table and self.bundle is not None:
            self.table.set_result(self.bundle.parts["table"])
            self.table.setVisible(not look.projection or len(self._networks()) <= ROWS_IN_PROJECTION)
            self.table.setFixedHeight(round(look.px(self.table.ROW) * (max(ROWS_LEAST, len(self._networks())) + 1.7)))
        self._lay_out("")

    def _mark_row(self, key: str) -> None:
        """The row of the point under the cursor."""
        self.table.set_selected(next((number for number, row in enumerate(self._networks()) if row["key"] == key), -1))

    def _lay_out(self, key: str) -> None:
        quantities = {one.key: one for one in self.quantities}
        if self.up.current == self.across.current and key:  # chosen twice: the other takes another
            other = self.across if self.sender() is self.up else self.up
            other.set_current(next(one.key for one in self.quantities if one.key != key))
        x, y = quantities[self.across.current], quantities[self.up.current]
        self.view.set_axes(x, y)
        figures = [one for one in map(self.plan.measure, (y.key, x.key)) if one.form == "figure"]
        timed = "milliseconds" in (x.key, y.key)
        of_figures: list[tuple[Kind, Text]] = [("full", self.plan.measured)]
        if self.plan.published is not None:
            of_figures.append(("ring", self.plan.published))
        self.view.set_legend(of_figures if figures or (timed and self.plan.published is not None) else LEGEND)
        missing = len(self.view.dots) - len(self.view.shown())
        why = named(WHY_BOTH if timed else WHY_FIGURE, figures[0]) if figures else WHY_TIME
        self.without.set_text(WITHOUT.format(count=missing, why=why) if missing else " ")
        if key:
            self.state_changed.emit()

    def _open(self, key: str) -> None:
        system_id, _, variant = key.partition("/")
        if ready(page(system_id)):
            self.state_wanted.emit(system_id, {"variant": variant})

    def project(self, on: bool) -> None:
        super().project(on)
        for widget in (self.again, self.without):
            widget.setVisible(not on)
        self._retell()

    # state

    def state(self) -> dict[str, Any]:
        return {**super().state(), "up": self.up.current, "across": self.across.current, "seconds": self.seconds}

    def restore(self, state: Mapping[str, Any]) -> None:
        super().restore(state)
        known = {one.key for one in self.quantities}
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
        keys = [one.key for one in self.plan.measures if one.form != "milliseconds"]
        rows = [{key: row[key] for key in ("system", "variant", "measured", "seconds", *keys)} for row in self._networks()]
        return {"up": self.up.current, "across": self.across.current, "shown": len(self.view.shown()), "networks": rows}

    def results_by_lens(self) -> dict[str, Result]:
        return {"networks": self.bundle.parts["table"]} if self.bundle is not None else {}


def dot_of(row: Mapping[str, Any], plan: Chart) -> Dot:
    """The point of a network, and what is said of it."""
    values = {one.key: float(row[one.key]) for one in plan.measures if one.form != "milliseconds" and row[one.key] is not None}
    if row["seconds"] is not None:
        values["milliseconds"] = 1000 * float(row["seconds"])
    kind: Kind = "full" if row["weights"] == "bundled" else "ring" if row["weights"] == "download" else "faint"
    shown = dict(values, **{one.key: values[one.key] / 1e6 for one in plan.measures if one.form == "megabytes" and one.key in values})
    return Dot(row["key"], row["label"], shown, kind, tuple(said_of(one, row, plan) for one in plan.measures))


def said_of(one: Measure, row: Mapping[str, Any], plan: Chart) -> Text:
    """A network's value of one quantity, in words."""
    if one.form == "milliseconds":
        seconds = row["seconds"]
        return TIME.format(value=short(1000 * float(seconds))) if seconds is not None else UNTIMED.get(row["untimed"], NOT_TIMED)
    value, trained = row[one.key], row["weights"] in ("bundled", "download")
    if one.short is not None:
        if value is None:
            return named(NO_FIGURE if trained else UNTRAINED, one)
        words, data = (MEASURED, plan.tests) if row["measured"] else (PUBLISHED, same(row["data"]))
        return words.format(name=one.short, value=f"{value:.1f}", data=data)
    if one.form == "work":
        return WORK.format(value=work_words(value), rows=row["given"][0], columns=row["given"][1])
    if one.form == "count":
        return PARAMETERS.format(value=f"{value:,}")
    return (MEMORY if one.form == "megabytes" else BYTES if trained else AS_FLOATS).format(value=megabytes(value))


def named(words: Text, one: Measure) -> Text:
    """A sentence with the name of a figure in it."""
    short = one.short or one.name
    name = short.en
    within = name[0].lower() + name[1:] if not name[:2].isupper() else name
    return Text(words.ja.format(name=short.ja), words.en.format(name=name if words.en.startswith("{") else within))


def work_words(count: int) -> str:
    """A number of multiply-adds as it is read: ``40.8 M``, ``4.09 G``."""
    return f"{count / 1e9:.2f} G" if count >= 1e9 else f"{count / 1e6:.1f} M"
