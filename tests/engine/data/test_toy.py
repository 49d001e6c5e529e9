"""Drawn points lie on the plane and follow their seed; tables are read or refused in one sentence."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from explorer.engine.data import toy
from explorer.words import InputError


@pytest.mark.parametrize("kind", list(toy.KINDS))
def test_every_set_has_two_even_classes_on_the_plane(kind: str) -> None:
    points = toy.draw(kind, count=200, noise=0.05)
    assert points.xy.shape == (200, 2)
    assert points.xy.dtype == np.float32
    assert np.bincount(points.labels).tolist() == [100, 100]
    assert np.abs(points.xy).max() <= toy.SPAN
    assert np.abs(points.xy.mean(axis=0)).max() < 0.6
    again = toy.draw(kind, count=200, noise=0.05)
    assert np.array_equal(points.xy, again.xy)
    assert not np.array_equal(points.xy, toy.draw(kind, count=200, noise=0.05, seed=1).xy)
    assert not np.array_equal(points.xy, toy.draw(kind, count=200, noise=0.3).xy)


@pytest.mark.parametrize(("split", "held"), [(0.5, 100), (0.8, 40), (1.0, 0), (0.0, 198)])
def test_the_split_holds_out_a_share_of_both_classes(split: float, held: int) -> None:
    points = toy.draw("moons", split=split)
    assert points.held_out.sum() == held
    assert set(points.labels[~points.held_out]) == {0, 1}


def test_an_unknown_set_is_refused() -> None:
    with pytest.raises(InputError, match="bananas"):
        toy.draw("bananas")


def test_placed_points_are_all_learnt_from_unless_a_split_is_asked_for() -> None:
    rows = [[0, 0, 0], [1, 1, 1], [0.5, 0, 0], [1, 2, 1]]
    assert toy.placed(rows).held_out.sum() == 0
    assert toy.placed(rows, split=0.5).held_out.sum() == 2
    assert len(toy.placed([]).xy) == 0
    for bad in ([[0, 0, 2]], [[float("nan"), 0, 0]], [[0, 0]]):
        with pytest.raises(InputError):
            toy.placed(bad)


@pytest.mark.parametrize(
    "text",
    [
        "x,y,class\n0,0,a\n1,1,b\n2,0,a\n3,1,b\n",
        "0;0;a\n1;1;b\n2;0;a\n3;1;b",
        "x\ty\tlabel\n0\t0\ta\n1\t1\tb\n\n2\t0\ta\n3\t1\tb\n",
        "\ufeffx, y, 種類\n0, 0, a\n1, 1, b\n2, 0, a\n3, 1, b\n",
    ],
)
def test_tables_with_and_without_header_in_three_dialects(text: str, tmp_path: Path) -> None:
    path = tmp_path / "points.csv"
    path.write_text(text, encoding="utf-8")
    points = toy.read_table(path, split=1.0)
    assert points.labels.tolist() == [0, 1, 0, 1]
    assert points.names == ("a", "b")
    assert points.xy[:, 0].min() == -toy.FIT
    assert points.xy[:, 0].max() == toy.FIT
    assert points.notes
    # one factor for both axes: the form is kept
    assert np.ptp(points.xy[:, 1]) == pytest.approx(np.ptp(points.xy[:, 0]) / 3)
    assert np.array_equal(toy.read_table(text.lstrip("\ufeff"), split=1.0).xy, points.xy)


def test_number_labels_are_ordered_by_size() -> None:
    assert toy.read_table("0,0,1\n1,1,-1\n2,2,1\n3,3,-1\n").names == ("-1", "1")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x,y\n0,0\n1,1\n", "three columns"),
        ("x,y,z,class\n0,0,0,a\n", "three columns"),
        ("0,0,a\n1,zwei,b\n", "“zwei”"),
        ("0,0,a\n1,nan,b\n", "“nan”"),
        ("0,0,a\n1,1e400,b\n", "1e400"),
        ("0,0,a\n1,1,a\n", "exactly two classes; this table has 1"),
        ("0,0,a\n1,1,b\n2,2,c\n", "exactly two classes; this table has 3"),
        ("0,0,a\n1,1,b\n2,2,b\n", "at least two points"),
        ("0,0,a\n1,1,\n", "Row 2 has no class"),
        ("x,y,class\n", "exactly two classes; this table has 0"),
        ("0,0,a\n" * 6000, "too large"),
    ],
)
def test_what_does_not_fit_is_refused_in_one_sentence(text: str, words: str) -> None:
    with pytest.raises(InputError) as refused:
        toy.read_table(text)
    assert words in refused.value.text.en
    assert "\n" not in refused.value.text.ja


def test_what_is_no_table_is_refused(tmp_path: Path) -> None:
    binary = tmp_path / "picture.png"
    binary.write_bytes(b"\x89PNG\r\n\x1a\n\0\0\xff\xfe" * 30)
    empty = tmp_path / "empty.csv"
    empty.write_text("")
    for source, words in ((binary, "cannot be read"), (empty, "cannot be read"), (tmp_path, "cannot be read"), (tmp_path / "none.csv", "no file"), ("", "cannot")):
        with pytest.raises(InputError, match=words):
            toy.read_table(source)


def test_japanese_tables_in_shift_jis(tmp_path: Path) -> None:
    path = tmp_path / "points.csv"
    path.write_bytes("横,縦,種類\n0,0,りんご\n1,1,みかん\n2,0,りんご\n3,1,みかん\n".encode("cp932"))
    assert toy.read_table(path).names == ("りんご", "みかん")


def test_the_corners_of_logical_functions() -> None:
    assert toy.corners("xor").labels.tolist() == [0, 1, 1, 0]
    with pytest.raises(InputError):
        toy.corners("nand")
