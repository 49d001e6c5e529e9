"""What sets DQN apart: a network stands where a table would need more cells than can be counted; its loss while it learns."""

from __future__ import annotations

import math

from explorer.results import Bundle, Curves
from explorer.window.panels.agents import Halves, Host, LensBase, beside, group, numbers_of, stacked
from explorer.window.views.controls import Bar, Choice, Label
from explorer.window.views.curves import CurvesView
from explorer.window.views.drawing import power
from explorer.window.views.pace import Pace
from explorer.words import Text

TABLE = Text("表なら **{cells}** 欄（状態 × 行動）", "A table: **{cells}** cells, states × actions")
NETWORK = Text("ネットワークなら **{weights}** 個の重み", "The network: **{weights}** weights")
CUT = Text("数一つを何段に分けるか", "Steps each number is cut into")
PLANES = Text("画面の一ます一ますは、あるかないかの二通りです。", "Every cell of every plane is on or off.")
LOG = Text("棒の長さは桁の数です。", "The bars are as long as the numbers have digits.")
LOSS = Text("損失", "Loss")
BINS = ("10", "100", "1000")


class Panel(LensBase):
    """A lens: two bars of digits, the table's cells above the network's weights, and the curve of the loss below."""

    lens = "agent_table"
    shows = "loss"

    def __init__(self, page: Host) -> None:
        super().__init__()
        self.table, self.network = Label("", "body"), Label("", "body")
        self.table_bar, self.network_bar = Bar(0.0, height=10), Bar(0.0, height=10)
        self.cut_label = Label(CUT, "label", "ink2")
        self.bins = Choice([(n, n) for n in BINS], "10", name=CUT)
        self.note = Label(LOG, "caption", "ink3")
        self.loss = CurvesView(title=LOSS)
        self._bundle: Bundle | None = None
        self._found: dict[str, float] = {}
        self._pace = Pace(self, 2.0, self._show_loss)
        sizes = group(self.table, self.table_bar, self.network, self.network_bar, beside(self.cut_label, self.bins), self.note)
        stacked(self, Halves(sizes, self.loss), stretch=0)
        self.bins.chosen.connect(lambda _: self._show())

    def take(self, bundle: Bundle) -> None:
        self._bundle = bundle
        self._show()

    def _show(self) -> None:
        if self._bundle is None:
            return
        facts, numbers = self._bundle.facts, numbers_of(self._bundle)
        planes = bool(facts["whole"])
        digits = numbers["table_digits"] * (1.0 if planes else math.log10(int(self.bins.current))) + math.log10(len(facts["actions"]))
        weights = math.log10(facts["parameters"])
        longest = max(digits, weights)
        self.bins.setVisible(not planes)
        self.cut_label.setVisible(not planes)
        self.note.set_text(Text(PLANES.ja + LOG.ja, f"{PLANES.en} {LOG.en}") if planes else LOG)
        self.table.set_text(TABLE.format(cells=f"{round(10**digits):,}" if digits < 9 else power(round(digits))))
        self.network.set_text(NETWORK.format(weights=f"{facts['parameters']:,}"))
        self.table_bar.set_fraction(digits / longest)
        self.network_bar.set_fraction(weights / longest)
        self._pace.ask(not facts["playing"])
        self._found = {"table_digits": digits, "weights": float(facts["parameters"]), "loss": numbers["loss"], "corrections": numbers["updates"]}

    def _show_loss(self) -> None:
        if self._bundle is not None and isinstance(loss := self._bundle.parts["loss"], Curves):
            self.loss.set_result(loss)

    def numbers(self) -> dict[str, float]:
        """What the panel shows."""
        return dict(self._found)
