"""What sets Q-learning apart: one number is corrected after each action, and the table comes closer to the optimum."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from explorer.results import Bundle, Numbers
from explorer.window.look import look
from explorer.window.views.controls import Bar, Button, Label
from explorer.window.views.drawing import fixed, short
from explorer.window.views.formulas import bracketed
from explorer.words import Text

CLOSENESS = Text("貪欲方策の価値は最良の **{share}**", "Greedy policy: **{share}** of the best")
WORSE = Text("貪欲方策の価値は **{value}**、最良は {best}", "Greedy policy: **{value}**, the best: {best}")
NEEDED = Text("おすすめ設定なら {steps} 回の行動で 98% 以上", "recommended: 98% after {steps} actions")
EXACT = Text(
    "環境自身の遷移表から、時間制限なし、γ 0.99 で正確に計算した値です。行動の数は五つのシードすべてで届いた数です。",
    "Exact, from the environment's own transition table, without a time limit, at γ 0.99. With that many actions all of five seeds got there.",
)
SURPRISE = Text("予想とのずれ(TD 誤差)", "Surprise (TD error)")
SUM = Text("{reward} + {gamma} · {ahead} − {old} = **{error}**", "{reward} + {gamma} · {ahead} − {old} = **{error}**")
SUM_ENDED = Text("{reward} − {old} = **{error}**", "{reward} − {old} = **{error}**")
MOVED = Text("訪問 {visits} 回目、α {alpha}、Q {change}", "visit {visits}: α {alpha}, Q {change}")
NOT_YET = Text("一歩動くと、ここに計算が出ます。", "Take a step and its arithmetic appears here.")
RECOMMENDED = Text("おすすめ設定で", "Recommended settings")


class Host(Protocol):
    """The page, as its panel sees it."""

    def recommend(self) -> None:
        """Take the recommended settings and start over."""


class Panel(QWidget):
    """The distance from the optimum as a bar, the last correction's arithmetic, and a button for the recommended settings."""

    def __init__(self, page: Host) -> None:
        super().__init__()
        self.worth = Label(NOT_YET, "body", "ink2")
        self.bar = Bar(0.0)
        self.needed = Label("", "caption", "ink3")
        self.title = Label(SURPRISE, "body", "ink2")
        self.sum = Label("", "body")
        self.moved = Label("", "caption", "ink3")
        self.recommended = Button(RECOMMENDED, "tint")
        self.recommended.clicked.connect(lambda: page.recommend())
        self._numbers: dict[str, float] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        for row, (left, right) in enumerate(((self.worth, self.title), (self.bar, self.sum), (self.needed, self.moved))):
            self._grid.addWidget(left, row, 0, Qt.AlignmentFlag.AlignVCenter)
            self._grid.addWidget(right, row, 1, Qt.AlignmentFlag.AlignVCenter)
        self._grid.addWidget(self.recommended, 0, 2, 3, 1, Qt.AlignmentFlag.AlignVCenter)
        self._grid.setColumnStretch(0, 11)
        self._grid.setColumnStretch(1, 9)
        look.changed.connect(self._restyle)
        self._restyle()

    def _restyle(self) -> None:
        self.needed.setToolTip(look.say(EXACT))
        self.worth.setToolTip(look.say(EXACT))
        self._grid.setHorizontalSpacing(look.px(24))
        self._grid.setVerticalSpacing(look.px(1))

    def take(self, bundle: Bundle) -> None:
        """Show a snapshot of the session."""
        numbers, facts = bundle.parts["numbers"], bundle.facts
        assert isinstance(numbers, Numbers)
        values = dict(numbers.values)
        closeness = values["closeness"]
        self._numbers = {
            "closeness": closeness, "optimum": float(facts["optimum"]), "needed": float(facts["needed"]),
            **{name: values[name] for name in ("td_error", "alpha", "q_old", "q_new", "reward", "following") if name in values},
        }
        best = float(facts["optimum"])
        if closeness > 0:
            self.worth.set_text(CLOSENESS.format(share=f"{fixed(100 * closeness, 1)}%"))
        else:
            self.worth.set_text(WORSE.format(value=short(best - (1 - closeness) * abs(best)), best=short(best)))
        self.bar.set_fraction(max(0.0, min(1.0, closeness)))
        self.needed.set_text(NEEDED.format(steps=f"{facts['needed']:,}"))
        last = facts.get("last")
        if last is None or not last["learnt"]:
            self.sum.set_text(NOT_YET)
            self.moved.set_text("")
            return
        ahead, old = last["following"], last["old"]
        pattern = SUM_ENDED if last["ended"] else SUM
        self.sum.set_text(pattern.format(reward=short(last["reward"]), gamma=fixed(last["gamma"], 2), ahead=bracketed(ahead), old=bracketed(old), error=fixed(values["td_error"], 3, sign=True)))
        self.moved.set_text(MOVED.format(visits=f"{last['visits']:,}", alpha=fixed(last["alpha"], 4), change=fixed(last["new"] - old, 4, sign=True)))

    def numbers(self) -> dict[str, float]:
        """What the panel shows."""
        return dict(self._numbers)

