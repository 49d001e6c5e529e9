"""CamVid: the right picture with the right labels; boxes follow from the regions, and what is cut or tiny is ignored."""

from __future__ import annotations

import hashlib
import io
import tarfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from explorer.catalogue.classes import CAMVID, COLOURS
from explorer.engine.data import camvid
from explorer.words import InputError

CAR, PERSON, BICYCLIST, POLE, ROAD = (camvid.CLASSES.index(one) for one in ("car", "pedestrian", "bicyclist", "pole", "road"))


def write(path: Path, count: int, value: int | None = None) -> None:
    """A file in the form of CamVid's: picture i is of one grey, 10 i, and every label in it is i (or ``value``)."""
    with tarfile.open(path, "w") as archive:
        for index in reversed(range(count)):
            for folder, mode, shade, kind in (("images", "RGB", (10 * index,) * 3, "JPEG"), ("labels", "L", index if value is None else value, "PNG")):
                out = io.BytesIO()
                Image.new(mode, (48, 36), shade).save(out, kind)
                member = tarfile.TarInfo(f"{folder}/{index:03}.{'jpg' if kind == 'JPEG' else 'png'}")
                member.size = out.tell()
                archive.addfile(member, io.BytesIO(out.getvalue()))


def test_pictures_labels_and_hash(tmp_path: Path) -> None:
    path = tmp_path / "camvid_train.tar"
    write(path, 12)
    found = camvid.load("train", tmp_path, size=(18, 24), label_size=(36, 48))
    assert found.images.shape == (12, 3, 18, 24) and found.labels.shape == (12, 36, 48) and len(found) == 12
    assert [abs(int(one) - 10 * index) <= 1 for index, one in enumerate(found.images[:, 0, 5, 5])] == [True] * 12
    assert found.labels[:, 3, 4].tolist() == list(range(12))
    assert found.names[:2] == ("000", "001") and found.file == path.name
    assert found.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert camvid.load("train", tmp_path, limit=4).labels[:, 0, 0].tolist() == [0, 3, 6, 9]


def test_no_file_or_another_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is not in the folder"):
        camvid.load("test", tmp_path)
    (tmp_path / "camvid_test.tar").write_bytes(b"no archive")
    with pytest.raises(InputError, match="is not a CamVid file"):
        camvid.load("test", tmp_path)
    write(tmp_path / "camvid_test.tar", 2, value=12)
    with pytest.raises(InputError, match="is not a CamVid file"):
        camvid.load("test", tmp_path)


def street() -> np.ndarray:
    return np.full((120, 160), ROAD, dtype=np.uint8)


def test_a_box_is_that_of_its_region() -> None:
    labels = street()
    labels[30:60, 40:90] = CAR
    labels[100:120, 150:160] = BICYCLIST  # at the edge of the picture
    found = camvid.boxes_of(labels)
    assert found.boxes.tolist() == [[40, 30, 90, 60], [150, 100, 160, 120]]
    assert [camvid.BOXED[kind] for kind in found.kinds] == ["car", "bicyclist"]
    assert not found.ignored.any() and len(found) == 2


def test_nothing_there() -> None:
    found = camvid.boxes_of(street())
    assert found.boxes.shape == (0, 4) and len(found) == 0


def test_tiny_boxes_are_ignored() -> None:
    labels = street()
    labels[10:19, 10:19] = CAR
    labels[50:63, 50:58] = PERSON  # 8 wide and 13 high: more than 10 x 10
    found = camvid.boxes_of(labels)
    assert found.ignored.tolist() == [True, False]
    assert camvid.boxes_of(labels, least=5).ignored.tolist() == [False, False]


def test_a_car_cut_by_a_pole_in_front_is_ignored_and_behind_it_is_not() -> None:
    labels = street()
    labels[30:60, 40:90] = CAR
    labels[10:80, 60:64] = POLE
    assert camvid.boxes_of(labels).ignored.tolist() == [True, True]
    labels = street()
    labels[10:50, 90:94] = POLE  # ends higher up, so it stands behind
    labels[30:60, 40:90] = CAR
    assert camvid.boxes_of(labels).ignored.tolist() == [False]


def test_a_person_before_a_car_counts_and_the_car_does_where_its_box_is_whole() -> None:
    labels = street()
    labels[30:60, 40:90] = CAR
    labels[25:70, 60:72] = PERSON
    found = camvid.boxes_of(labels)
    assert [camvid.BOXED[kind] for kind in found.kinds[~found.ignored]] == ["pedestrian"]
    labels[25:70, 60:72] = ROAD
    labels[30:60, 40:90] = CAR
    labels[55:75, 60:72] = PERSON  # covers a little of its lower edge
    assert not camvid.boxes_of(labels).ignored.any()


def test_every_class_has_a_colour() -> None:
    assert len(set(COLOURS["camvid"])) == len(CAMVID) == camvid.IGNORED == 11


def test_the_true_files(data_folder: Path) -> None:
    found = camvid.load("test", data_folder, limit=3)
    assert found.images.shape == (3, 3, 360, 480) and found.names[0].startswith("0001TP")
    assert 0.2 < (found.labels == camvid.CLASSES.index("road")).float().mean() < 0.5
