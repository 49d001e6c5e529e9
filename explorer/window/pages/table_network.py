"""One small task for a table and for a network: nine places, which a table holds easily, then endless ones, which it must cut into cells."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from explorer.catalogue import System
from explorer.window.client import Client
from explorer.window.pages.pair_page import LABEL, VALUE, PairPage
from explorer.window.pages.rewards_answers import joined, percent
from explorer.window.views.controls import Choice, Label, Slider
from explorer.words import Text, same

WORLD, CELLS = Text("状態の数", "How many states"), Text("表の刻み", "Table cells")
WORLDS = {"nine": Text("九つの状態", "Nine states"), "endless": Text("無限の状態", "Endless states")}
EXPLORE = Text("探索 ε", "Explore ε")
SIZES = ("6", "12", "24")
TABLE_NINE = Text("表：9 状態 × 4 行動 = {numbers} 個の数。{visited} は一度は直されました。", "The table: 9 states × 4 actions = {numbers} numbers, {visited} of them corrected at least once.")
TABLE_CUT = Text(
    "表：部屋を {cells}×{cells} に区切って {numbers} 個の数。直されたのは {visited}。",
    "The table: the room cut into {cells}×{cells} cells, {numbers} numbers; {visited} were ever corrected.",
)
WEIGHTS = Text("ネットワーク：重み {weights} 個。位置の二つの数から、どこでも答えます。", "The network: {weights} weights. From the two numbers of a place it answers anywhere.")
GETS = Text("ゴールに着く場所：{share}", "Places from which it gets to the goal: {share}")


class Page(PairPage):
    """See the module."""

    task = "reinforcement_pairs.table_and_network"
    working = Text("表とネットワークの学習", "A table and a network learn")
    names = (Text("表", "A table"), Text("ネットワーク", "A network"))
    maps = (Text("Q 学習", "Q-learning"), same("DQN"))
    curve_title = Text("ゴールに着く場所の割合", "Share of places that reach the goal")
    measures = (Text("価値 Q", "Value Q"), Text("価値 Q", "Value Q"))
    first: Mapping[str, Any] = {"speed": 60.0, "playing": True, "until": 300}

    def __init__(self, system: System, client: Client) -> None:
        self.worlds = Choice([(sample, WORLDS[sample]) for sample in system.samples], system.samples[0], name=WORLD)
        self.cells_label = Label(CELLS, "body", "ink2")
        self.cells = Choice([(size, same(f"{size}×{size}")) for size in SIZES], "12", name=CELLS)
        super().__init__(system, client)
        self.head_inputs.addWidget(self.worlds)
        self.player.more.addWidget(self.cells_label)
        self.player.more.addWidget(self.cells, 1)
        self.worlds.chosen.connect(self.go)
        self.cells.chosen.connect(lambda size: self.send("set", {"cells": int(size), "until": int(self.values().get("steps", 0))}))
        self._show_cells(False)

    def sliders(self) -> dict[str, Slider]:
        return {"epsilon": Slider(EXPLORE, 0.0, 1.0, 0.2, 0.01, label_width=LABEL, value_width=VALUE)}

    def _show_cells(self, endless: bool) -> None:
        self.cells_label.setVisible(endless)
        self.cells.setVisible(endless)

    def show_head(self, facts: Mapping[str, Any]) -> None:
        self.worlds.set_current(facts["world"])
        if str(facts["cells"]) in SIZES:
            self.cells.set_current(str(facts["cells"]))
        self._show_cells(facts["endless"])

    def said_of(self, facts: Mapping[str, Any], numbers: Mapping[str, float], slow: bool) -> tuple[Text, Text]:
        count, visited = f"{int(numbers['numbers']):,}", percent(numbers["visited"])
        table = TABLE_CUT.format(cells=facts["cells"], numbers=count, visited=visited) if facts["endless"] else TABLE_NINE.format(numbers=count, visited=visited)
        network = WEIGHTS.format(weights=f"{int(numbers['parameters']):,}")
        return joined(table, GETS.format(share=percent(numbers["left"]))), joined(network, GETS.format(share=percent(numbers["right"])))
