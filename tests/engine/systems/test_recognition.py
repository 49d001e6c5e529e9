"""Classifiers from Python: pictures are prepared as the weights want them, answers cover all classes, every lens answers."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import save_file
from torch import nn

import explorer
from explorer.catalogue import SYSTEMS, Variant, system
from explorer.engine.inputs.pictures import sample
from explorer.engine.learning.atlas import make_atlas
from explorer.engine.system import build
from explorer.engine.systems.recognition import Running, preparation_of, published_preset
from explorer.engine.weights.atlas import atlas_name, save_atlas
from explorer.engine.weights.store import locate
from explorer.results import Arithmetic, Boxes, Bundle, Curves, Maps, Matrix, Overlay, Picture, Points, Region, Result
from explorer.words import ExplorerError, InputError, WeightsMissing

torch.set_num_threads(1)

CLASSIFIERS = [(s.id, v.name) for s in SYSTEMS if s.section == "recognition" for v in s.variants if v.model and (v.parameters or 0) < 15_000_000]
LARGE = [("vgg", "vgg16-imagenet"), ("wide_resnet", "wrn50-2-imagenet")]
DOWNLOADS = [v for s in SYSTEMS if s.section == "recognition" for v in s.variants if v.weights == "download"]


@pytest.fixture(scope="session")
def checkpoints(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Untrained weights of a variant in a file, made once."""
    folder = tmp_path_factory.mktemp("weights")

    @functools.cache
    def make(system_id: str, variant: str, classes: int | None = None) -> Path:
        torch.manual_seed(0)
        network = build(system(system_id).variant(variant), **({} if classes is None else {"classes": classes}))
        path = folder / f"{variant}-{classes}.safetensors"
        save_file(network.state_dict(), path)
        return path

    return make


@pytest.fixture
def net(checkpoints: Any) -> Running:
    found = explorer.load("resnet", "resnet20", weights=str(checkpoints("resnet", "resnet20")))
    assert isinstance(found, Running)
    return found


OF_THE_TEST_SET = ("confusion", "atlas")
LENS_SETTINGS: dict[str, tuple[type[Result], list[dict[str, Any]]]] = {
    "feature_maps": (Maps, [{}, {"layer": "conv1"}, {"layer": "layer2.0"}]),
    "filters": (Maps, [{}, {"layer": "layer2"}, {"layer": "conv1", "output_map": 1}]),
    "class_activation": (Overlay, [{}, {"class_name": 1}, {"method": "gradcam", "layer": "layer2"}, {"signed": True}]),
    "attribution": (Overlay, [{}, {"method": "gradient", "class_name": 1}]),
    "occlusion": (Overlay, [{"patch": 16, "stride": 16}]),
    "excites": (Picture, [{"class_name": 1, "steps": 2}, {"unit": 1, "steps": 2}]),
    "gradients": (Curves, [{"depths": (8,)}]),
    "sightings": (Boxes, [{}, {"least": 0.9}]),
    "pooling": (Bundle, [{}, {"layer": "stage1"}]),
    "stacked": (Bundle, [{}, {"count": 3}]),
    "separable": (Bundle, [{"size": 4}]),
    "fire": (Bundle, [{}, {"off": ("expand3x3",)}]),
    "dense": (Bundle, [{}, {"growth": 6}]),
    "width": (Bundle, [{"depth": 10, "widen": 1}]),
    "widths": (Bundle, [{"blocks": 2, "alpha": 48}]),
    "scaling": (Bundle, [{"width": 0.5, "size": 32}]),
    "receptive_field": (Region, [{}, {"layer": "layer1", "row": 1, "column": 2}, {"layer": "layer1", "row": 1, "column": 2, "unit": 0}]),
}


@pytest.mark.parametrize(("system_id", "variant"), [*CLASSIFIERS, *(pytest.param(*one, marks=[pytest.mark.slow, pytest.mark.timeout(3600)]) for one in LARGE)])
def test_every_lens_of_every_variant_and_the_network_as_it_was(system_id: str, variant: str, checkpoints: Any) -> None:
    running = explorer.load(system_id, variant, weights=str(checkpoints(system_id, variant)))
    assert isinstance(running, Running)
    answer = running.run("cat")
    state = {key: value.clone() for key, value in running.network.state_dict().items()}
    view = running.view("cat")
    for lens in running.lenses():
        if lens in OF_THE_TEST_SET:
            with pytest.raises(InputError):  # the user's own weights have no record
                running.look(lens, view)
            continue
        kind, settings = LENS_SETTINGS[lens]
        for one in settings:
            if "layer" in one and one["layer"] not in dict(running.network.named_modules()):
                one = {**one, "layer": running.variant.taps[1]}
            result = running.look(lens, view, **one)
            assert isinstance(result, kind), (lens, one)
    assert not any(m.training or m._forward_hooks or m._forward_pre_hooks for m in running.network.modules())
    assert all(p.grad is None for p in running.network.parameters())
    assert all(torch.equal(value, state[key]) for key, value in running.network.state_dict().items())
    assert np.array_equal(running.run("cat").probabilities, answer.probabilities)


