"""Results that are read as numbers: scores, curves, matrices, points, surfaces, tables, tensors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from explorer.results.base import Floats, Integers, Result, expect, write_csv
from explorer.words import Text


@dataclass(frozen=True, eq=False)
class Scores(Result):
    """A number for each name, such as class probabilities, in the classes' own order. ``values``: (n,) float."""

    names: tuple[str, ...]
    values: Floats
    unit: str = ""
    note: Text | None = None

    def validate(self) -> None:
        expect(self.values.shape == (len(self.names),), f"{self.values.shape} values for {len(self.names)} names")

    def to_csv(self) -> str:
        return write_csv(("name", "value"), zip(self.names, map(float, self.values), strict=True))


@dataclass(frozen=True, eq=False)
class Series:
    """One line of a plot. ``x``, ``y``: (n,); ``spread``: (n,) half-width of a band around y, or None.

    ``opens``: for each point the page state it stands for (a click loads it), or empty. ``main``: drawn in the accent.
    """

    name: Text
    x: Floats
    y: Floats
    spread: Floats | None = None
    main: bool = False
    opens: tuple[Mapping[str, Any] | None, ...] = ()

    def __post_init__(self) -> None:
        expect(self.x.shape == self.y.shape and self.x.ndim == 1, f"x {self.x.shape}, y {self.y.shape}")
        expect(self.spread is None or self.spread.shape == self.y.shape, "a spread for each point")
        expect(len(self.opens) in (0, len(self.x)), "a state for each point")


@dataclass(frozen=True, eq=False)
class Curves(Result):
    """Lines over a common axis. Units stand in the labels."""

    series: tuple[Series, ...]
    x_label: Text
    y_label: Text
    x_log: bool = False
    y_log: bool = False

    def to_csv(self) -> str:
        rows = []
        for s in self.series:
            spread = s.spread if s.spread is not None else np.full(len(s.x), np.nan)
            rows += [(s.name.en, float(a), float(b), float(c)) for a, b, c in zip(s.x, s.y, spread, strict=True)]
        return write_csv(("series", self.x_label.en, self.y_label.en, "spread"), rows)


@dataclass(frozen=True, eq=False)
class Matrix(Result):
    """A table of numbers shown as colours. ``values``: (rows, columns); ``low``, ``high``: ends of the colour scale (None: its own)."""

    values: Floats
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    unit: str = ""
    signed: bool = False
    low: float | None = None
    high: float | None = None

    def validate(self) -> None:
        expect(self.values.shape == (len(self.rows), len(self.columns)), f"{self.values.shape} for {len(self.rows)}×{len(self.columns)} names")

    def to_csv(self) -> str:
        return write_csv(("", *self.columns), ((name, *map(float, row)) for name, row in zip(self.rows, self.values, strict=True)))


@dataclass(frozen=True, eq=False)
class Points(Result):
    """Points on a plane. ``xy``: (n, 2); ``groups``: (n,) into ``names``; ``held_out``: (n,) bool or None; ``texts``: one a point or none."""

    xy: Floats
    groups: Integers
    names: tuple[str, ...]
    held_out: Integers | None = None
    texts: tuple[str, ...] = ()

    def validate(self) -> None:
        n = len(self.xy)
        expect(self.xy.shape == (n, 2) and self.groups.shape == (n,), f"points {self.xy.shape}, groups {self.groups.shape}")
        expect(len(self.texts) in (0, n), "a text for each point")

    def to_csv(self) -> str:
        held = self.held_out if self.held_out is not None else np.zeros(len(self.xy), dtype=int)
        rows = zip(self.xy, self.groups, held, strict=True)
        return write_csv(("x", "y", "group", "held out"), ((float(p[0]), float(p[1]), self.names[int(g)], int(h)) for p, g, h in rows))


@dataclass(frozen=True, eq=False)
class Surface(Result):
    """A function over a plane. ``values``: (rows, columns), first row at ``y_range[0]``; ``path``: (n, 2) x, y walked on it, or None."""

    values: Floats
    x_range: tuple[float, float]
    y_range: tuple[float, float]
    signed: bool = False
    path: Floats | None = None
    label: Text | None = None

    def validate(self) -> None:
        expect(self.values.ndim == 2, f"surface of shape {self.values.shape}")
        expect(self.path is None or (self.path.ndim == 2 and self.path.shape[1] == 2), "a path of x, y pairs")

    def to_csv(self) -> str:
        h, w = self.values.shape
        xs, ys = np.linspace(*self.x_range, w), np.linspace(*self.y_range, h)
        return write_csv(("x", "y", "value"), ((float(xs[c]), float(ys[r]), float(self.values[r, c])) for r in range(h) for c in range(w)))


