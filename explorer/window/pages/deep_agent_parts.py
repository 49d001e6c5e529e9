"""Parts of the page of an agent with a network: the strip of one step, and the lenses all such agents have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout

from explorer.results import Bundle, Maps, Matrix, Scores
from explorer.window.look import look
from explorer.window.panels.agents import LOOKS, LensBase, LooksView, heat_tile, numbers_of, picture_of, stacked
from explorer.window.views.action_values import ActionValuesView
from explorer.window.views.controls import Label, Legend
from explorer.window.views.drawing import power, short
from explorer.window.views.flow import Big, Card, Feedback, Tiles
from explorer.window.views.picture import PictureView
from explorer.window.views.tiles import TilesView
from explorer.words import Text, same

STATE, NETWORK, CHOOSE = Text("状態 s", "State s"), Text("ネットワーク", "Network"), Text("選ぶ", "Choose")
Q_OF = Text("Q（行動 {n}）", "Q of {n} actions")
NUMBERS_IN, PLANES_IN = Text("数 {n} 個", "{n} numbers"), same("{planes}×{height}×{width}")
TABLE_NEEDS = Text("表なら {cells} 状態", "table: {cells} states")
WEIGHTS = Text("重み", "weights")
LARGEST_OF = Text("最大の Q", "the largest Q")
ALWAYS_BEST, SHARE = Text("いつも最大の Q", "the largest Q"), Text("{share} 無作為", "{share} at random")
REWARD, RETURN_SO_FAR = Text("報酬 {reward}", "reward {reward}"), Text("ここまで {total}", "so far {total}")
LOSS = Text("損失 {loss} ・ TD 誤差の平均 {error}", "loss {loss} · mean TD error {error}")
GATHERS = Text("まず体験をためています", "gathering experience first")
WATCHES = Text("見るだけ: 学習は止まっています", "watching: nothing is learnt")
UNTRAINED = Text("まだ何も学んでいないネットワークです", "the network before it has learnt anything")
WATCHED_CHECKPOINT = Text("{steps} ステップのときのネットワークです", "the network as it was at {steps} steps")
WATCHED_TRAINED = Text("同梱の重み: {steps} ステップの学習で平均収益 {mean}", "bundled weights: mean return {mean} after {steps} steps of learning")
OPENING = Text("環境を開いています。", "The environment is being opened.")
NOT_DRAWN = Text("この環境には画面がありません。", "This environment has no picture.")
Q_NOW, PICTURE = Text("今の Q", "Q now"), Text("画面", "Picture")
GRADIENT = Text("それぞれの値を入力がどれだけ動かすか: |勾配 × 入力|。", "How strongly the input moves each value: |gradient × input|.")
FEATURES, LARGEST = Text("特徴", "Features"), Text("最大", "largest")
LAYER = Text("{n} 層目、{count} ユニット", "Layer {n}, {count} units")
OWN_SCALE = Text("一枚ごとに最大を 1 に", "each to its own largest")

_WORDS = {
    "CartPole-v1": Text("棒立て", "CartPole"), "CartPole-v1 hide=velocity": Text("棒立て、速度なし", "CartPole, no velocity"),
    "MountainCar-v1": Text("山登り", "Mountain car"), "MountainCar-v0": Text("山登り", "Mountain car"), "Acrobot-v1": Text("アクロボット", "Acrobot"),
    "LunarLander-v3": Text("月着陸", "Lunar lander"), "FrozenLake-v1": Text("凍った湖", "Frozen lake"), "MinAtar/Breakout-v1": Text("ブロック崩し", "Breakout"),
    "MinAtar/Breakout-v1 hide=trail": Text("ブロック崩し、軌跡なし", "Breakout, no trail"), "MinAtar/SpaceInvaders-v1": Text("インベーダー", "Space Invaders"),
    "MinAtar/Freeway-v1": Text("道路横断", "Freeway"), "MinAtar/Asterix-v1": Text("アステリクス", "Asterix"), "MinAtar/Seaquest-v1": Text("潜水艦", "Seaquest"),
    "MiniGrid-DoorKey-5x5-v0": Text("鍵と扉 5×5", "Door and key, 5×5"), "MiniGrid-DoorKey-6x6-v0": Text("鍵と扉 6×6", "Door and key, 6×6"),
    "MiniGrid-Empty-5x5-v0": Text("空の部屋", "Empty room"), "ALE/Breakout-v5": Text("Atari ブロック崩し", "Atari Breakout"),
}  # fmt: skip
_ARROWS = {
    "left": Qt.Key.Key_Left, "right": Qt.Key.Key_Right, "up": Qt.Key.Key_Up, "down": Qt.Key.Key_Down, "turn left": Qt.Key.Key_Left, "turn right": Qt.Key.Key_Right,
    "forward": Qt.Key.Key_Up, "left engine": Qt.Key.Key_Left, "right engine": Qt.Key.Key_Right, "main engine": Qt.Key.Key_Up,
}  # fmt: skip
_SIGNS = {Qt.Key.Key_Left: "←", Qt.Key.Key_Right: "→", Qt.Key.Key_Up: "↑", Qt.Key.Key_Down: "↓"}


def sample_words(sample: str) -> Text:
    """A short name of a sample environment."""
    return _WORDS.get(sample, same(sample.rpartition("/")[2]))


def keys_of(facts: Mapping[str, Any]) -> dict[int, int]:
    """Which key takes which action: arrows for those that have a direction, and 1 … 9 for the first nine."""
    names: Sequence[Text] = facts["actions"]
    found = {int(Qt.Key.Key_1) + index: index for index in range(min(9, len(names)))}
    found |= {int(_ARROWS[name.en]): index for index, name in enumerate(names) if name.en in _ARROWS}
    return found


def signs_of(facts: Mapping[str, Any]) -> tuple[str, ...]:
    """What is written on the key of each action."""
    return tuple(_SIGNS[_ARROWS[name.en]] if name.en in _ARROWS else str(index + 1) if index < 9 else "" for index, name in enumerate(facts["actions"]))


def shape_words(facts: Mapping[str, Any]) -> Text:
    """What the network is given: how many numbers, or planes."""
    shape = facts["observation"]
    return NUMBERS_IN.format(n=shape[0]) if len(shape) == 1 else PLANES_IN.format(planes=shape[0], height=shape[1], width=shape[2])


def cells_words(digits: float) -> str:
    """A number of states as it can be read: in full, or as a power of ten."""
    return f"{round(10**digits):,}" if digits < 4 else power(round(digits))


def share_words(epsilon: float) -> Text:
    """How often an action is random."""
    return ALWAYS_BEST if epsilon <= 0 else SHARE.format(share=f"{100 * epsilon:.2g}%" if epsilon < 0.995 else "100%")


def flow(bundle: Bundle) -> tuple[list[Card], Feedback]:
    """One step as cards: state, network, Q, the choice, what the environment answered; and the correction on the way back."""
    facts, numbers, scores = bundle.facts, numbers_of(bundle), bundle.parts["q"]
    assert isinstance(scores, Scores)
    q, names = scores.values, facts["actions"]
    best = int(np.argmax(q))
    pad = 0.05 * (float(np.ptp(q)) or 1.0)
    few = len(names) <= 3
    content: Any = Tiles(q, signs_of(facts), best, float(q.min()) - pad, float(q.max()) + pad) if few else Big(short(float(q[best])), LARGEST_OF)
    chosen = Big(Text(f"{signs_of(facts)[best]} {names[best].ja}", f"{signs_of(facts)[best]} {names[best].en}"), share_words(0.0 if facts["watching"] or facts["all_settings"]["actors"] else numbers["epsilon"]))  # beside actors it shows a game of the learner's own
    answer = Big(REWARD.format(reward=short(numbers["reward"])), RETURN_SO_FAR.format(total=short(numbers["episode_return"])))
    cards = [
        Card("state", STATE, Big(shape_words(facts), TABLE_NEEDS.format(cells=cells_words(numbers["table_digits"]))), width=136),
        Card("network", NETWORK, Big(f"{facts['parameters']:,}", WEIGHTS), width=112),
        Card("q", Q_OF.format(n=len(names)), content, width=(52 * len(names) - 8 + 26) if few else 132),
        Card("choose", CHOOSE, chosen, width=126),
        Card("world", sample_words(facts["environment"].split()[0]), answer, width=146),
    ]
    if facts["viewed"] is not None:
        steps = facts["marks"][facts["viewed"]]
        words: Text = WATCHED_CHECKPOINT.format(steps=f"{steps:,}") if steps else UNTRAINED
    elif facts["watching"] and facts["trained"] and numbers["updates"] == 0:
        words = WATCHED_TRAINED.format(steps=f"{facts['bundled']['steps']:,}", mean=f"{facts['bundled']['mean_return']:.1f}")
    elif facts["watching"]:
        words = WATCHES
    elif "td_error" not in numbers:
        words = GATHERS
    else:
        words = LOSS.format(loss=short(numbers["loss"]), error=short(numbers["td_error"]))
    return cards, Feedback("world", "network", words, live=not facts["watching"])


class ValuesLens(LensBase):
    """The environment's picture, and the value of each action below it, or beside it where there is more width than height.

    ``acted(index)``: an action by click while the user plays.
    """

    acted = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.view = PictureView(name=PICTURE)
        self.view.placeholder = OPENING
        self.bars = ActionValuesView(name=Q_NOW)
        self._box = QBoxLayout(QBoxLayout.Direction.TopToBottom, self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.addWidget(self.view, 1)
        self._box.addWidget(self.bars)
        self._environment = ""
        self.bars.chosen.connect(self.acted)
        look.changed.connect(self._lay_out)
        self._lay_out()

    def _lay_out(self) -> None:
        beside = self.width() > 1.4 * self.height()
        count = len(self.bars.names)
        self.bars.set_columns(1 if beside or count <= 2 else 2 if count <= 8 else 3)
        self._box.setDirection(QBoxLayout.Direction.LeftToRight if beside else QBoxLayout.Direction.TopToBottom)
        self._box.setSpacing(look.px(24 if beside else 12))
        high = min(look.px(44 if self.bars.lines() <= 3 else 36) * max(1, self.bars.lines()), self.height() // 2)
        self.bars.setMinimumSize(look.px(190) if beside else 0, 0 if beside else high)
        self.bars.setMaximumSize(look.px(260) if beside else 16_777_215, 16_777_215 if beside else max(1, high))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out()

    def set_playing(self, on: bool) -> None:
        """Whether a click on an action takes it."""
        self.bars.playing = on
        self.bars.update()

    def take(self, bundle: Bundle) -> None:
        facts, q = bundle.facts, bundle.parts["q"]
        assert isinstance(q, Scores)
        if facts["environment"] != self._environment:
            self._environment = facts["environment"]
            self.bars.clear()
        picture = picture_of(bundle)
        if picture is not None:
            self.view.set_result(picture)
        else:
            self.view.placeholder = NOT_DRAWN
            self.view.clear()
        before = len(self.bars.names)
        self.bars.set_values(facts["actions"], q.values.tolist(), signs_of(facts), int(facts["taken"]))
        if len(facts["actions"]) != before:
            self._lay_out()


class LooksLens(LensBase):
    """Where in the input each value looks."""

    needs = ("looks",)
    shows = "looks"

    def __init__(self) -> None:
        super().__init__()
        self.legend = Legend("viridis", "0", "1", before=LOOKS)
        self.view = LooksView()
        self.about = Label(GRADIENT, "caption", "ink3", wrap=True)
        stacked(self, self.view, self.about, stretch=0)

    def take(self, bundle: Bundle) -> None:
        self.view.take(bundle)
        assert self.legend is not None
        self.legend.set_range("0", short(self.view.high) if self.view.matrix.isVisibleTo(self.view) else look.say(LARGEST))


class FeaturesLens(LensBase):
    """What the network makes of the look: maps of its first convolution, or the activations of its layers laid out as small fields."""

    needs = ("features",)
    shows = "features"

    def __init__(self) -> None:
        super().__init__()
        self.legend = Legend("viridis", "0", "1", before=OWN_SCALE)
        self.tiles = TilesView(name=FEATURES, lines=0)
        stacked(self, self.tiles, stretch=0)

    def take(self, bundle: Bundle) -> None:
        features = bundle.parts.get("features")
        if isinstance(features, Maps):
            self.tiles.set_lines(0)
            self.tiles.set_tiles([heat_tile(one, None, "") for one in features.values])
        elif isinstance(features, Matrix):
            self.tiles.set_lines(1)
            count = features.values.shape[1]
            rows = max(n for n in range(1, int(count**0.5) + 1) if count % n == 0)
            self.tiles.set_tiles([heat_tile(one.reshape(rows, -1), None, LAYER.format(n=k + 1, count=count)) for k, one in enumerate(features.values)])
