"""What the classifier's page asks for, as it asks for it."""

from __future__ import annotations

import inspect
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from explorer.catalogue import system
from explorer.catalogue.lenses import LENSES
from explorer.engine.server import find_task
from explorer.engine.system import build
from explorer.engine.tasks import recognition
from explorer.results import Bundle, Curves, Graph, Maps, Matrix, Picture, Progress, Result, Scores, Tensor
from explorer.words import InputError, WeightsMissing

torch.set_num_threads(1)


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> str:
    torch.manual_seed(0)
    path = tmp_path_factory.mktemp("weights") / "own.pth"
    torch.save(build(system("resnet").variant("resnet20")).state_dict(), path)
    return str(path)


@pytest.fixture(autouse=True)
def nothing_loaded() -> Iterator[None]:
    recognition._networks.clear()
    recognition._views.clear()
    yield
    recognition._networks.clear()
    recognition._views.clear()


def ask(task: str, weights: str, **arguments: Any) -> Any:
    settings = {"system": "resnet", "variant": "resnet20", "weights": weights, "picture": "cat", **arguments}
    results = list(find_task(f"recognition.{task}")(**settings))
    assert all(isinstance(one, Result) for one in results)
    return [one for one in results if not isinstance(one, Progress)][-1]


def test_every_lens_of_the_catalogue_has_its_task() -> None:
    for lens_id in system("resnet").lenses:
        assert inspect.isgeneratorfunction(find_task(LENSES[lens_id].task))


def test_network(weights: str) -> None:
    bundle = ask("network", weights)
    graph, scores = bundle.parts["graph"], bundle.parts["scores"]
    assert isinstance(graph, Graph) and isinstance(scores, Scores) and isinstance(bundle.parts["given"], Picture)
    assert bundle.parts["given"].pixels.shape == (32, 32, 3) and bundle.parts["picture"].pixels.shape == (300, 451, 3)
    places = [node.name for node in graph.nodes if len(node.shape) == 3 and node.kind != "input" and node.name != "avgpool"]
    for name in places:
        face = bundle.parts[f"map:{name}"]
        assert isinstance(face, Maps) and len(face.values) == 1
    assert bundle.facts["layer"] == "layer2" and {"conv1", "layer1.0", "layer3"} <= set(bundle.facts["layers"])
    assert len(bundle.facts["crop"]) == 4 and bundle.facts["top"][0][1] == pytest.approx(float(scores.values.max()))
    x1, y1, x2, y2 = bundle.facts["crop"]
    assert 0 <= x1 < x2 <= 451 and (y1, y2) == (0, 300)


def test_the_other_tasks(weights: str) -> None:
    assert isinstance(ask("classify", weights), Scores)
    assert isinstance(ask("feature_maps", weights, layer="layer1"), Maps)
    assert isinstance(ask("tensor", weights, layer="layer1"), Tensor)
    assert ask("tensor", weights, layer="conv1.weight").shape == (16, 3, 3, 3)
    filters = ask("filters", weights, layer="conv1")
    assert isinstance(filters.parts["filters"], Maps) and isinstance(filters.parts["colours"], Picture)
    assert "colours" not in ask("filters", weights, layer="layer1", output_map=2).parts
    heat = ask("class_activation", weights, class_name="dog")
    assert heat.parts["overlay"].label == "dog" and heat.facts["methods"] == ("cam", "grad-cam", "grad-cam++", "layer-cam", "score-cam") and heat.facts["method"] == "cam"
    assert 0 <= heat.facts["probability"] <= 1
    field = ask("receptive_field", weights, layer="layer2", row=1, column=2)
    assert field.parts["region"].picture.pixels.shape == (32, 32, 3) and (field.facts["row"], field.facts["column"]) == (1, 2)
    assert field.parts["map"].values.shape == (1, 16, 16)
    bundle = ask("convolution", weights, layer="layer2", output_map=1, row=2, column=3)
    assert isinstance(bundle, Bundle) and bundle.facts["layer"] == "layer2"
    curves = ask("gradients", weights, depths=[8, 14])
    assert isinstance(curves, Curves) and len(curves.series) == 4
    assert len(ask("gradients", weights, depth=8, residual=True).series) == 1


