"""A mask and boxes of one picture, or of the pictures of a film."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import save_file

from explorer import catalogue
from explorer.catalogue.classes import COLOURS
from explorer.engine.inputs.pictures import open_picture
from explorer.engine.system import build
from explorer.engine.systems import films, segmentation
from explorer.engine.tasks import together
from explorer.results import Boxes, Bundle, Mask, Picture, Result
from explorer.words import InputError, WeightsMissing


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("weights")
    torch.manual_seed(0)
    for name in ("fastfcn", "yolo"):
        save_file({key: value.contiguous() for key, value in build(catalogue.system(name).variant()).state_dict().items()}, folder / f"{name}.safetensors")
    return {name: str(folder / f"{name}.safetensors") for name in ("fastfcn", "yolo")}


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    torch.set_num_threads(1)
    monkeypatch.setattr(films, "SIZE", (48, 64))
    monkeypatch.setattr(segmentation, "STREETS", replace(segmentation.STREETS, rows=48, columns=64))
    films._drawn.cache_clear()


def last(steps: object) -> Bundle:
    found: list[Result] = list(steps)  # type: ignore[call-overload]
    for one in found:
        one.validate()
    assert isinstance(found[-1], Bundle)
    return found[-1]


def test_both_on_a_picture_of_a_film(files: dict[str, str]) -> None:
    found = last(together.frame(mask=("fastfcn", None, files["fastfcn"]), boxes=("yolo", None, files["yolo"]), film="drive", number=5))
    mask, boxes, picture = found.parts["mask"], found.parts["boxes"], found.parts["picture"]
    assert isinstance(mask, Mask) and isinstance(boxes, Boxes) and isinstance(picture, Picture)
    assert mask.labels.shape == picture.pixels.shape[:2] == (48, 64) and boxes.names[3] == "car"
    assert (found.facts["number"], found.facts["frames"]) == (5, 90) and found.facts["mask_seconds"] > 0 < found.facts["box_seconds"]
    assert found.facts["mask_colours"] == COLOURS["camvid"] and found.facts["box_colours"] == COLOURS["smears_and_streets"]


def test_one_alone_or_none(files: dict[str, str]) -> None:
    pixels = np.random.default_rng(0).integers(0, 255, (60, 80, 3)).astype(np.uint8)
    found = last(together.frame(mask=("fastfcn", "fastfcn-camvid", files["fastfcn"]), picture=pixels))
    assert set(found.parts) == {"picture", "mask"} and found.facts["box_seconds"] is None and found.facts["frames"] == 0
    picture = found.parts["picture"]
    assert isinstance(picture, Picture) and picture.notes == found.notes and found.notes  # it was scaled
    assert set(last(together.frame(picture=pixels)).parts) == {"picture"}


def test_what_cannot_be() -> None:
    with pytest.raises(InputError, match="no system that segments"):
        list(together.frame(mask=("resnet", "resnet20", None), picture=np.zeros((40, 40, 3), np.uint8)))
    with pytest.raises(InputError, match="90 pictures"):
        list(together.frame(film="drive", number=90))


def test_a_film_to_be_fetched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DS_EXPLORER_CACHE", str(tmp_path))
    monkeypatch.setenv("DS_EXPLORER_DATA", str(tmp_path))
    with pytest.raises(WeightsMissing):
        list(together.frame(film="camvid"))
    with pytest.raises(InputError):
        list(together.fetch_film(film="drive"))


def test_a_sample_to_be_fetched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DS_EXPLORER_CACHE", str(tmp_path))
    with pytest.raises(WeightsMissing, match=r"MIT licence.*githubusercontent") as missing:
        list(together.frame(picture="bccd"))
    assert missing.value.size > 0
    (tmp_path / "samples").mkdir()
    Image.fromarray(open_picture("smear").pixels).save(tmp_path / "samples" / "bccd.jpg")
    *_, found = together.frame(picture="bccd")
    assert isinstance(found, Bundle) and isinstance(found.parts["picture"], Picture) and found.parts["picture"].pixels.shape[2] == 3