@dataclass(frozen=True, eq=False)
class Table(Result):
    """Rows of plain values under column names."""

    columns: tuple[Text, ...]
    rows: tuple[tuple[Any, ...], ...]

    def validate(self) -> None:
        expect(all(len(row) == len(self.columns) for row in self.rows), "every row as long as the header")

    def to_csv(self) -> str:
        return write_csv([c.en for c in self.columns], ([cell.en if isinstance(cell, Text) else cell for cell in row] for row in self.rows))


@dataclass(frozen=True, eq=False)
class Numbers(Result):
    """Named numbers for a panel, each with its unit: ``values[name]``, ``units[name]``, ``labels[name]``."""

    values: Mapping[str, float]
    labels: Mapping[str, Text] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)

    def to_csv(self) -> str:
        return write_csv(("name", "value", "unit"), ((k, float(v), self.units.get(k, "")) for k, v in self.values.items()))


@dataclass(frozen=True, eq=False)
class Tensor(Result):
    """Facts about one tensor: ``counts`` (bins,) of its values between ``edges`` (bins + 1,); ``zeros``: the share of values that are 0."""

    name: str
    shape: tuple[int, ...]
    kind: str
    mean: float
    deviation: float
    low: float
    high: float
    counts: Integers
    edges: Floats
    zeros: float = 0.0

    def validate(self) -> None:
        expect(0.0 <= self.zeros <= 1.0, f"a share of zeros of {self.zeros}")
        expect(len(self.edges) == len(self.counts) + 1, "one more edge than bins")

    def to_csv(self) -> str:
        return write_csv(("from", "to", "count"), zip(map(float, self.edges[:-1]), map(float, self.edges[1:]), map(int, self.counts), strict=True))


@dataclass(frozen=True, eq=False)
class ActionGrid(Result):
    """A number for each action in each cell of a map.

    ``values``, ``visited``: (rows, columns, actions); ``cells``: one short kind a cell, row by row ("start", "goal", "hole", "ice",
    "cliff", "passenger", "destination", …); ``actions``: names; ``arrows``: for each action (dx, dy) with y down, or None for one that does not move;
    ``agent``: (row, column) or None; ``policy``: (rows, columns) the greedy action or −1; ``rewards``: (rows, columns).
    ``edited``: cells (row × columns + column) whose reward was changed by hand; ``labels``: a letter a cell or "", or none at all;
    ``walls``: pairs of neighbouring cells with a wall between them; ``carrying``: the agent has something with it; ``corrected``:
    (row, column) of the cell whose number changed last.
    """

    values: Floats
    visited: Integers
    cells: tuple[str, ...]
    actions: tuple[Text, ...]
    arrows: tuple[tuple[int, int] | None, ...]
    policy: Integers
    rewards: Floats
    agent: tuple[int, int] | None = None
    edited: tuple[int, ...] = ()
    labels: tuple[str, ...] = ()
    walls: tuple[tuple[int, int], ...] = ()
    carrying: bool = False
    corrected: tuple[int, int] | None = None

    def validate(self) -> None:
        rows, columns, actions = self.values.shape
        expect(self.visited.shape == self.values.shape, "visited as values")
        expect(len(self.cells) == rows * columns, f"{len(self.cells)} cells for {rows}×{columns}")
        expect(len(self.actions) == actions and len(self.arrows) == actions, "a name and an arrow for each action")
        expect(self.policy.shape == (rows, columns) and self.rewards.shape == (rows, columns), "policy and rewards by cell")
        expect(len(self.labels) in (0, rows * columns), "a label for each cell")

    def to_csv(self) -> str:
        rows, columns, _ = self.values.shape
        lines = ((r, c, self.cells[r * columns + c], *map(float, self.values[r, c])) for r in range(rows) for c in range(columns))
        return write_csv(("row", "column", "cell", *(a.en for a in self.actions)), lines)