def test_labels_and_probabilities_cover_all_classes_in_the_same_order(net: Running) -> None:
    answer, other = net.run("cat"), net.run("coffee")
    assert answer.labels == other.labels and len(answer.labels) == len(answer.probabilities) == 10
    assert answer.labels[:3] == ("airplane", "automobile", "bird")
    assert answer.probabilities.sum() == pytest.approx(1) and answer.probabilities.min() >= 0
    assert answer.label == answer.top(1)[0][0] == answer.labels[int(answer.probabilities.argmax())]
    ranked = [p for _, p in answer.top(10)]
    assert ranked == sorted(ranked, reverse=True)


def test_run_equals_the_network_itself(net: Running) -> None:
    given = net.prepare("cat")
    with torch.no_grad():
        expected = net.network(given.x).double().softmax(1)[0].numpy()
    assert np.allclose(net.run("cat").probabilities, expected)


def test_every_way_of_giving_a_picture(net: Running, tmp_path: Path) -> None:
    pixels = sample("cat").pixels
    Image.fromarray(pixels).save(tmp_path / "cat.png")
    expected = net.run("cat").probabilities
    for source in (tmp_path / "cat.png", str(tmp_path / "cat.png"), (tmp_path / "cat.png").read_bytes(), Image.fromarray(pixels), pixels, Picture(pixels)):
        assert np.array_equal(net.run(source).probabilities, expected)


@pytest.mark.parametrize("shape", [(1, 1, 3), (1, 4000, 3), (3000, 2, 3), (31, 33, 3), (500, 20, 3)])
def test_pictures_of_any_shape(net: Running, shape: tuple[int, ...]) -> None:
    picture = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)
    view = net.view(picture)
    assert view.given.x.shape == (1, 3, 32, 32)
    x1, y1, x2, y2 = view.given.crop
    assert -1e-6 <= x1 < x2 <= shape[1] + 1e-6 and -1e-6 <= y1 < y2 <= shape[0] + 1e-6
    assert isinstance(net.look("class_activation", view), Overlay)


def test_cifar_pictures_pass_unchanged(net: Running) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (32, 32, 3), dtype=np.uint8)
    given = net.prepare(pixels)
    assert np.array_equal(given.pixels.pixels, pixels) and given.crop == (0, 0, 32, 32)
    from explorer.engine.data import cifar10
    from explorer.engine.learning.classify import normalise

    expected = normalise(torch.from_numpy(pixels).permute(2, 0, 1)[None], cifar10.MEAN, cifar10.STD)
    assert torch.allclose(given.x, expected, atol=1e-6)


@pytest.mark.parametrize("variant", DOWNLOADS, ids=lambda one: one.name)
def test_published_weights_get_pictures_as_torchvision_prepares_them(variant: Variant) -> None:
    preset, ours = published_preset(variant.url), preparation_of(variant)
    random = np.random.default_rng(0)
    shapes = [(480, 640), (301, 451), (ours.size, ours.size), (100, 90), (50, 170)]  # larger and smaller than the network's input, upright and lying
    noise = [Picture(random.integers(0, 256, (*shape, 3), dtype=np.uint8)) for shape in shapes]
    for picture in (sample("cat"), sample("coffee"), *noise):
        expected = preset(Image.fromarray(picture.pixels))
        assert expected.shape == (3, variant.size, variant.size)
        assert torch.allclose(ours(picture).x[0], expected, atol=1e-6), picture.pixels.shape


def test_published_classes(checkpoints: Any) -> None:
    running = explorer.load("resnet", "resnet18-imagenet", weights=str(checkpoints("resnet", "resnet18-imagenet")))
    answer = running.run("cat")
    assert len(answer.labels) == 1000 and answer.labels[281] == "tabby" and answer.labels[0] == "tench"