def test_open_picture_says_what_was_done(tmp_path: Path) -> None:
    Image.new("RGB", (9000, 100)).save(tmp_path / "wide.png")
    (picture,) = recognition.open_picture(picture=str(tmp_path / "wide.png"))
    assert isinstance(picture, Picture) and len(picture.notes) == 1
    with pytest.raises(InputError):
        list(recognition.open_picture(picture=str(tmp_path)))


def test_network_and_picture_stay_loaded(weights: str, monkeypatch: pytest.MonkeyPatch) -> None:
    loads, passes = [], []
    load, record = recognition.load, recognition.Running.view
    monkeypatch.setattr(recognition, "load", lambda *a, **k: loads.append(1) or load(*a, **k))
    monkeypatch.setattr(recognition.Running, "view", lambda self, x: record(self, x) if isinstance(x, recognition.View) else passes.append(1) or record(self, x))
    array = np.zeros((40, 40, 3), np.uint8)
    for picture in ("cat", "cat", array, array.copy()):
        for layer in ("layer1", "layer2"):
            ask("feature_maps", weights, picture=picture, layer=layer)
    assert len(loads) == 1 and len(passes) == 2


def test_a_changed_file_is_read_again(weights: str, tmp_path: Path) -> None:
    path = tmp_path / "picture.png"
    Image.new("RGB", (40, 40), (255, 0, 0)).save(path)
    first = ask("classify", weights, picture=str(path))
    Image.effect_noise((41, 40), 90).save(path)
    assert not np.array_equal(first.values, ask("classify", weights, picture=str(path)).values)
    own = tmp_path / "w.pth"
    for seed in (1, 2):
        torch.manual_seed(seed)
        torch.save({**build(system("resnet").variant("resnet20")).state_dict()}, own)
        values = ask("classify", str(own)).values
        if seed == 1:
            before = values
    assert not np.array_equal(before, values)


def test_no_more_than_two_networks_are_kept(weights: str) -> None:
    for name in ("resnet20", "resnet32", "resnet110"):
        torch.manual_seed(0)
        path = Path(weights).with_name(f"{name}.pth")
        torch.save(build(system("resnet").variant(name)).state_dict(), path)
        ask("classify", str(path), variant=name)
    assert len(recognition._networks) == 2


def test_refusals_leave_the_loaded_network_as_it_is(weights: str, tmp_path: Path) -> None:
    before = ask("classify", weights).values
    for arguments in ({"picture": "missing.png"}, {"picture": str(tmp_path)}, {"variant": "resnet99"}, {"system": "nothing"}, {"system": "attention", "variant": None}):
        with pytest.raises((InputError, WeightsMissing)):
            ask("classify", **{"weights": weights, **arguments})  # type: ignore[arg-type]
    assert np.array_equal(ask("classify", weights).values, before)


def test_missing_weights_say_how_large_they_are() -> None:
    with pytest.raises(WeightsMissing) as caught:
        list(recognition.network(system="resnet", variant="resnet50-imagenet", picture="cat"))
    assert caught.value.size == 102_540_417


