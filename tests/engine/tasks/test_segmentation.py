"""The tasks of segmentation, as the door runs them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from explorer.engine.models.segmentation.deeplabv3 import deeplabv3_small
from explorer.engine.models.segmentation.unet import unet_small
from explorer.engine.tasks import recognition, segmentation
from explorer.results import Bundle, Maps, Mask, Progress, Result
from explorer.words import InputError


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("weights")
    torch.manual_seed(0)
    for name, network in (("unet", unet_small()), ("deeplabv3", deeplabv3_small())):
        save_file(network.state_dict(), folder / f"{name}.safetensors")
    return {name: str(folder / f"{name}.safetensors") for name in ("unet", "deeplabv3")}


PICTURE = np.random.default_rng(0).integers(0, 255, (60, 80, 3)).astype(np.uint8)


def last(steps: object) -> Bundle:
    found: list[Result] = list(steps)  # type: ignore[call-overload]
    for one in found:
        one.validate()
    assert isinstance(found[-1], Bundle)
    return found[-1]


def test_network(files: dict[str, str]) -> None:
    found = last(segmentation.network(system="unet", weights=files["unet"], picture=PICTURE))
    mask = found.parts["mask"]
    assert isinstance(mask, Mask) and mask.labels.shape == (60, 80)
    assert {"graph", "scores", "given", "picture", "map:down1", "map:bottom", "map:join1"} <= set(found.parts)
    assert found.facts["how"] == "scaled" and len(found.facts["colours"]) == len(found.facts["labels"]) == 11
    assert sum(share for _, share in found.facts["shares"]) == pytest.approx(1) and "down1.conv1.weight" in found.facts["parameters"]
    assert found.notes == mask.picture.notes and found.notes


def test_mask_in_tiles_says_how_far_it_is(files: dict[str, str]) -> None:
    wide = np.zeros((250, 330, 3), np.uint8)
    steps = list(segmentation.mask(system="unet", weights=files["unet"], picture=wide, method="tile"))
    assert [one.fraction for one in steps if isinstance(one, Progress) and one.fraction is not None] == [0, 0.25, 0.5, 0.75]
    assert isinstance(steps[-1], Bundle) and steps[-1].facts["how"] == "tiled"


def test_probability(files: dict[str, str]) -> None:
    found = last(segmentation.probability(system="unet", weights=files["unet"], picture=PICTURE, class_name="tree"))
    maps = found.parts["maps"]
    assert isinstance(maps, Maps) and maps.names[5] == "tree" and found.facts["label"] == "tree"


def test_sample_and_difference(files: dict[str, str]) -> None:
    drawn = last(segmentation.sample(kind="streets", seed=2))
    found = last(segmentation.difference(system="unet", weights=files["unet"], kind="streets", seed=2))
    truth, wanted = found.parts["truth"], drawn.parts["truth"]
    assert isinstance(truth, Mask) and isinstance(wanted, Mask) and np.array_equal(truth.labels, wanted.labels)
    assert 0 <= found.facts["mean_iou"] < 0.5
    assert len(drawn.facts["colours"]) == 11
    with pytest.raises(InputError, match="no drawn samples"):
        list(segmentation.sample(kind="cats"))


def test_skips_gaps_and_costs(files: dict[str, str]) -> None:
    assert last(segmentation.skips(system="unet", weights=files["unet"], picture=PICTURE, off=(1, 2))).facts["off"] == (1, 2)
    assert "dilated" in last(segmentation.gaps(system="deeplabv3", weights=files["deeplabv3"], picture=PICTURE)).parts
    assert last(segmentation.costs(rows=32, columns=32)).facts["measured"] == 5


def test_the_layers_are_those_of_recognition(files: dict[str, str]) -> None:
    *_, maps = recognition.feature_maps(system="unet", weights=files["unet"], picture=PICTURE, layer="join1")
    assert isinstance(maps, Maps) and maps.values.shape[0] == 16
    field = last(recognition.receptive_field(system="unet", weights=files["unet"], picture=PICTURE, layer="down1"))
    assert field.parts["region"] is not None


def test_a_classifier_is_no_system_that_segments() -> None:
    with pytest.raises(InputError, match="no system that segments"):
        list(segmentation.mask(system="resnet", picture=PICTURE))


def test_weights_of_another_network(files: dict[str, str], tmp_path: Path) -> None:
    with pytest.raises(InputError):
        list(segmentation.mask(system="fastfcn", weights=files["unet"], picture=PICTURE))