def test_outputs_equal_torchvision_s_own(checkpoints: Any) -> None:
    from safetensors.torch import load_file
    from torchvision import models

    path = checkpoints("resnet", "resnet18-imagenet")
    running = explorer.load("resnet", "resnet18-imagenet", weights=str(path))
    assert isinstance(running, Running)
    theirs = models.resnet18(weights=None).eval()
    theirs.load_state_dict(load_file(path), strict=True)
    x = running.prepare("cat").x
    with torch.no_grad():
        assert torch.allclose(running.network(x), theirs(x), atol=1e-4)


def test_the_user_s_own_weights(checkpoints: Any) -> None:
    own = checkpoints("resnet", "resnet20", 3)
    running = explorer.load("resnet", "resnet20", weights=str(own))
    assert running.run("cat").labels == ("class 0", "class 1", "class 2")
    found = explorer.load("resnet", weights=str(checkpoints("resnet", "resnet18-imagenet")))
    assert found.variant is not None and found.variant.name == "resnet18-imagenet", "without a variant, the one they fit"
    with pytest.raises(InputError):
        explorer.load("resnet", "resnet32", weights=str(own))


def test_lens_results_name_their_layer(net: Running) -> None:
    maps = net.look("feature_maps", "cat", layer="layer3")
    assert isinstance(maps, Maps) and maps.layer == "layer3" and maps.values.shape == (64, 8, 8)
    overlay = net.look("class_activation", "cat", class_name="cat")
    assert isinstance(overlay, Overlay) and overlay.label == "cat" and overlay.layer == "layer3"
    assert overlay.heat.shape == (300, 301) or abs(overlay.heat.shape[1] - overlay.heat.shape[0]) <= 1, "over the sharp middle of the photograph"
    japanese = net.look("class_activation", "cat", class_name="猫")
    assert isinstance(japanese, Overlay) and japanese.label == "cat"


def test_refusals(net: Running) -> None:
    for arguments, settings in (
        (("unknown_lens", "cat"), {}),
        (("feature_maps", "cat"), {"layer": "layer9"}),
        (("feature_maps", "cat"), {"no_such": 1}),
        (("feature_maps", "missing.png"), {"layer": "layer1"}),
        (("class_activation", "cat"), {"class_name": "unicorn"}),
        (("class_activation", "cat"), {"class_name": 10}),
        (("receptive_field", "cat"), {"layer": "layer1", "row": 99}),
        (("gradients", "cat"), {"depths": (9,)}),
        (("feature_maps", None), {}),
    ):
        with pytest.raises(InputError) as caught:
            net.look(*arguments, **settings)  # type: ignore[arg-type]
        assert "\n" not in caught.value.text.ja
    with pytest.raises(InputError):
        net.run("cat", no_such=1)


def test_arithmetic_of_one_value(net: Running) -> None:
    view = net.view("cat")
    bundle = net.convolution(view, "layer2", 3, 4, 5)
    assert isinstance(bundle, Bundle) and isinstance(bundle.parts["arithmetic"], Arithmetic)
    arithmetic, source = bundle.parts["arithmetic"], bundle.parts["input"]
    assert isinstance(source, Maps)
    top, left, bottom, right = bundle.facts["window"]
    assert np.array_equal(source.values[0][top:bottom, left:right], arithmetic.window)
    assert bundle.facts["kernel_high"] >= np.abs(arithmetic.kernel).max() and bundle.facts["inputs"] == 32
    assert net.convolution(view, "avgpool").parts == {}


def test_gradients_grow_line_by_line(net: Running) -> None:
    steps = list(net.gradients_growing("cat", depths=(8, 14)))
    assert [len(curves.series) for curves in steps] == [1, 2, 3, 4]
    assert steps[-1].y_log and "without batch norm" in steps[-1].y_label.en
    only = list(net.gradients_growing("cat", depths=(8,), residual=False, norm=True))
    assert len(only) == 1 and "with batch norm" in only[0].y_label.en


def test_missing_weights_are_a_state() -> None:
    with pytest.raises(WeightsMissing) as caught:
        explorer.load("resnet", "resnet18-imagenet")
    assert caught.value.size == 46_830_571
    with pytest.raises(ExplorerError):
        explorer.load("resnet", "resnet110")


def bundled() -> list[tuple[str, str]]:
    found = []
    for system_id, name in CLASSIFIERS:
        try:
            variant = system(system_id).variant(name)
            if variant.weights == "bundled" and locate(variant):
                found.append((system_id, name))
        except WeightsMissing:
            pass
    return found


