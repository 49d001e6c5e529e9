"""What the page of a detector gets: all boxes at once, and for each kind of detector how they came about."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from explorer.engine.blocks.candidates import keep
from explorer.engine.data import smears
from explorer.engine.system import build, find_system, find_variant
from explorer.engine.tasks import detection
from explorer.results import Boxes, Bundle, Maps, Overlay, Picture, Progress
from explorer.words import InputError

PIXELS = smears.draw(3, 120, 200).pixels
SYSTEMS = ("rcnn", "faster_rcnn", "yolo", "ssd", "fpn", "m2det")


@pytest.fixture(scope="module")
def checkpoints(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    torch.set_num_threads(1)
    folder = tmp_path_factory.mktemp("weights")
    paths = {}
    for system in SYSTEMS:
        torch.manual_seed(0)
        variant = find_variant(find_system(system), None)
        assert variant is not None
        network = build(variant)
        for name, value in network.named_parameters():
            if "classification_head" in name:
                value.data *= 0.02
            if system == "yolo" and name == "head.bias":
                value.data += 0.5
        paths[system] = folder / f"{system}.safetensors"
        save_file({name: value.contiguous() for name, value in network.state_dict().items()}, paths[system])
    return paths


def ask(task: str, system: str, checkpoints: dict[str, Path], **settings: Any) -> Any:
    results = [*getattr(detection, task)(system=system, weights=str(checkpoints[system]), picture=PIXELS, **settings)]
    assert all(isinstance(one, Progress) for one in results[:-1])
    return results[-1]


@pytest.mark.parametrize("system", SYSTEMS)
def test_the_answer_of_a_page(system: str, checkpoints: dict[str, Path]) -> None:
    answer = ask("network", system, checkpoints)
    boxes, facts = answer.parts["boxes"], answer.facts
    assert isinstance(boxes, Boxes) and len(boxes.scores) == len(facts["levels"]) == len(facts["sources"]) > 0
    assert boxes.scores.min() >= 0.05 and bool((np.diff(boxes.scores) <= 1e-6).all())
    assert facts["layer"] in facts["layers"] and facts["seconds"] > 0
    assert any(name.startswith("map:") for name in answer.parts)
    given, (x1, y1, x2, y2) = answer.parts["given"].pixels, facts["crop"]
    assert answer.parts["picture"].notes
    if system == "rcnn":  # the surest crop
        view = next(iter(detection._views.values()))
        box = view.seen.extra["proposals"][facts["sources"][0]].numpy() * np.array([200 / 320, 120 / 240] * 2)
        assert given.shape == (48, 48, 3) and (x1, y1) <= tuple(box[:2]) and (x2, y2) >= tuple(box[2:]) and x2 <= 200 and y2 <= 120
        cut = PIXELS[round(y1) : round(y2), round(x1) : round(x2)].reshape(-1, 3).mean(0)
        assert np.abs(given.reshape(-1, 3).mean(0) - cut).max() < 12
    else:
        assert given.shape[:2] in ((240, 320), (256, 320), (192, 320)) and (x1, y1, x2, y2) == (0.0, 0.0, 200.0, 120.0)
    assert set(facts["levels"]) <= set(range(max(1, len(facts["level_names"]))))


def test_suppression_in_the_window_gives_the_same_as_the_engines(checkpoints: dict[str, Path]) -> None:
    """From the raw boxes alone, the window's own suppression comes to the engine's answer."""
    from explorer.window.views.suppression import suppress

    boxes = ask("detections", "ssd", checkpoints)
    level = float(np.median(boxes.scores))
    sure = boxes.scores > level
    kept, _ = suppress(boxes.boxes[sure], boxes.scores[sure], boxes.labels[sure], 0.45)
    view = next(iter(detection._views.values()))
    engine = view.seen.candidates[keep(view.seen.candidates, level, 0.45, 1500)]
    ours = {tuple(np.round(box, 2)) for box in boxes.boxes[sure][kept]}
    theirs = {tuple(np.round(box, 2)) for box in engine.boxes.double().numpy()}
    assert len(ours ^ theirs) <= 0.02 * len(theirs)


@pytest.mark.parametrize("system", SYSTEMS)
def test_a_frame_of_a_film_gives_the_same_boxes(system: str, checkpoints: dict[str, Path]) -> None:
    whole = ask("network", system, checkpoints).parts["boxes"]
    kept = dict(detection._views)
    found = ask("frame", system, checkpoints)
    assert np.array_equal(found.parts["boxes"].boxes, whole.boxes) and np.array_equal(found.parts["boxes"].scores, whole.scores)
    assert found.facts["seconds"] > 0 and detection._views == kept  # what the page looks at stays at hand


def test_maps_and_the_heat_of_a_box(checkpoints: dict[str, Path]) -> None:
    maps = ask("feature_maps", "ssd", checkpoints, layer="backbone.trunk.layer4")
    assert isinstance(maps, Maps) and maps.values.shape == (96, 15, 20)
    found = ask("box_activation", "ssd", checkpoints, box=2)
    assert isinstance(found.parts["overlay"], Overlay) and found.parts["overlay"].heat.shape == (120, 200)
    boxes = ask("detections", "ssd", checkpoints)
    assert found.facts["score"] == pytest.approx(float(boxes.scores[2])) and found.facts["label"] == boxes.names[int(boxes.labels[2])]
    assert np.allclose(found.facts["box"], boxes.boxes[2], atol=1e-3)


@pytest.mark.parametrize("system", ["ssd", "fpn", "m2det"])
def test_which_level_found_what(system: str, checkpoints: dict[str, Path]) -> None:
    found = ask("levels", system, checkpoints, threshold=0.05)
    names = found.facts["names"]
    assert len(names) == {"ssd": 6, "fpn": 3, "m2det": 5}[system]
    assert sum(found.facts["counts"]) == len(found.facts["levels"]) == len(found.parts["boxes"].scores)
    assert all(found.parts[f"level {k}"].heat.shape == (120, 200) for k in range(len(names)))
    places = [size[1] * size[2] for size in found.facts["sizes"]]
    assert places == sorted(places, reverse=True)
    view = next(iter(detection._views.values()))
    mean = view.seen.maps[names[0]].abs().mean(0).max()
    assert found.parts["level 0"].heat.max() == pytest.approx(float(mean), rel=0.3)
    assert found.facts["depths"] == (3 if system == "m2det" else 1)
    apart = [found.parts[f"level 1 depth {k}"].heat for k in (1, 2, 3)] if system == "m2det" else []
    if apart:  # the pyramids' means make the level's
        assert np.allclose(np.mean(apart, axis=0), found.parts["level 1"].heat, atol=1e-4) and not np.allclose(apart[0], apart[2], atol=1e-3)
    else:
        assert "level 0 depth 1" not in found.parts


def test_levels_where_nothing_comes_down(checkpoints: dict[str, Path]) -> None:
    whole, alone = ask("levels", "fpn", checkpoints), ask("levels", "fpn", checkpoints, top_down=False)
    assert (whole.facts["top_down"], alone.facts["top_down"]) == (True, False) and "candidates" not in whole.parts
    assert np.allclose(whole.parts["level 2"].heat, alone.parts["level 2"].heat) and not np.allclose(whole.parts["level 0"].heat, alone.parts["level 0"].heat, rtol=0.01)
    boxes = alone.parts["candidates"]
    assert len(boxes.scores) == len(alone.facts["candidate_levels"]) > 0 and boxes.scores[0] != ask("detections", "fpn", checkpoints).scores[0]
    assert ask("levels", "fpn", checkpoints).facts["counts"] == whole.facts["counts"]  # it is on again
    other = ask("levels", "m2det", checkpoints, top_down=False)
    assert other.facts["top_down"] is None and "candidates" not in other.parts


def test_the_cells_of_a_grid(checkpoints: dict[str, Path]) -> None:
    found = ask("cells", "yolo", checkpoints)
    assert found.parts["confidences"].values.shape == (2, 8, 10) and found.parts["classes"].values.shape == (6, 8, 10)
    boxes = found.parts["boxes"]
    assert len(boxes.scores) == 160 == found.facts["rows"] * found.facts["columns"] * found.facts["boxes"]
    assert boxes.scores[2 * 37 + 1] == pytest.approx(float(np.clip(found.parts["confidences"].values[1, 3, 7], 0, 1)))
    assert found.facts["best"][37] == int(found.parts["classes"].values[:, 3, 7].argmax()) or found.parts["classes"].values[:, 3, 7].max() in (0.0, 1.0)
    raw = ask("network", "yolo", checkpoints)
    source = raw.facts["sources"][0]  # the surest box is the one of its cell, cut at the picture's edge
    edges = np.array([200, 120, 200, 120])
    assert np.allclose(boxes.boxes[source].clip(0, edges), raw.parts["boxes"].boxes[0], atol=0.01)


@pytest.mark.parametrize("system", ["faster_rcnn", "fpn"])
def test_anchors_and_proposals(system: str, checkpoints: dict[str, Path]) -> None:
    found = ask("proposals", system, checkpoints)
    facts = found.facts
    assert len(found.parts["anchors"].scores) == {"faster_rcnn": 9, "fpn": 3}[system]
    assert sum(h * w * len(found.parts["anchors"].scores) for h, w in facts["sizes"]) == facts["anchors"]
    assert 0 < len(found.parts["proposals"].scores) <= 300 and bool((np.diff(found.parts["proposals"].scores) <= 0).all())
    assert found.parts["objectness 0"].heat.max() <= 1
    moved = ask("proposals", system, checkpoints, row=0, column=0)
    middle = moved.parts["anchors"].boxes.mean(0)
    assert abs((middle[0] + middle[2]) / 2) < 6 and abs((middle[1] + middle[3]) / 2) < 6  # around the picture's corner
    assert ask("proposals", system, checkpoints, level=99, row=999, column=-4).facts["level"] == len(facts["sizes"]) - 1


@pytest.mark.parametrize("system", ["ssd", "m2det"])
def test_default_boxes_by_level(system: str, checkpoints: dict[str, Path]) -> None:
    found = ask("default_boxes", system, checkpoints, level=1, row=7, column=10)
    assert len(found.parts["boxes"].scores) == 6
    middles = (found.parts["boxes"].boxes[:, :2] + found.parts["boxes"].boxes[:, 2:]) / 2
    assert np.allclose(middles, [200 * 10.5 / 20, 120 * 7.5 / 15], atol=0.5)
    sides = [np.sqrt(np.prod(np.diff(ask("default_boxes", system, checkpoints, level=k).parts["boxes"].boxes.reshape(-1, 2, 2), axis=1), axis=2)).mean() for k in (0, 1, 2)]
    assert sides == sorted(sides)
    assert found.facts["counts"][1] == 1800


def test_the_stages_of_rcnn(checkpoints: dict[str, Path]) -> None:
    found = ask("stages", "rcnn", checkpoints)
    assert len(found.facts["seconds"]) == 3 and min(found.facts["seconds"]) > 0
    assert len(found.parts["proposals"].scores) == found.facts["proposals"] > 24
    assert isinstance(found.parts["crop 0"], Picture) and found.parts["crop 0"].pixels.shape == (48, 48, 3)
    candidates = next(iter(detection._views.values())).seen.candidates
    for settings in ({"threshold": 0.5, "overlap": 0.45}, {"threshold": 0.1, "overlap": 0.0}):
        objects = list(dict.fromkeys(candidates.sources[keep(candidates, settings["threshold"], settings["overlap"])].tolist()))
        crops = ask("stages", "rcnn", checkpoints, **settings).facts["crops"]
        numbers, sure = [number for number, _, _ in crops], [score for _, _, score in crops]
        assert len(objects) > 1 and numbers[: len(objects)] == objects[:24], "each object has its crop before any has a second"
        assert sure[len(objects) :] == sorted(sure[len(objects) :], reverse=True)
        assert len(set(numbers)) == 24 and min(numbers) >= 0 and max(numbers) < found.facts["proposals"]
    counts = found.facts["regions"]
    assert counts == sorted(counts, reverse=True) and counts[0] > counts[-1] >= 1 and len(counts) == 4  # fine to coarse
    for k, count in enumerate(counts):
        painted = found.parts[f"regions {k}"].pixels
        assert painted.shape == PIXELS.shape and len(np.unique(painted.reshape(-1, 3), axis=0)) <= count
        assert np.abs(painted.reshape(-1, 3).mean(0) - PIXELS.reshape(-1, 3).mean(0)).max() < 2  # means keep the mean


@pytest.mark.parametrize(("task", "system"), [("levels", "yolo"), ("cells", "ssd"), ("proposals", "ssd"), ("default_boxes", "fpn"), ("stages", "yolo")])
def test_what_a_detector_has_not_is_said(task: str, system: str, checkpoints: dict[str, Path]) -> None:
    with pytest.raises(InputError, match="has no"):
        ask(task, system, checkpoints)


def test_no_detector_is_refused() -> None:
    with pytest.raises(InputError, match="finds objects"):
        [*detection.network(system="resnet", picture=PIXELS)]


def test_the_network_and_the_picture_stay_at_hand(checkpoints: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    ask("network", "ssd", checkpoints)
    monkeypatch.setattr(detection, "load", None)
    monkeypatch.setattr(detection.Running, "view", None)
    assert isinstance(ask("levels", "ssd", checkpoints), Bundle)
