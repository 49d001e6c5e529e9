"""BCCD is read as it is, and what is no BCCD is refused in words."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from explorer.engine.data import bccd
from explorer.engine.data.boxed import CELLS, CLASSES
from explorer.words import InputError

XML = """<annotation><object><name>{name}</name><bndbox><xmin>64</xmin><ymin>48</ymin><xmax>192</xmax><ymax>144</ymax></bndbox></object>
<object><name>RBC</name><bndbox><xmin>10</xmin><ymin>10</ymin><xmax>10</xmax><ymax>10</ymax></bndbox></object></annotation>"""


def write(folder: Path, names: dict[str, str], xml: str = XML) -> None:
    with tarfile.open(folder / "bccd_train.tar", "w") as archive:
        for name, label in names.items():
            picture = io.BytesIO()
            Image.fromarray(np.full((480, 640, 3), 200, np.uint8)).save(picture, "JPEG")
            for path, content in ((f"images/{name}.jpg", picture.getvalue()), (f"annotations/{name}.xml", xml.format(name=label).encode())):
                member = tarfile.TarInfo(path)
                member.size = len(content)
                archive.addfile(member, io.BytesIO(content))


def test_pictures_and_boxes_at_the_networks_size(tmp_path: Path) -> None:
    write(tmp_path, {"b": "WBC", "a": "Platelets"})
    found = bccd.load("train", tmp_path)
    assert [scene.name for scene in found.scenes] == ["a", "b"]
    assert found.scenes[0].size == (240, 320)
    assert found.scenes[0].boxes.tolist() == [[32, 24, 96, 72]]
    assert [CLASSES[int(scene.labels[0])] for scene in found.scenes] == ["Platelets", "WBC"]
    assert len(found.sha256) == 64


def test_only_so_many(tmp_path: Path) -> None:
    write(tmp_path, dict.fromkeys("abcd", "RBC"))
    assert [scene.name for scene in bccd.load("train", tmp_path, limit=2).scenes] == ["a", "c"]


def test_no_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="bccd_val"):
        bccd.load("val", tmp_path)


@pytest.mark.parametrize("content", [b"", b"no archive", b"\0" * 2048])
def test_a_damaged_file_is_said(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "bccd_train.tar").write_bytes(content)
    with pytest.raises(InputError, match="damaged"):
        bccd.load("train", tmp_path)


def test_broken_annotations_are_said(tmp_path: Path) -> None:
    write(tmp_path, {"a": "RBC"}, XML.replace("<ymax>144</ymax>", ""))
    with pytest.raises(InputError, match="damaged"):
        bccd.load("train", tmp_path)


def test_the_real_file(data_folder: Path) -> None:
    found = bccd.load("train", data_folder, limit=8)
    labels = {CLASSES[int(label)] for scene in found.scenes for label in scene.labels}
    assert len(found.scenes) == 8 and labels == set(CELLS)
    assert sum(len(scene.labels) for scene in found.scenes) > 8 * 6
