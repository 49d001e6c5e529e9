"""Against the truth of drawn pictures, skips on and off, gaps and strides, JPU and dilation."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from torch import nn

import explorer
from explorer.engine.learning.segment import intersection_over_union
from explorer.engine.models.segmentation.deeplabv3 import deeplabv3_small
from explorer.engine.models.segmentation.fastfcn import fastfcn_small
from explorer.engine.models.segmentation.unet import unet_small
from explorer.engine.systems import segments
from explorer.engine.systems.segmentation import Answer, Running
from explorer.engine.systems.segments import Sample, errors_by_distance, judged, sample, view_with_and_without_gaps, without_skips
from explorer.results import Overlay, Picture
from explorer.words import InputError


@pytest.fixture(scope="module")
def untrained(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Running]:
    folder = tmp_path_factory.mktemp("weights")
    builders: dict[str, Callable[[], nn.Module]] = {"unet": unet_small, "deeplabv3": deeplabv3_small, "fastfcn": fastfcn_small}
    known: dict[str, Running] = {}

    def running(system: str) -> Running:
        if system not in known:
            torch.manual_seed(0)
            save_file(builders[system]().state_dict(), folder / f"{system}.safetensors")
            found = explorer.load(system, weights=str(folder / f"{system}.safetensors"))
            assert isinstance(found, Running)
            known[system] = found
        return known[system]

    return running


def small_street() -> Sample:
    whole = sample("streets", 0)
    return Sample(Picture(np.ascontiguousarray(whole.picture.pixels[::3, ::3])), np.ascontiguousarray(whole.truth[::3, ::3]), whole.labels)


def test_samples_are_none_that_recipes_learn_from() -> None:
    street, slice_ = sample("streets", 0), sample("membranes", 0)
    assert street.picture.pixels.shape == (360, 480, 3) and street.truth.shape == (360, 480) and street.labels[3] == "road"
    assert slice_.picture.pixels.shape == (512, 512, 3) and set(np.unique(slice_.truth)) == {0, 1}
    assert not np.array_equal(street.truth, sample("streets", 1).truth)
    with pytest.raises(InputError, match="no drawn samples called “cats”"):
        sample("cats", 0)


def test_a_network_that_is_right_and_one_that_is_wrong(untrained: Callable[[str], Running], monkeypatch: pytest.MonkeyPatch) -> None:
    net, drawn = untrained("unet"), small_street()

    def says(mask: np.ndarray) -> None:
        monkeypatch.setattr(net, "run", lambda picture: Answer(mask, net.labels, np.zeros((11, 1, 1))))

    says(drawn.truth)
    right = judged(net, drawn)
    for part in right.parts.values():
        part.validate()
    assert right.facts["mean_iou"] == right.facts["accuracy"] == right.facts["boundary_f"] == 1
    shifted = np.roll(drawn.truth, 4, axis=1)
    says(shifted)
    moved = judged(net, drawn)
    difference, errors = moved.parts["difference"], moved.parts["errors"]
    assert isinstance(difference, Overlay) and np.array_equal(difference.heat, shifted != drawn.truth)
    assert 0 < moved.facts["mean_iou"] < 1 and moved.facts["boundary_f"] < 1
    curve = errors.series[0]  # type: ignore[attr-defined]
    assert curve.y[0] > curve.y[-1] + 10  # what is moved is wrong at the boundaries
    with pytest.raises(InputError, match="not those of this sample"):
        judged(net, sample("membranes", 0))


def test_the_overlap_of_one_picture_is_that_of_torchmetrics() -> None:
    rng = np.random.default_rng(0)
    truth = rng.integers(0, 4, (30, 40)).astype(np.uint8)
    said = np.where(rng.random((30, 40)) < 0.6, truth, rng.integers(0, 5, (30, 40))).astype(np.uint8)
    theirs = intersection_over_union(torch.from_numpy(said)[None], torch.from_numpy(truth)[None], 6).numpy()
    assert np.isnan(theirs[5]) and theirs[4] == 0
    assert np.allclose(segments.overlap_by_class(said, truth, 6), theirs, equal_nan=True)


def test_errors_by_distance() -> None:
    truth = np.zeros((40, 40), np.uint8)
    truth[:, 20:] = 1
    wrong = np.zeros((40, 40), bool)
    wrong[:, 19:21] = True  # the column before the boundary, and that after it
    curve = errors_by_distance(wrong, truth).series[0]
    assert curve.x[0] == 1 and curve.y[0] == 100 and curve.y[1] == 50 and curve.y[2:].max() == 0


def test_skips_on_and_off(untrained: Callable[[str], Running]) -> None:
    net, drawn = untrained("unet"), small_street()
    found = without_skips(net, drawn.picture, truth=drawn.truth)
    for part in found.parts.values():
        part.validate()
    assert found.facts["off"] == (1, 2, 3, 4) and found.facts["levels"] == 4 and found.facts["changed"] > 0
    assert 0 <= found.facts["iou_without"] <= 1 and found.facts["iou_with"] != found.facts["iou_without"]
    assert all(module.open for name, module in net.network.named_children() if name.startswith("skip"))
    assert 0 <= found.facts["boundary_without"] < 1 and found.facts["boundary_with"] != found.facts["boundary_without"]
    none = without_skips(net, drawn.picture, ())
    assert none.facts["off"] == () and none.facts["changed"] == 0
    one = without_skips(net, drawn.picture, (1,))
    assert one.facts["off"] == (1,) and "iou_with" not in one.facts
    with pytest.raises(InputError, match="there are 1 to 4"):
        without_skips(net, drawn.picture, (5,))
    with pytest.raises(InputError, match="has no skip connections"):
        without_skips(untrained("fastfcn"), drawn.picture)


def test_with_gaps_one_value_sees_a_larger_part(untrained: Callable[[str], Running]) -> None:
    net = untrained("deeplabv3")
    view = net.view(small_street().picture)
    before = {name: module.dilation for name, module in net.network.named_modules() if isinstance(module, nn.Conv2d)}
    found = view_with_and_without_gaps(net, view)
    for part in found.parts.values():
        part.validate()
    assert found.facts["dilated_stride"] == found.facts["close_stride"] == 4 and found.facts["strided_stride"] == 16
    # the gaps keep the view of a value as large as the strides made it, at four times as many places each way
    assert found.facts["dilated_box"] == found.facts["strided_box"]
    assert found.facts["close_box"][0] < found.facts["dilated_box"][0] and found.facts["ratio"] > 1.2
    assert before == {name: module.dilation for name, module in net.network.named_modules() if isinstance(module, nn.Conv2d)}
    odd = view_with_and_without_gaps(net, net.view(np.zeros((50, 70, 3), np.uint8)))  # given at sides that 16 does not divide
    assert [odd.facts[f"{kind}_stride"] for kind in ("dilated", "close", "strided")] == [4, 4, 16]
    with pytest.raises(InputError, match="has no dilated backbone"):
        view_with_and_without_gaps(untrained("fastfcn"), view)


def test_jpu_against_dilation() -> None:
    *_, last = segments.costs(64, 64, times=1)
    last.parts["table"].validate()
    adds, memory = last.facts["multiply_adds"], last.facts["memory"]
    assert adds[1] < adds[0] / 2 and adds[3] < adds[2] / 2 and adds[5] < adds[4]
    assert memory[3] < memory[2] and memory[4] is None
    assert all(one > 0 for one in last.facts["seconds"][:4]) and last.facts["measured"] == 1
    assert last.facts["stride"] == [4, 4, 4, 4, 8, 8]


def test_the_strides_of_the_table_are_true() -> None:
    from explorer.engine.models.segmentation.deeplabv3 import SMALL, small_backbone

    x = torch.zeros(1, 3, 64, 64)
    with torch.no_grad():
        dilated = segments.Dilated(small_backbone(SMALL.depths, SMALL.widths)).eval()(x)
        joint = segments.WithJPU(small_backbone(SMALL.depths, SMALL.widths), (32, 64, 96), 32).eval()(x)
    assert dilated.shape[2:] == joint.shape[2:] == (16, 16)


