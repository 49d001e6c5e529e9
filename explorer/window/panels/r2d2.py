"""What sets R2D2 apart: the recurrent state while it plays, and the burn-in and stored state with which sequences are replayed."""

from __future__ import annotations

import numpy as np

from explorer.results import Bundle, Matrix
from explorer.window.look import look
from explorer.window.panels.agents import Halves, Host, LensBase, beside, group, numbers_of, stacked
from explorer.window.views.controls import Label, Legend, Switch
from explorer.window.views.drawing import fixed
from explorer.window.views.maps import MapView
from explorer.words import Text

NAME = Text("隠れ状態の移り変わり", "Recurrent state over time")
ROWS = Text("よく動く {shown} / {count} セル、最近の {steps} 歩（右が今）", "the {shown} of {count} cells that move most, over the last {steps} steps (now at the right)")
BURN_IN, STORED = Text("助走", "Burn-in"), Text("保存した状態", "Stored state")
SEQUENCE = Text("系列: 助走 {burn} 歩 + 学ぶ {trace} 歩、初めの状態は{start}", "A sequence: {burn} steps of burn-in, then {trace} learnt from, begun from {start}")
FROM_STORED, FROM_ZERO = Text("保存したもの", "the stored state"), Text("ゼロ", "zero")
CHANGE = Text("一歩ごとの変化: 平均 **{change}**", "Change a step: **{change}** on average")
CELLS = 24


class Panel(LensBase):
    """A lens: the state's cells over the last steps, and switches for burn-in and stored state."""

    lens = "agent_state"
    needs = ("state",)
    shows = "state"

    def __init__(self, page: Host) -> None:
        super().__init__()
        self.legend = Legend("signed", "−1", "1")
        self.view = MapView(name=NAME)
        self.rows, self.change, self.sequence = Label("", "caption", "ink3", wrap=True), Label("", "body", "ink2"), Label("", "label", "ink2", wrap=True)
        self.burn_in, self.stored = Switch(BURN_IN, True), Switch(STORED, True)
        words = group(self.rows, self.change, beside(self.burn_in, self.stored), self.sequence)
        stacked(self, Halves(self.view, words, (1, 0)), stretch=0)
        for name, switch in (("use_burn_in", self.burn_in), ("stored_state", self.stored)):
            switch.toggled.connect(lambda on, name=name: page.send("set", {name: on}))
        self._found: dict[str, float] = {}

    def take(self, bundle: Bundle) -> None:
        settings, numbers, state = bundle.facts["settings"], numbers_of(bundle), bundle.parts.get("state")
        for name, switch in (("use_burn_in", self.burn_in), ("stored_state", self.stored)):
            switch.blockSignals(True)
            switch.setChecked(bool(settings[name]))
            switch.blockSignals(False)
        start = FROM_STORED if settings["stored_state"] else FROM_ZERO
        self.sequence.set_text(SEQUENCE.format(burn=int(numbers["burn_in"]), trace=int(numbers["trace"]), start=look.say(start)))
        self._found = {"burn_in": numbers["burn_in"], "trace": numbers["trace"], "stored_state": float(settings["stored_state"])}
        if not isinstance(state, Matrix):
            return
        cells, steps = state.values.shape
        shown = np.sort(np.argsort(-state.values.std(axis=1), kind="stable")[:CELLS])
        change = float(np.abs(np.diff(state.values, axis=1)).mean()) if steps > 1 else 0.0
        window = np.zeros((len(shown), 64))
        window[:, 64 - steps :] = state.values[shown]
        self.view.set_map(window, low=-1.0, high=1.0, signed=True)
        self.rows.set_text(ROWS.format(shown=len(shown), count=cells, steps=steps))
        self.change.set_text(CHANGE.format(change=fixed(change, 3)))
        self._found |= {"cells": float(cells), "steps": float(steps), "change": change}

    def numbers(self) -> dict[str, float]:
        """What the panel shows."""
        return dict(self._found)
