"""Streets with boxes at the networks' size."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from explorer.engine.data import camvid, street_boxes
from explorer.engine.data.boxed import CLASSES, STREET


def test_drawn_streets_have_boxes_of_all_kinds() -> None:
    scenes = [street_boxes.draw(seed, 120, 160) for seed in range(8)]
    assert {CLASSES[int(label)] for scene in scenes for label in scene.labels} <= set(STREET)
    assert any((scene.labels == CLASSES.index("car")).any() for scene in scenes)
    assert all(scene.size == (120, 160) for scene in scenes)
    assert np.array_equal(scenes[0].pixels, street_boxes.draw(0, 120, 160).pixels)


def test_boxes_are_those_of_the_labels_scaled(data_folder: Path) -> None:
    found = street_boxes.load("test", data_folder, limit=3)
    labels = camvid.load("test", data_folder, limit=3).labels
    assert found.file == "camvid_test.tar" and len(found.scenes) == 3
    for scene, picture in zip(found.scenes, labels, strict=True):
        assert scene.size == (240, 320)
        assert {CLASSES[int(label)] for label in scene.labels} <= set(STREET)
        whole = camvid.boxes_of(picture.numpy(), least=0.0)
        assert len(scene.boxes) == len(whole.boxes)
        assert np.allclose(scene.boxes, whole.boxes * (2 / 3), atol=1e-3)
        small = np.prod(scene.boxes[:, 2:] - scene.boxes[:, :2], axis=1) < 100
        assert (scene.ignored == (whole.ignored | small)).all()