@pytest.mark.parametrize(("system_id", "variant"), bundled())
def test_bundled_weights_recognise_what_their_card_says(system_id: str, variant: str, data_folder: Path) -> None:
    from explorer.engine.data import cifar10

    running = explorer.load(system_id, variant)
    assert isinstance(running, Running) and running.card is not None
    assert sum(p.numel() for p in running.network.parameters()) == running.card.parameters
    pictures = cifar10.load("test", data_folder, limit=300)
    right = sum(running.run(image.permute(1, 2, 0).numpy()).label == running.labels[int(label)] for image, label in zip(pictures.images, pictures.labels, strict=True))
    assert right / 300 > running.card.metric.value / 100 - 0.06
    if running.card.metrics.get("temperature", 1) != 1:
        with torch.no_grad():
            raw = running.network(running.prepare("cat").x).double()[0]
        assert np.allclose(running.run("cat").probabilities, (raw / running.temperature).softmax(0).numpy())


def test_a_network_that_is_no_stack_of_taps(net: Running) -> None:
    assert net.default_layer(net.view("cat")) == "layer2"
    assert isinstance(net.network, nn.Module) and net.methods(net.view("cat"))[:2] == ("cam", "grad-cam") and net.methods(net.view("cat"), "layer1")[0] == "layer-cam"


@pytest.fixture
def recorded(net: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Running:
    """A network with a record of test pictures: shifted copies of the samples, half of them labelled as the network says."""
    pictures = [sample(name).pixels for name in ("cat", "coffee", "astronaut", "rocket")]
    small = [net.prepare(np.roll(one, 9 * k, axis=1)).pixels.pixels for one in pictures for k in range(6)]
    images = torch.from_numpy(np.stack(small)).permute(0, 3, 1, 2)
    said = torch.tensor([net.labels.index(net.run(one).label) for one in small])
    labels = torch.where(torch.arange(24) % 2 == 0, said, (said + 1) % 10)

    def prepare(values: torch.Tensor) -> torch.Tensor:
        return net.preparation.normalise(values.float() / 255)

    save_atlas(tmp_path / atlas_name(net.variant.file), make_atlas(net.network, images, labels, prepare))
    monkeypatch.setattr("explorer.engine.systems.recognition.resource", lambda _kind, name: tmp_path / name)
    net.own_weights = False
    return net


def test_the_confusion_matrix_and_the_map_of_a_record(recorded: Running) -> None:
    matrix = recorded.look("confusion")
    assert isinstance(matrix, Matrix) and matrix.rows == recorded.labels and matrix.values.sum() == 24 and np.trace(matrix.values) == 12
    points = recorded.look("atlas")
    assert isinstance(points, Points) and len(points.xy) == 24 and points.held_out is not None and points.held_out.sum() == 12
    with_own = recorded.look("atlas", "cat")
    assert isinstance(with_own, Points) and len(with_own.xy) == 25


def test_a_picture_of_the_record_lands_on_its_own_point(recorded: Running) -> None:
    points = recorded.atlas().xy
    for row, name in ((0, "cat"), (6, "coffee"), (12, "astronaut")):
        placed = recorded.placed(recorded.view(sample(name).pixels))
        assert placed.neighbours[0] == row and np.linalg.norm(np.array(placed.point) - points[row]) < 0.05


def test_what_excites_a_unit_does_so_more_than_noise(net: Running) -> None:
    steps = list(net.excites_growing(None, "layer2", 3, steps=24))
    assert steps[-1].activation > 1.5 * steps[0].activation  # type: ignore[operator]
    with pytest.raises(InputError):
        net.look("excites", layer="layer2", unit=32)
    with pytest.raises(InputError):
        net.look("excites", class_name="zebra")


def test_patches_are_the_receptive_fields_of_the_strongest_places(net: Running) -> None:
    dark = np.zeros((64, 64, 3), np.uint8)
    line = dark.copy()
    line[40:, 40:] = 255
    pictures = [Picture(dark), Picture(line)]
    view = net.view(line)
    *_, (share, patches) = net.strongest_patches(view, pictures, "conv1", 0)
    assert share == 1.0 and [one.activation for one in patches] == sorted((one.activation for one in patches), reverse=True)
    best = patches[0]
    x1, y1, x2, y2 = best.box
    assert best.number == 1 or float(net.view(dark).seen.of(net.network, "conv1")[0, 0].max()) == pytest.approx(best.activation, rel=1e-3)
    assert 0 <= x1 < x2 <= 64 and x2 - x1 <= 6 + 1e-6 and y2 - y1 <= 6 + 1e-6
