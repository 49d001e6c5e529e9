"""What the recipes of segmentation share: a smoke run, its card, a kill in the middle, and a result that is not good enough."""

from __future__ import annotations

import io
import tarfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file
from torch import nn

from explorer import catalogue
from explorer.engine.data import streets
from explorer.engine.models.recognition.resnet import resnet20
from explorer.engine.models.segmentation.deeplabv3 import SMALL, DeepLabV3, deeplabv3_small
from explorer.engine.models.segmentation.fastfcn import fastfcn_small
from explorer.engine.recipes import recipe
from explorer.engine.recipes.recipe import RecipeFailed, single
from explorer.engine.recipes.segmentation import deeplabv3, fastfcn, training, unet
from explorer.engine.recipes.segmentation.training import Expected, Recipe, begin_with
from explorer.engine.weights.cards import Card
from explorer.words import InputError

RECIPES = (unet.RECIPE, deeplabv3.RECIPE, fastfcn.RECIPE)
TINY: dict[str, Any] = {"epochs": 2.0, "batch": 2, "window": (32, 32), "drawn": 2, "train_limit": 4, "test_limit": 2}


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Files in the form of the true ones, of drawn streets and noise."""
    folder = tmp_path_factory.mktemp("data")
    for split, count in (("train", 4), ("test", 2)):
        with tarfile.open(folder / f"camvid_{split}.tar", "w") as archive:
            for number in range(count):
                street = streets.draw(number, (60, 80))
                for name, values in (("images/{}.jpg", street.pixels), ("labels/{}.png", street.labels)):
                    out = io.BytesIO()
                    Image.fromarray(values).save(out, "PNG")
                    member = tarfile.TarInfo(name.format(number))
                    member.size = out.tell()
                    archive.addfile(member, io.BytesIO(out.getvalue()))
    random = np.random.default_rng(0)
    np.savez(folder / "membrane_train.npz", images=random.integers(0, 255, (24, 64, 64)).astype(np.uint8), labels=random.random((24, 64, 64)) > 0.3)
    return folder


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """The smoke settings, smaller still, and streets of few pixels."""
    monkeypatch.setattr(training, "SMOKE", TINY)
    monkeypatch.setattr(training, "SIZE", (48, 64))
    monkeypatch.setattr(training.camvid, "SIZE", (60, 80))
    monkeypatch.setattr(training.membranes, "draw_many", lambda count, seed, side=64: streets_of_one_channel(count))
    torch.set_num_threads(1)


def streets_of_one_channel(count: int) -> Any:
    return training.membranes.Drawings(torch.zeros(count, 1, 64, 64, dtype=torch.uint8), torch.ones(count, 64, 64, dtype=torch.uint8))


def test_every_variant_with_a_recipe_is_in_the_catalogue() -> None:
    for one in RECIPES:
        known = {variant.name for variant in catalogue.system(one.system).variants}
        assert set(one.settings) == set(one.expected) <= known
        for expected in one.expected.values():
            assert round(expected.iou - expected.tolerance, 6) >= 0.45 and expected.cpu_minutes <= 120
    assert unet.RECIPE.expected["unet-membrane"].iou - unet.RECIPE.expected["unet-membrane"].tolerance >= 0.85 - 1e-9


def test_smoke_writes_weights_and_a_true_card(drawn: Path, tmp_path: Path) -> None:
    steps = list(unet.train(smoke=True, data=drawn, work=tmp_path, out=tmp_path / "out"))
    assert [one.fraction for one in steps] == sorted(one.fraction for one in steps) and steps[-1].fraction == 1
    file, card_file = steps[-1].files
    assert file.parent == tmp_path / "unet-camvid-smoke" and not (tmp_path / "out").exists()
    card = Card.read(card_file)
    assert card.differences(file.parent) == []
    assert set(card.data_sha256) == {"camvid_train.tar", "camvid_test.tar"} and "80x60" in card.test_split
    assert card.metric.name == "mean_iou_percent" and 0 <= card.metric.value <= 100
    assert {"boundary_f_within_3_pixels_percent", "pixel_accuracy_percent", "mean_iou_drawn_percent", "iou_percent_road"} <= set(card.metrics)
    assert card.input["size"] == [48, 64] and card.input["classes"][0] == "sky"
    training_network = unet.RECIPE.start("unet-camvid", unet.RECIPE.settings["unet-camvid"])
    training_network.load_state_dict(single(load_file(file)))


def test_membranes(drawn: Path, tmp_path: Path) -> None:
    *_, last = unet.train("unet-membrane", smoke=True, data=drawn, work=tmp_path, out=tmp_path)
    card = Card.read(last.files[1])
    assert card.metric.name == "pixel_iou_percent" and card.metric.value == card.metrics["iou_percent_inside_a_cell"]
    assert "all but 5, 11, 17, 23" in card.train_split and "mean_iou_percent" in card.metrics


def test_a_backbone_begins_with_its_parent(drawn: Path, tmp_path: Path) -> None:
    network, parent = fastfcn_small(), resnet20()
    before = network.backbone.layer4[0].conv1.weight.clone()
    assert begin_with(network, parent.state_dict()) == len([name for name in parent.state_dict() if not name.startswith("fc.")])
    assert torch.equal(network.backbone.layer3[2].conv2.weight, parent.layer3[2].conv2.weight)
    assert torch.equal(network.backbone.layer4[0].conv1.weight, before)
    lonely = replace(fastfcn.RECIPE, settings={"fastfcn-camvid": replace(fastfcn.RECIPE.settings["fastfcn-camvid"], begins_with="resnet9")})
    with pytest.raises(InputError, match="begins with the weights of resnet9"):
        next(lonely.train(smoke=True, data=drawn, work=tmp_path, out=tmp_path))


def test_the_gaps_are_opened_after_the_plain_part() -> None:
    settings = replace(deeplabv3.RECIPE.settings["deeplabv3-camvid"], plain_part=0.5, half_part=0.0)
    network = deeplabv3_small()
    seen = []
    for share in (0.0, 0.49, 0.5, 1.0):
        deeplabv3.before(network, settings, share)
        seen.append(network.backbone.layer4[1].conv1.dilation)
    assert seen == [(1, 1), (1, 1), (4, 4), (4, 4)]
    assert isinstance(network, DeepLabV3) and SMALL.dilated
    assert deeplabv3.RECIPE.work_done(settings, 0.5) == pytest.approx(0.33 / 1.33)
    halves = replace(settings, half_part=0.75)  # a quarter of the steps: plain and small, then small only, then neither
    assert deeplabv3.RECIPE.work_done(halves, 0.75) == pytest.approx((0.5 * 0.33 + 0.25) / 4 / ((0.5 * 0.33 + 0.25) / 4 + 0.25))


class Killed(Exception):
    pass


def test_a_kill_in_the_middle_changes_nothing(drawn: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recipe, "CHECKPOINT_SECONDS", 0.0)

    def weights(folder: Path, killed_at: int | None) -> dict[str, torch.Tensor]:
        calls = 0

        def before(network: nn.Module, settings: training.Settings, share: float) -> None:
            nonlocal calls
            calls += 1
            if calls == killed_at:
                raise Killed

        with_stop = Recipe("unet", unet.RECIPE.settings, unet.RECIPE.expected, before=before)
        if killed_at is not None:
            with pytest.raises(Killed):
                list(with_stop.train(smoke=True, data=drawn, work=folder, out=folder))
            calls = 100
        *_, last = with_stop.train(smoke=True, data=drawn, work=folder, out=folder)
        return load_file(last.files[0])

    straight, resumed = weights(tmp_path / "a", None), weights(tmp_path / "b", 4)
    assert all(torch.equal(value, resumed[name]) for name, value in straight.items())


def test_not_good_enough_is_not_written(drawn: Path, tmp_path: Path) -> None:
    settings = {"unet-camvid": replace(unet.RECIPE.settings["unet-camvid"], **TINY)}
    poor = Recipe("unet", settings, {"unet-camvid": Expected(0.99)})
    with pytest.raises(RecipeFailed, match="is needed"):
        list(poor.train(data=drawn, work=tmp_path, out=tmp_path / "out"))
    assert not (tmp_path / "out").exists()


def test_no_data(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is not in the folder"):
        list(unet.train(smoke=True, data=tmp_path, work=tmp_path, out=tmp_path))
