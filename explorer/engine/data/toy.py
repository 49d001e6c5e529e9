"""Points on a plane in two classes: drawn sets, the user's own, and tables from a file.

Two moons, circles and the clouds come from scikit-learn's generators; the spiral follows Lang & Witbrock, *Learning to Tell Two
Spirals Apart*, 1988. All of them lie in the square from −3 to 3.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.results import Points
from explorer.words import InputError, Text

Floats = NDArray[np.float32]
Labels = NDArray[np.int64]

SPAN = 3.0
"""The plane reaches from −SPAN to SPAN both ways."""
FIT = 2.5
"""Points from a file are moved and scaled to lie within −FIT and FIT."""
MOST_ROWS = 5_000
MOST_BYTES = 2_000_000

NO_KIND = Text("「{name}」というデータはありません。選べるもの: {known}。", "There is no data set called “{name}”; there are {known}.")
NO_FILE = Text("「{name}」というファイルがありません。", "There is no file called “{name}”.")
NOT_TEXT = Text("「{name}」は表(CSV)として読めません。", "“{name}” cannot be read as a table (CSV).")
TOO_LARGE = Text("表が大きすぎます(最大 {most} 行)。", "The table is too large; up to {most} rows can be used.")
COLUMNS = Text(
    "表には x、y、クラスの三列が必要ですが、{row} 行目は {count} 列です。",
    "The table needs three columns (x, y, class), but row {row} has {count}.",
)
NOT_A_NUMBER = Text("{row} 行目の「{value}」は数ではありません。", "In row {row}, “{value}” is not a number.")
NO_LABEL = Text("{row} 行目にクラスがありません。", "Row {row} has no class.")
CLASSES = Text(
    "クラスはちょうど二つ必要ですが、この表には {count} 個あります。",
    "There have to be exactly two classes; this table has {count}.",
)
TOO_FEW = Text("どちらのクラスにも、点が二つ以上必要です。", "Each class needs at least two points.")
SCALED = Text("表の点を、図に収まるように移動・拡大しました。", "The points of the table were moved and scaled to fit the plane.")


@dataclass(frozen=True, eq=False)
class PointSet:
    """Points with their classes. ``xy``: (n, 2) float32; ``labels``: (n,) 0 or 1; ``held_out``: (n,) True where a point only tests.

    ``names``: of the two classes. ``notes``: what was done to the points, for the user.
    """

    xy: Floats
    labels: Labels
    held_out: NDArray[np.bool_]
    names: tuple[str, str] = ("A", "B")
    notes: tuple[Text, ...] = ()

    def as_points(self) -> Points:
        """For the window."""
        return Points(self.xy, self.labels, self.names, self.held_out.astype(np.int64))


# --- the drawn sets -------------------------------------------------------------------------------------------------------------------

Draw = Callable[[int, float, int], tuple[NDArray[Any], NDArray[Any]]]


def _moons(count: int, noise: float, seed: int) -> tuple[NDArray[Any], NDArray[Any]]:
    from sklearn.datasets import make_moons

    xy, labels = make_moons(count, noise=noise, random_state=seed)
    return (xy - (0.5, 0.25)) * 1.6, labels


def _circles(count: int, noise: float, seed: int) -> tuple[NDArray[Any], NDArray[Any]]:
    from sklearn.datasets import make_circles

    xy, labels = make_circles(count, noise=noise, random_state=seed, factor=0.45)
    return xy * 2.2, labels


def _gaussians(count: int, noise: float, seed: int) -> tuple[NDArray[Any], NDArray[Any]]:
    from sklearn.datasets import make_blobs

    xy, labels = make_blobs(count, centers=[(-1.3, -1.3), (1.3, 1.3)], cluster_std=0.3 + 2 * noise, random_state=seed)[:2]
    return xy, labels


def _xor(count: int, noise: float, seed: int) -> tuple[NDArray[Any], NDArray[Any]]:
    chance = np.random.default_rng(seed)
    quadrant = np.arange(count) % 4
    signs = np.stack([np.where(quadrant % 2 == 0, -1, 1), np.where(quadrant < 2, -1, 1)], axis=1)
    xy = signs * chance.uniform(0.25, 2.5, (count, 2)) + chance.normal(0, 2 * noise, (count, 2))
    return xy, (signs[:, 0] != signs[:, 1]).astype(int)


def _spiral(count: int, noise: float, seed: int) -> tuple[NDArray[Any], NDArray[Any]]:
    chance = np.random.default_rng(seed)
    labels = np.arange(count) % 2
    along = np.sqrt(np.linspace(0.02, 1.0, count))  # even steps along the arm, not in its angle
    angle = along * 1.75 * 2 * math.pi + labels * math.pi
    xy = 2.7 * along[:, None] * np.stack([np.sin(angle), np.cos(angle)], axis=1)
    return xy + chance.normal(0, 1.2 * noise, (count, 2)), labels


KINDS: dict[str, Draw] = {"moons": _moons, "circles": _circles, "spiral": _spiral, "xor": _xor, "gaussians": _gaussians}


def draw(kind: str, *, count: int = 200, noise: float = 0.1, split: float = 0.5, seed: int = 0) -> PointSet:
    """Draw a set of points.

    Args:
        kind: ``"moons"``, ``"circles"``, ``"spiral"``, ``"xor"`` or ``"gaussians"``.
        count: how many points, at least 4.
        noise: how far points stray, 0 to 0.5.
        split: share of points to learn from; the others test.
        seed: of the points and of the split.

    Raises:
        InputError: an unknown kind.
    """
    if kind not in KINDS:
        raise InputError(NO_KIND.format(name=str(kind)[:60], known=", ".join(KINDS)))
    xy, labels = KINDS[kind](max(4, int(count)), float(np.clip(noise, 0.0, 0.5)), seed)
    return divide(np.asarray(xy), np.asarray(labels), split=split, seed=seed)


def divide(xy: NDArray[Any], labels: NDArray[Any], *, split: float = 0.5, seed: int = 0, names: tuple[str, str] = ("A", "B")) -> PointSet:
    """Hold out a share ``1 − split`` of each class, drawn by the seed; at least one point of each class stays to learn from."""
    labels = labels.astype(np.int64)
    held_out = np.zeros(len(labels), dtype=bool)
    chance = np.random.default_rng(seed + 1000)
    for group in (0, 1):
        members = chance.permutation(np.flatnonzero(labels == group))
        keep = min(len(members), max(1, round(len(members) * float(np.clip(split, 0.0, 1.0)))))
        held_out[members[keep:]] = True
    return PointSet(xy.astype(np.float32), labels, held_out, names)


def placed(points: Iterable[Sequence[float]], *, split: float = 1.0, seed: int = 0) -> PointSet:
    """The user's own points, each (x, y, class). All of them are learnt from unless a split is asked for.

    Raises:
        InputError: a class other than 0 and 1, or a coordinate that is not a finite number.
    """
    rows = [tuple(float(v) for v in point) for point in points]
    for number, row in enumerate(rows, 1):
        if len(row) != 3:
            raise InputError(COLUMNS.format(row=number, count=len(row)))
        if not all(math.isfinite(v) for v in row):
            raise InputError(NOT_A_NUMBER.format(row=number, value=next(v for v in row if not math.isfinite(v))))
        if row[2] not in (0.0, 1.0):
            raise InputError(CLASSES.format(count=len({row[2] for row in rows})))
    table = np.array(rows, dtype=np.float64).reshape(-1, 3)
    return divide(table[:, :2], table[:, 2], split=split, seed=seed)


def corners(kind: str) -> PointSet:
    """The four corners of a logical function, "no" at −1.5 and "yes" at 1.5: ``"and"``, ``"or"`` or ``"xor"``. Raises InputError."""
    functions: dict[str, list[int]] = {"and": [0, 0, 0, 1], "or": [0, 1, 1, 1], "xor": [0, 1, 1, 0]}
    if kind not in functions:
        raise InputError(NO_KIND.format(name=str(kind)[:60], known=", ".join(functions)))
    xy = np.array([[-1.5, -1.5], [1.5, -1.5], [-1.5, 1.5], [1.5, 1.5]], dtype=np.float32)
    return PointSet(xy, np.array(functions[kind], dtype=np.int64), np.zeros(4, dtype=bool))


# --- tables ---------------------------------------------------------------------------------------------------------------------------


def read_table(source: str | Path, *, split: float = 0.5, seed: int = 0) -> PointSet:
    """Points from a file, or from a text that holds the table itself: x, y, class; a first row of names is passed over.

    Columns are parted by comma, semicolon or tab. The two classes may have any names; the points are moved and scaled to the plane,
    both axes by the same factor.

    Raises:
        InputError: no such file, not a table, other columns, not exactly two classes, too few or too many rows.
    """
    rows = _rows(_text_of(source))
    if not rows:
        raise InputError(NOT_TEXT.format(name=_name_of(source)))
    if len(rows) > MOST_ROWS + 1:
        raise InputError(TOO_LARGE.format(most=f"{MOST_ROWS:,}"))
    if _is_header(rows[0][1]):
        rows = rows[1:]
    xy = np.zeros((len(rows), 2))
    names: list[str] = []
    for k, (number, row) in enumerate(rows):
        if len(row) != 3:
            raise InputError(COLUMNS.format(row=number, count=len(row)))
        for axis in (0, 1):
            xy[k, axis] = _number(row[axis], number)
        name = row[2].strip()
        if not name:
            raise InputError(NO_LABEL.format(row=number))
        names.append(name)
    classes = _in_order(names)
    if len(classes) != 2:
        raise InputError(CLASSES.format(count=len(classes)))
    labels = np.array([classes.index(name) for name in names])
    if min(np.bincount(labels, minlength=2)) < 2:
        raise InputError(TOO_FEW)
    low, high = xy.min(axis=0), xy.max(axis=0)
    reach = float((high - low).max()) / 2
    scaled = (xy - (low + high) / 2) / (reach or 1.0) * FIT
    found = divide(scaled, labels, split=split, seed=seed, names=(classes[0][:24], classes[1][:24]))
    return replace(found, notes=(SCALED,))


def _name_of(source: str | Path) -> str:
    return Path(source).name[:60] if "\n" not in str(source) else str(source).splitlines()[0][:40]


def _text_of(source: str | Path) -> str:
    if isinstance(source, str) and "\n" in source:
        if len(source) > MOST_BYTES:
            raise InputError(TOO_LARGE.format(most=f"{MOST_ROWS:,}"))
        return source
    path = Path(source)
    try:
        if path.stat().st_size > MOST_BYTES:
            raise InputError(TOO_LARGE.format(most=f"{MOST_ROWS:,}"))
        data = path.read_bytes()
    except FileNotFoundError:
        raise InputError(NO_FILE.format(name=_name_of(source))) from None
    except (OSError, ValueError):
        raise InputError(NOT_TEXT.format(name=_name_of(source))) from None
    for encoding in ("utf-8-sig", "cp932"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise InputError(NOT_TEXT.format(name=_name_of(source)))


def _rows(text: str) -> list[tuple[int, list[str]]]:
    """The rows that are not empty, with their numbers counted from 1."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    mark = max(",;\t", key=first.count)
    try:
        reader = csv.reader(io.StringIO(text.strip("\n"), newline=""), delimiter=mark, skipinitialspace=True, strict=True)
        return [(number, row) for number, row in enumerate(reader, 1) if any(cell.strip() for cell in row)]
    except csv.Error:
        return []


def _is_header(row: list[str]) -> bool:
    def plain(cell: str) -> bool:
        try:
            float(cell)
        except ValueError:
            return False
        return True

    return len(row) >= 2 and not plain(row[0]) and not plain(row[1])


def _number(cell: str, row: int) -> float:
    try:
        value = float(cell)
    except ValueError:
        value = math.nan
    if not math.isfinite(value) or abs(value) > 1e30:
        raise InputError(NOT_A_NUMBER.format(row=row, value=cell.strip()[:24] or " "))
    return value


def _in_order(names: list[str]) -> list[str]:
    """The different names: numbers by size, others as they come."""
    different = list(dict.fromkeys(names))
    try:
        return sorted(different, key=float)
    except ValueError:
        return different
