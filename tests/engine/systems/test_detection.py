"""Detectors from Python: the answer, what is said of the picture, and lenses; with small untrained networks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from explorer.catalogue.classes import SMEARS_AND_STREETS
from explorer.engine.data import smears
from explorer.engine.system import build, find_system, find_variant, load
from explorer.engine.systems.detection import MOST, PLACES, Running, labels_of, scaling, shown
from explorer.words import InputError, WeightsMissing

SYSTEMS = ("rcnn", "faster_rcnn", "yolo", "ssd", "fpn", "m2det")
PIXELS = smears.draw(3, 120, 200).pixels


@pytest.fixture(scope="module")
def checkpoints(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """An untrained network of each system, in a file, that says something of every picture."""
    torch.set_num_threads(1)
    folder = tmp_path_factory.mktemp("weights")
    paths = {}
    for system in SYSTEMS:
        torch.manual_seed(0)
        variant = find_variant(find_system(system), None)
        assert variant is not None
        network = build(variant)
        for name, value in network.named_parameters():
            if "cls_logits" in name or "classification_head" in name:
                value.data *= 0.02
            if system == "yolo" and name == "head.bias":
                value.data += 0.5
        path = folder / f"{system}.safetensors"
        save_file({name: value.contiguous() for name, value in network.state_dict().items()}, path)
        paths[system] = str(path)
    return paths


@pytest.fixture(scope="module")
def running(checkpoints: dict[str, str]) -> dict[str, Running]:
    return {system: load(system, weights=path) for system, path in checkpoints.items()}  # type: ignore[misc]


@pytest.fixture(scope="module")
def views(running: dict[str, Running]) -> dict[str, Any]:
    return {system: one.view(PIXELS) for system, one in running.items()}


@pytest.mark.parametrize("system", SYSTEMS)
def test_the_answer_is_of_the_pictures_own_pixels(system: str, running: dict[str, Running], views: dict[str, Any]) -> None:
    net, view = running[system], views[system]
    assert isinstance(net, Running) and net.labels == tuple(one.en for one in SMEARS_AND_STREETS)
    found = view.seen.candidates
    answer = net.answer(found)
    assert 0 < len(answer) == len(answer.boxes) == len(answer.scores)
    assert set(answer.labels) <= set(net.labels)
    assert answer.boxes.min() >= 0 and answer.boxes[:, 2].max() <= 200.01 and answer.boxes[:, 3].max() <= 120.01
    assert answer.boxes[:, 2].max() > 100  # not of some smaller picture
    assert bool((np.diff(answer.scores) <= 1e-6).all())
    boxes = net.boxes(view)
    assert len(boxes.scores) == min(len(found), MOST) and boxes.picture.pixels.shape == (120, 200, 3)


def test_threshold_and_overlap(running: dict[str, Running]) -> None:
    net = running["ssd"]
    scores = net.view(PIXELS).seen.candidates.scores
    half = float(scores.median())
    some, all_, none = net.run(PIXELS, threshold=half), net.run(PIXELS, threshold=0.05), net.run(PIXELS, threshold=1.0)
    assert 0 < len(some) < len(all_) and len(none) == 0 and bool((some.scores > half).all())
    assert len(net.run(PIXELS, threshold=0.05, overlap=0.9)) > len(net.run(PIXELS, threshold=0.05, overlap=0.2))
    with pytest.raises(InputError, match="no setting"):
        net.run(PIXELS, size=3)


def test_what_is_said_of_a_scaled_picture(views: dict[str, Any]) -> None:
    assert scaling((240, 320), (240, 320)) == ()
    assert [note.en for note in scaling((480, 640), (240, 320))] == ["Scaled to 320 × 240 pixels for the network."]
    assert len(scaling((100, 50), (240, 320))) == 2
    assert any("Enlarged" in note.en for note in views["ssd"].picture.notes)


@pytest.mark.parametrize("system", SYSTEMS)
def test_layers_graph_and_maps(system: str, running: dict[str, Running], views: dict[str, Any]) -> None:
    net, view = running[system], views[system]
    graph = net.network_graph(view)
    assert [node.name for node in graph.nodes if node.name != "input"] and {node.name for node in graph.nodes} - {"input"} == set(net.variant.taps)
    targets = {edge.target for edge in graph.edges}
    assert {node.name for node in graph.nodes} - {"input"} <= targets  # nothing hangs in the air
    across = {(edge.source.rpartition(".")[2], edge.target.rpartition(".")[2]) for edge in graph.edges if edge.kind == "lateral"}
    assert across == ({("layer3", "1"), ("layer2", "0")} if system == "fpn" else set())
    layer = net.default_layer(view)
    maps = net.feature_maps(view)
    assert maps.layer == layer and maps.values.shape[1] * maps.values.shape[2] >= min(PLACES, 36)
    values = net.recording(view).of(net.network, layer)[0].numpy()
    assert np.array_equal(maps.values, values)
    assert set(net.faces(view)) == set(net.variant.taps)
    with pytest.raises(InputError, match="no layer"):
        net.feature_maps(view, "nowhere")


@pytest.mark.parametrize("system", SYSTEMS)
def test_a_recorded_map_is_what_the_network_computes(system: str, running: dict[str, Running], views: dict[str, Any]) -> None:
    """A hook on the layer, in an ordinary pass, sees the same values."""
    net, view = running[system], views[system]
    layer = net.variant.taps[0]
    seen: list[torch.Tensor] = []
    handle = net.network.get_submodule(layer).register_forward_hook(lambda _m, _i, output: seen.append(output.detach().clone()))
    try:
        with torch.no_grad():
            net.network.look(view.x)
    finally:
        handle.remove()
    recorded = net.recording(view).of(net.network, layer)
    if system == "rcnn":  # it looks at crops: the surest candidate's
        crops = torch.cat(seen)
        assert torch.allclose(crops[view.seen.candidates.sources[0]][None], recorded, atol=1e-4)
    else:
        assert torch.allclose(seen[0], recorded, atol=1e-4)


@pytest.mark.parametrize("system", SYSTEMS)
def test_the_heat_of_a_box_is_of_the_picture_and_of_that_box(system: str, running: dict[str, Running], views: dict[str, Any]) -> None:
    net, view = running[system], views[system]
    found = view.seen.candidates
    other = next(k for k in range(1, len(found)) if not torch.equal(found.sources[k], found.sources[0]))
    first, second = net.box_activation(view, 0), net.box_activation(view, other)
    assert first.heat.shape == (120, 200) and first.heat.min() >= 0 and first.heat.max() > 0
    assert first.label == net.labels[int(found.labels[0]) - 1]
    assert not np.allclose(first.heat, second.heat)
    assert all(parameter.grad is None for parameter in net.network.parameters())
    assert not net.network.training
    with pytest.raises(InputError, match="no box"):
        net.box_activation(view, len(found))


def test_a_box_of_a_crop_is_heated_at_its_place(running: dict[str, Running], views: dict[str, Any]) -> None:
    net, view = running["rcnn"], views["rcnn"]
    heat = net.box_activation(view, 0).heat
    box = view.seen.extra["proposals"][view.seen.candidates.sources[0]] * torch.tensor([200 / 320, 120 / 240] * 2)
    x1, y1, x2, y2 = box.tolist()
    margin_x, margin_y = 0.2 * (x2 - x1) + 3, 0.2 * (y2 - y1) + 3
    rows, columns = np.nonzero(heat > 0)
    assert rows.min() >= y1 - margin_y and rows.max() <= y2 + margin_y
    assert columns.min() >= x1 - margin_x and columns.max() <= x2 + margin_x


def test_hostile_pictures(running: dict[str, Running]) -> None:
    for shape in ((1, 1, 3), (3, 400, 3), (700, 900, 3)):
        picture = np.random.default_rng(0).integers(0, 255, shape).astype(np.uint8)
        for system in ("ssd", "yolo", "faster_rcnn", *(["rcnn"] if shape[0] == 1 else [])):
            answer = running[system].run(picture, threshold=0.05)
            assert np.isfinite(answer.boxes).all()
            if len(answer):
                assert answer.boxes[:, 2].max() <= shape[1] + 0.01 and answer.boxes[:, 3].max() <= shape[0] + 0.01


def test_no_weights_yet_is_said() -> None:
    for system in SYSTEMS:
        variant = find_variant(find_system(system), None)
        assert variant is not None
        if variant.weights == "none":
            with pytest.raises(WeightsMissing, match="open your own"):
                load(system)


def test_names_of_classes() -> None:
    coco = next(one for one in find_system("fpn").variants if "coco" in one.url)
    assert labels_of(coco)[0] == "person" and len(labels_of(coco)) == 90


def test_shown_candidates_are_the_first(views: dict[str, Any]) -> None:
    view = views["m2det"]
    found = shown(view)
    assert len(found) <= MOST and torch.equal(found.scores, view.seen.candidates.scores[: len(found)])


def test_a_checkpoint_of_another_system_is_refused(checkpoints: dict[str, str], tmp_path: Path) -> None:
    with pytest.raises(InputError):
        load("ssd", weights=checkpoints["yolo"])
