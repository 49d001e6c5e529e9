"""What sets the dueling network apart: Q = V + A, both for the state on screen, and where V and each A look."""

from __future__ import annotations

import numpy as np

from explorer.results import Bundle, Scores
from explorer.window.look import look
from explorer.window.panels.agents import Halves, Host, LensBase, LooksView, group, stacked
from explorer.window.views.action_values import ActionValuesView
from explorer.window.views.controls import Label, Legend
from explorer.window.views.drawing import fixed, short
from explorer.words import Text

VALUE = Text("状態の良さ **V = {value}**", "Worth of the state **V = {value}**")
SUM = Text("{action}: Q = V + A = {value} {advantage} = **{q}**", "{action}: Q = V + A = {value} {advantage} = **{q}**")
SPREAD = Text("行動による差: {spread}（V の {share}）", "What the action changes: {spread} ({share} of V)")
ADVANTAGE = Text("行動ごとの差 A（平均 0）", "What each action adds, A (mean 0)")
LOOKS = Text("|勾配 × 入力|", "|grad × input|")


class Panel(LensBase):
    """A lens: V, A of each action as bars around zero, their sum for the best action, and a map or row for each of them."""

    lens = "agent_streams"
    needs = ("looks",)
    shows = "advantage"

    def __init__(self, page: Host) -> None:
        super().__init__()
        self.legend = Legend("viridis", "0", "1", before=LOOKS)
        self.value, self.sum, self.spread = Label("", "section"), Label("", "body"), Label("", "caption", "ink3")
        self.title = Label(ADVANTAGE, "label", "ink2")
        self.bars = ActionValuesView(name=ADVANTAGE)
        self.looks = LooksView()
        stacked(self, Halves(group(self.value, self.sum, self.title, self.bars, self.spread), self.looks), stretch=0)
        self._environment = ""
        self._found: dict[str, float] = {}
        look.changed.connect(self._restyle)
        self._restyle()

    def _restyle(self) -> None:
        self.bars.setFixedHeight(look.px(38) * max(1, self.bars.lines()))

    def take(self, bundle: Bundle) -> None:
        facts, q, advantage = bundle.facts, bundle.parts["q"], bundle.parts.get("advantage")
        if not isinstance(advantage, Scores) or not isinstance(q, Scores):
            return
        if facts["environment"] != self._environment:
            self._environment = facts["environment"]
            self.bars.clear()
        names, best = facts["actions"], int(np.argmax(q.values))
        value = float(q.values[0] - advantage.values[0])
        spread = float(np.ptp(advantage.values))
        self.bars.set_columns(2 if len(names) > 3 else 1)
        self.bars.set_values(names, advantage.values.tolist(), taken=int(facts["taken"]))
        self.bars.setFixedHeight(look.px(38) * self.bars.lines())
        self.value.set_text(VALUE.format(value=short(value)))
        self.sum.set_text(
            SUM.format(action=look.say(names[best]), value=fixed(value, 2), advantage=fixed(float(advantage.values[best]), 2, sign=True), q=fixed(float(q.values[best]), 2))
        )
        share = f"{100 * spread / abs(value):,.0f}%" if value else "–"
        self.spread.set_text(SPREAD.format(spread=short(spread), share=share))
        self.looks.take(bundle)
        assert self.legend is not None
        self.legend.set_range("0", short(self.looks.high))
        self._found = {"value": value, "spread": spread, **{f"a_{name.en}": float(a) for name, a in zip(names, advantage.values, strict=True)}}

    def numbers(self) -> dict[str, float]:
        """What the panel shows."""
        return dict(self._found)