def test_fetching_goes_through_the_store(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(recognition.store, "fetch", lambda variant: iter([Progress(recognition.LOOKING, 0.5)]))
    monkeypatch.setattr(recognition.store, "locate", lambda variant: tmp_path / variant.name)
    steps = list(recognition.fetch_weights(system="resnet", variant="resnet18-imagenet"))
    assert isinstance(steps[0], Progress) and isinstance(steps[-1], Bundle) and steps[-1].facts["path"].endswith("resnet18-imagenet")
    with pytest.raises(InputError):
        list(recognition.fetch_weights(system="resnet", variant="nothing"))


def test_the_small_networks_start_without_torchvision(weights: str) -> None:
    """Importing it takes as long as importing torch."""
    code = f"""
import sys
from explorer.engine.tasks import recognition
list(recognition.feature_maps(system="resnet", variant="resnet20", weights={weights!r}, picture="cat", layer="layer1"))
print([name for name in ("torchvision", "torch._dynamo", "skimage", "sklearn", "gymnasium", "requests") if name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_sightings_grow_over_the_photograph(weights: str) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (48, 80, 3)).astype(np.uint8)
    results = list(recognition.sightings(system="resnet", variant="resnet20", weights=weights, picture=pixels))
    grown = [one for one in results if isinstance(one, Bundle)]
    assert len(grown) >= 2 and grown[-1].facts["done"] == 1.0 and [len(one.facts["sides"]) for one in grown] == list(range(1, len(grown) + 1))
    last = grown[-1]
    maps, windows = last.parts["maps"], last.parts["windows"]
    assert isinstance(maps, Maps) and maps.values.shape == (10, 48, 80) and set(maps.names) == set(last.facts["labels"])
    assert isinstance(windows, Matrix) and len(windows.values) == sum(last.facts["counts"]) and last.facts["calibrated"] is False
    assert ask("network", weights).facts["none"] is None


def test_what_excites_grows_with_its_curve(weights: str) -> None:
    settings = {"system": "resnet", "variant": "resnet20", "weights": weights, "picture": "cat", "layer": "layer1", "unit": 2, "steps": 8}
    found = list(recognition.excites(**settings))
    assert [one.fraction for one in found if isinstance(one, Progress) and one.fraction is not None] == [k / 8 for k in range(9)]
    first, last = (bundles := [one for one in found if isinstance(one, Bundle)])[0], bundles[-1]
    assert first.facts["step"] == 0 and not first.facts["done"] and last.facts["done"] and last.facts["units"] == 16
    curve = last.parts["curve"]
    assert isinstance(curve, Curves) and curve.series[0].x.tolist() == [0, 4, 8] and curve.series[0].y[-1] == pytest.approx(last.facts["activation"])
    assert isinstance(last.parts["picture"], Picture) and last.parts["picture"].pixels.shape == (32, 32, 3)
    of_class = ask("excites", weights, class_name="dog", steps=1)
    assert (of_class.facts["layer"], of_class.facts["label"], of_class.facts["units"]) == ("", "dog", 10)


def test_patches_come_from_the_pictures_opened_and_the_samples(weights: str, tmp_path: Path) -> None:
    Image.effect_noise((40, 40), 90).save(tmp_path / "noise.png")
    bundle = ask("strongest_patches", weights, layer="layer1", unit=1, pictures=[str(tmp_path / "noise.png"), str(tmp_path / "gone.png"), "cat"])
    told = bundle.facts["patches"]
    assert bundle.facts["looked_at"] == 7  # the noise and six samples, the cat once
    assert len(told) == len(bundle.parts) == 8 and {name for name, _, _ in told} <= {"noise.png", *recognition.SAMPLES}
    x1, y1, x2, y2 = told[0][2]
    assert bundle.parts["patch 0"].pixels.shape[:2] == (round(y2) - round(y1), round(x2) - round(x1))


def test_without_a_record_of_test_pictures_there_is_a_sentence(weights: str) -> None:
    for task in ("confusion", "atlas"):
        bundle = ask(task, weights)
        assert isinstance(bundle, Bundle) and not bundle.parts and "ResNet-20" in bundle.facts["missing"].en


def test_the_record_of_test_pictures_comes_with_the_calibration_on_the_card() -> None:
    *_, bundle = recognition.confusion(system="resnet", variant="resnet20")
    assert isinstance(bundle, Bundle) and bundle.parts["matrix"].values.sum() == 5_000  # those of its file
    assert 0 < bundle.facts["ece"] < 5 and 0.5 < bundle.facts["temperature"] < 2
