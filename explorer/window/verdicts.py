"""Verdicts as plain values, so that they are kept with the page's state, and as words on a chip."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

import numpy as np

from explorer.results import Curves, Judgement, Series, Verdict
from explorer.window.views.drawing import fixed, short
from explorer.words import Text


def to_plain(verdict: Verdict) -> dict[str, Any]:
    """A verdict as JSON-able values."""
    return {
        "claim": verdict.claim,
        "verdict": verdict.verdict,
        "numbers": {name: float(value) for name, value in verdict.numbers.items()},
        "key": verdict.key,
        "text": _words(verdict.text),
        "plot": _curves(verdict.plot) if verdict.plot is not None else None,
        "data": _words(verdict.data),
        "differs": _words(verdict.differs),
        "seeds": verdict.seeds,
        "seconds": verdict.seconds,
        "quick": verdict.quick,
        "complete": verdict.complete,
    }


def from_plain(kept: Mapping[str, Any]) -> Verdict:
    """A verdict from what ``to_plain`` made. Raises ValueError, KeyError or TypeError for anything else."""
    if kept["verdict"] not in get_args(Judgement):
        raise ValueError(f"no verdict: {kept['verdict']!r}")
    text = _text(kept["text"])
    if text is None:
        raise ValueError("a verdict without its sentence")
    return Verdict(
        claim=str(kept["claim"]),
        verdict=kept["verdict"],
        numbers={str(name): float(value) for name, value in kept["numbers"].items()},
        key=str(kept["key"]),
        text=text,
        plot=_to_curves(kept["plot"]) if kept["plot"] else None,
        data=_text(kept["data"]),
        differs=_text(kept["differs"]),
        seeds=int(kept["seeds"]),
        seconds=float(kept["seconds"]),
        quick=bool(kept["quick"]),
        complete=bool(kept["complete"]),
    )


def key_words(verdict: Verdict) -> str:
    """The number that decided, as the chip has it: ratios as ``× 5·10¹¹``, differences with their sign."""
    name, value = verdict.key, float(verdict.numbers[verdict.key])
    if "ratio" in name or "times" in name:
        return f"× {short(value)}"
    if "difference" in name or "gap" in name or "gain" in name:
        return short(value) if abs(value) >= 1e6 else ("+" if value > 0 else "") + short(value)
    if "accuracy" in name or "share" in name or "agreement" in name:
        return fixed(value, 2)
    return short(value)


def _words(text: Text | None) -> list[str] | None:
    return [text.ja, text.en] if text is not None else None


def _text(kept: Any) -> Text | None:
    return Text(str(kept[0]), str(kept[1])) if kept else None


def _list(values: Any) -> list[float | None]:
    return [float(v) if np.isfinite(v) else None for v in values]


def _array(values: Any) -> Any:
    return np.array([np.nan if v is None else float(v) for v in values], float)


def _curves(curves: Curves) -> dict[str, Any]:
    return {
        "x": _words(curves.x_label),
        "y": _words(curves.y_label),
        "logs": [curves.x_log, curves.y_log],
        "series": [
            {
                "name": _words(s.name),
                "x": _list(s.x),
                "y": _list(s.y),
                "spread": _list(s.spread) if s.spread is not None else None,
                "main": s.main,
                "opens": [dict(o) if o is not None else None for o in s.opens],
            }
            for s in curves.series
        ],
    }


def _to_curves(kept: Mapping[str, Any]) -> Curves:
    x_label, y_label = _text(kept["x"]), _text(kept["y"])
    assert x_label is not None and y_label is not None
    series = []
    for s in kept["series"]:
        name = _text(s["name"])
        assert name is not None
        spread = _array(s["spread"]) if s["spread"] is not None else None
        series.append(
            Series(name, _array(s["x"]), _array(s["y"]), spread, bool(s["main"]), tuple(s["opens"]))
        )
    return Curves(tuple(series), x_label, y_label, bool(kept["logs"][0]), bool(kept["logs"][1]))
