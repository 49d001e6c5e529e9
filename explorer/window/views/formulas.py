"""Formulas with live numbers in them."""

from __future__ import annotations

from explorer.window.views.drawing import fixed, short


def value(number: float) -> str:
    """An action value with three decimals, two from 10 on."""
    return fixed(number, 3 if abs(number) < 10 else 2)


def bracketed(number: float) -> str:
    """An action value inside a sum: a negative one in brackets."""
    return f"({value(number)})" if number < 0 else value(number)


def rate(number: float) -> str:
    """A step size: two decimals, four when it is small."""
    return fixed(number, 2 if number >= 0.1 or number == 0 else 4)


def correction(old: float, alpha: float, reward: float, gamma: float, ahead: float | None, new: float) -> str:
    """How one action value was corrected: ``Q ← 0.535 + 0.20 · (0 + 0.95 · 0.663 − 0.535) = 0.554``. ``ahead``: None after an ending."""
    following = "" if ahead is None else f" + {fixed(gamma, 2)} · {bracketed(ahead)}"
    return f"Q ← {value(old)} + {rate(alpha)} · ({short(reward)}{following} − {bracketed(old)}) = {value(new)}"
