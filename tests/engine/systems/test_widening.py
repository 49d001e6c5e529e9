"""What costs as much is counted exactly, and the channels drawn are those of the networks."""

from __future__ import annotations

import pytest

from explorer.engine.lenses.widths import channels, size_of
from explorer.engine.systems.widening import SHAPE, Shape, equally_dear, size, thin


@pytest.mark.parametrize(("depth", "sixteenths"), [(10, 16), (28, 160), (16, 37), (22, 16)])
def test_sizes_are_those_of_the_network_that_is_built(depth: int, sixteenths: int) -> None:
    shape = Shape(depth, sixteenths)
    assert size(shape) == size_of(shape.make, SHAPE)
    assert shape.channels == channels(shape.make)


def test_what_costs_as_much_does() -> None:
    aim = size(Shape(16, 32)).multiply_adds
    assert equally_dear(16, aim) == Shape(16, 32)
    for shape in (thin(aim), equally_dear(10, aim), equally_dear(28, aim)):
        assert abs(size(shape).multiply_adds / aim - 1) < 0.08, shape
    assert thin(aim).depth == 46 and size(Shape(28, 160)).parameters == 36_479_194
