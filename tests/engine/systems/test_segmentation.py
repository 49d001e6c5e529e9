"""Segmentation from Python: masks of the picture's own size, whatever is brought, and what was done to it is said."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import save_file
from torch import nn
from torch.nn import functional as F

import explorer
from explorer.engine.models.segmentation.deeplabv3 import deeplabv3_small
from explorer.engine.models.segmentation.fastfcn import fastfcn_small
from explorer.engine.models.segmentation.unet import unet_membrane, unet_small
from explorer.engine.systems import segmentation
from explorer.engine.systems.segmentation import Running, fading, largest, tile_boxes
from explorer.words import InputError, WeightsMissing

BUILT: dict[str, tuple[str, Callable[..., nn.Module]]] = {
    "unet-camvid": ("unet", unet_small),
    "unet-membrane": ("unet", unet_membrane),
    "deeplabv3-camvid": ("deeplabv3", deeplabv3_small),
    "fastfcn-camvid": ("fastfcn", fastfcn_small),
}


@pytest.fixture(scope="module")
def untrained(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Running]:
    """Each variant with random weights from a file."""
    folder = tmp_path_factory.mktemp("weights")
    known: dict[str, Running] = {}

    def running(variant: str) -> Running:
        if variant not in known:
            system, builder = BUILT[variant]
            torch.manual_seed(0)
            path = folder / f"{variant}.safetensors"
            save_file(builder().state_dict(), path)
            found = explorer.load(system, variant=variant, weights=str(path))
            assert isinstance(found, Running)
            known[variant] = found
        return known[variant]

    return running


def picture(height: int, width: int) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 255, (height, width, 3)).astype(np.uint8)


@pytest.mark.parametrize("variant", list(BUILT))
def test_a_mask_of_the_pictures_own_size(untrained: Callable[[str], Running], variant: str) -> None:
    net = untrained(variant)
    answer = net.run(picture(90, 150))
    assert answer.mask.shape == (90, 150) and answer.mask.dtype == np.uint8 and answer.mask.max() < len(answer.labels)
    assert answer.probabilities.sum(0) == pytest.approx(1, abs=1e-4)
    assert sum(answer.share(label) for label in answer.labels) == pytest.approx(1)
    with pytest.raises(InputError, match="There is no class called “unicorn”"):
        answer.share("unicorn")


def test_the_users_weights_find_their_variant(untrained: Callable[[str], Running], tmp_path: Path) -> None:
    save_file(unet_membrane().state_dict(), tmp_path / "mine.safetensors")
    net = explorer.load("unet", weights=str(tmp_path / "mine.safetensors"))
    assert net.variant is not None and net.variant.name == "unet-membrane"
    save_file(unet_small(classes=4).state_dict(), tmp_path / "four.safetensors")
    four = explorer.load("unet", weights=str(tmp_path / "four.safetensors"))
    assert four.run(picture(40, 40)).labels == ("class 0", "class 1", "class 2", "class 3")
    with pytest.raises(InputError):
        explorer.load("unet", weights=str(tmp_path / "nothing.safetensors"))


def test_a_large_street_is_scaled_and_it_is_said(untrained: Callable[[str], Running]) -> None:
    net = untrained("fastfcn-camvid")
    answer = net.run(picture(480, 640))
    assert answer.how == "scaled" and any("scaled down to 320×240" in note.en for note in answer.notes)
    assert answer.mask.shape == (480, 640)
    assert net.run(picture(240, 320)).how == "as it is" and not net.run(picture(240, 320)).notes


def test_a_street_can_be_cut_into_tiles(untrained: Callable[[str], Running]) -> None:
    answer = untrained("fastfcn-camvid").run(picture(300, 400), method="tile")
    assert answer.how == "tiled" and any("4 overlapping tiles" in note.en for note in answer.notes)
    assert answer.mask.shape == (300, 400) and answer.probabilities.shape == (11, 300, 400)
    with pytest.raises(InputError, match="no way called “half”"):
        untrained("fastfcn-camvid").run(picture(30, 40), method="half")
    with pytest.raises(InputError, match="no setting called “colour”"):
        untrained("fastfcn-camvid").run(picture(30, 40), colour=1)


def test_a_large_slice_is_cut_into_tiles_and_a_small_one_is_as_it_is(untrained: Callable[[str], Running], monkeypatch: pytest.MonkeyPatch) -> None:
    net = untrained("unet-membrane")
    assert net.form.tiles and net.form.rows == 512
    monkeypatch.setattr(net, "form", segmentation.Form(96, 96, net.form.mean, net.form.std, tiles=True))
    assert net.run(picture(80, 90)).how == "as it is"
    assert any("brightness" in note.en for note in net.run(picture(80, 90)).notes)
    grey = np.repeat(picture(80, 90)[:, :, :1], 3, axis=2)
    assert not net.run(grey).notes
    assert net.run(np.repeat(picture(110, 96)[:, :, :1], 3, axis=2)).how == "tiled"


def test_tiles_agree_with_the_whole_where_there_is_one_answer(untrained: Callable[[str], Running], monkeypatch: pytest.MonkeyPatch) -> None:
    """A network that looks at each pixel alone says the same of tiles as of the whole."""
    net = untrained("unet-membrane")
    pixelwise = nn.Conv2d(1, 2, 1)
    monkeypatch.setattr(net, "network", pixelwise)
    monkeypatch.setattr(net, "form", segmentation.Form(64, 64, (0.5,), (0.2,), tiles=True))
    wide = np.repeat(picture(100, 150)[:, :, :1], 3, axis=2)
    tiled = net.run(wide)
    with torch.no_grad():
        whole = pixelwise(net.tensor_of(wide))
    assert tiled.how == "tiled" and np.array_equal(tiled.mask, whole[0].argmax(0).numpy().astype(np.uint8))


@pytest.mark.parametrize("size", [(1, 1), (3, 500), (700, 2)])
def test_tiny_pictures_and_strips(untrained: Callable[[str], Running], size: tuple[int, int]) -> None:
    for variant in ("fastfcn-camvid", "unet-membrane"):
        answer = untrained(variant).run(picture(*size))
        assert answer.mask.shape == size and answer.how == "scaled" and answer.notes


def test_no_picture(untrained: Callable[[str], Running], tmp_path: Path) -> None:
    with pytest.raises(InputError, match="There is no file"):
        untrained("fastfcn-camvid").run(str(tmp_path / "nowhere.png"))
    (tmp_path / "text.png").write_text("no picture")
    with pytest.raises(InputError, match=r"text\.png"):
        untrained("fastfcn-camvid").run(str(tmp_path / "text.png"))


def test_a_path_and_an_image_are_the_same(untrained: Callable[[str], Running], tmp_path: Path) -> None:
    values = picture(60, 80)
    Image.fromarray(values).save(tmp_path / "one.png")
    net = untrained("fastfcn-camvid")
    assert np.array_equal(net.run(str(tmp_path / "one.png")).mask, net.run(Image.fromarray(values)).mask)


def test_what_is_not_built_or_not_there() -> None:
    with pytest.raises(InputError, match="cannot be run yet"):
        explorer.load("unet", variant="unet-paper")
    with pytest.raises(WeightsMissing):
        explorer.load("deeplabv3", variant="deeplabv3-resnet50")


def test_probabilities(untrained: Callable[[str], Running]) -> None:
    net = untrained("deeplabv3-camvid")
    view = net.view(picture(60, 80))
    maps = net.probability(view)
    maps.validate()
    assert maps.values.shape == (11, 240, 320) and maps.names == net.labels and maps.values.sum(0) == pytest.approx(1, abs=1e-4)
    overlay = net.class_overlay(view, "road")
    overlay.validate()
    assert overlay.heat.shape == (60, 80) and overlay.label == "road"
    assert np.array_equal(net.mask(view).labels, net.run(picture(60, 80)).mask)
    with pytest.raises(InputError, match="no class called"):
        net.class_overlay(view, "unicorn")


def test_the_lenses_of_classifiers_work(untrained: Callable[[str], Running]) -> None:
    for variant in ("unet-camvid", "deeplabv3-camvid", "fastfcn-camvid"):
        net = untrained(variant)
        view = net.view(picture(60, 80))
        layer = net.variant.taps[-2]
        assert layer in net.layers(view) or layer == "jpu"
        assert net.feature_maps(view, layer).values.ndim == 3
        net.filters(layer=net.variant.taps[0]).validate()
        net.receptive_field(view, layer).validate()
        net.network_graph(view).validate()
        assert net.faces(view)


def test_largest_is_the_class_of_the_enlarged_scores() -> None:
    scores = torch.randn(1, 5, 9, 13)
    wanted = F.interpolate(scores, size=(300, 50), mode="bilinear", align_corners=False).argmax(1)[0].numpy()
    assert (largest(scores, (300, 50)) == wanted).mean() > 0.999


def test_tiles_cover_the_picture() -> None:
    covered = np.zeros((700, 530))
    boxes = tile_boxes(700, 530, 256, 256)
    for top, left, bottom, right in boxes:
        assert bottom - top == right - left == 256
        covered[top:bottom, left:right] += 1
    assert covered.min() >= 1
    assert tile_boxes(100, 90, 256, 256) == [(0, 0, 100, 90)]
    starts = sorted({top for top, *_ in boxes})
    assert all(later - earlier <= 192 for earlier, later in itertools.pairwise(starts))
    assert fading(40, 60).shape == (40, 60) and float(fading(40, 60).min()) > 0 and float(fading(40, 60)[20, 30]) == 1


