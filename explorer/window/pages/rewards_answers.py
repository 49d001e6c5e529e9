"""The page that opens the chapter of rewards: one small world, learnt from answers at the left and from rewards at the right."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from explorer.catalogue import System
from explorer.window.client import Client
from explorer.window.look import look
from explorer.window.pages.agent_parts import signs
from explorer.window.pages.pair_page import LABEL, VALUE, PairPage
from explorer.window.views.controls import Choice, IconButton, Slider
from explorer.window.views.drawing import short
from explorer.words import Text

WORLD = Text("地図", "Map")
WORLDS = (Text("4×4", "4×4"), Text("4×4、滑る", "4×4, slippery"), Text("生成", "Generated"))
ANOTHER = Text("別の地図", "Another map")
WRONG, EXPLORE = Text("答えの間違い", "Wrong answers"), Text("探索 ε", "Explore ε")
ANSWERED = Text("{steps} 個の答えを聞いて、{states} 状態の {share} で正しく動けます。", "{steps} answers heard: right in {share} of the {states} states.")
REWARDED = Text(
    "{steps} 歩動いて、0 でない報酬は {rewards} 回。{states} 状態の {share} で正しく動けます。",
    "{steps} steps taken, {rewards} rewards other than 0: right in {share} of the {states} states.",
)
TOLD = Text("状態 {state}：「正解は {answer}」と教わりました（確信 {before} → {now}）。", "State {state}: it was told “{answer} is right” (sure {before} → {now}).")
PAID = Text("状態 {state}：{action} に動いて、報酬 {reward} をもらいました。正解は知らされません。", "State {state}: it went {action} and got a reward of {reward}. Nobody says what was right.")


def percent(share: float) -> str:
    """A share as it is written."""
    return f"{100 * share:.0f} %"


class Page(PairPage):
    """See the module."""

    task = "reinforcement_pairs.answers_and_rewards"
    working = Text("答えと報酬から学習", "Learning from answers and rewards")
    names = (Text("答えから学ぶ", "From answers"), Text("報酬から学ぶ", "From rewards"))
    maps = (Text("状態 → 正解の行動", "state → right action"), Text("行動 → 報酬", "action → reward"))
    curve_title = Text("正しく動ける状態の割合", "Share of states in which it is right")
    first: Mapping[str, Any] = {"speed": 4.0, "playing": True, "until": 12}
    measures = (Text("正解だという確信", "How sure"), Text("価値 Q", "Value Q"))

    def __init__(self, system: System, client: Client) -> None:
        self.worlds = Choice(list(zip(system.samples, WORLDS, strict=True)), system.samples[0], name=WORLD)
        self.another = IconButton("shuffle", ANOTHER)
        super().__init__(system, client)
        for widget in (self.worlds, self.another):
            self.head_inputs.addWidget(widget)
        self.another.hide()
        self.worlds.chosen.connect(self.go)
        self.another.clicked.connect(lambda: self.go(str(self.facts.get("world", "")), another=True))

    def sliders(self) -> dict[str, Slider]:
        return {
            "wrong": Slider(WRONG, 0.0, 0.9, 0.0, 0.05, format=percent, label_width=LABEL, value_width=VALUE),
            "epsilon": Slider(EXPLORE, 0.0, 1.0, 0.2, 0.01, label_width=LABEL, value_width=VALUE),
        }

    def show_head(self, facts: Mapping[str, Any]) -> None:
        self.another.setVisible(facts["generated"] and not look.projection)
        for sample in self.system.samples:
            if set(sample.split()) <= set(facts["world"].split()):
                self.worlds.set_current(sample)

    def said_of(self, facts: Mapping[str, Any], numbers: Mapping[str, float], slow: bool) -> tuple[Text, Text]:
        steps, states = f"{int(numbers['steps']):,}", facts["states"]
        answered = ANSWERED.format(steps=steps, states=states, share=percent(numbers["left"]))
        rewarded = REWARDED.format(steps=steps, states=states, share=percent(numbers["right"]), rewards=f"{int(numbers['rewards']):,}")
        told, paid = facts["told"], facts["paid"]
        if not slow or told is None or paid is None:
            return answered, rewarded
        drawn = signs(facts["actions"], facts["arrows"])
        one = TOLD.format(state=told["state"], answer=drawn[told["answer"]], before=percent(told["before"]), now=percent(told["now"]))
        other = PAID.format(state=paid["state"], action=drawn[paid["action"]], reward=short(paid["reward"]))
        return joined(answered, one), joined(rewarded, other)


def joined(first: Text, second: Text) -> Text:
    """Two sentences, one under the other."""
    return Text(f"{first.ja}\n{second.ja}", f"{first.en}\n{second.en}")



