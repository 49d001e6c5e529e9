"""What sets the neuron apart: its whole arithmetic in one line, and the equation of the line it draws."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QVBoxLayout, QWidget

from explorer.results import Bundle, Numbers
from explorer.window.look import look
from explorer.window.views.controls import Label
from explorer.window.views.drawing import fixed
from explorer.window.views.neuron import spelled
from explorer.words import Text

NAMES = {"step": Text("ステップ", "step"), "sigmoid": Text("σ", "σ"), "tanh": Text("tanh", "tanh"), "relu": Text("ReLU", "ReLU"), "linear": Text("線形", "linear")}
LINE = Text("境界：{equation} = 0", "The line: {equation} = 0")
NO_LINE = Text("重みが両方 0 なので、境界はありません。", "Both weights are 0: there is no line.")
NOT_YET = Text("エンジンを起動しています", "The engine is starting")


class Panel(QWidget):
    """``x₁·w₁ + x₂·w₂ + b = z``, the activation of it, and the line on which it is zero; all of it live."""

    def __init__(self, page: object) -> None:
        super().__init__()
        self.sum = Label(NOT_YET, "value", "ink")
        self.line = Label("", "label", "ink2")
        self._numbers: dict[str, float] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(self.sum)
        self._column.addWidget(self.line)
        look.changed.connect(self._restyle)
        self._restyle()

    def _restyle(self) -> None:
        self._column.setSpacing(look.px(2))

    def take(self, bundle: Bundle) -> None:
        """Show the arithmetic of a snapshot."""
        part = bundle.parts["numbers"]
        assert isinstance(part, Numbers)
        values, name = part.values, str(bundle.facts["activation"])
        count = int(values["inputs"])
        products = [f"{bracketed(values[f'x{k}'])} × {bracketed(values[f'w{k}'])}" for k in range(1, count + 1)]
        total = f"{' + '.join(products)} {signed(values['bias'])} = **{fixed(values['sum'], 2)}**"
        out = fixed(values["output"], 2)
        self.sum.set_text(Text(*(f"{total}  →  {NAMES[name].get(tongue)}({fixed(values['sum'], 2)}) = **{out}**" for tongue in ("ja", "en"))))
        weights = [values[f"w{k}"] for k in range(1, count + 1)]
        if not any(weights[:2]):
            self.line.set_text(NO_LINE)
        else:
            terms = [f"{fixed(weights[0], 2)} {spelled('x1')}"] + [f"{signed(w)} {spelled(f'x{k}')}" for k, w in enumerate(weights[1:], 2)]
            self.line.set_text(LINE.format(equation=f"{' '.join(terms)} {signed(values['bias'])}"))
        self._numbers = {key: float(value) for key, value in values.items() if key in ("sum", "output", "bias", "accuracy") or key[0] in "xwp"}

    def numbers(self) -> dict[str, Any]:
        """Every number of the arithmetic: x1 …, w1 …, p1 …, bias, sum, output, and the accuracy on the points."""
        return {name: (None if value != value else value) for name, value in self._numbers.items()}


def signed(value: float) -> str:
    """``+ 0.50`` or ``− 0.50``, as it stands between two terms."""
    return f"{'−' if value < 0 else '+'} {fixed(abs(value), 2)}"


def bracketed(value: float) -> str:
    """``0.50`` or ``(−0.50)``."""
    return fixed(value, 2) if value >= 0 else f"({fixed(value, 2)})"
