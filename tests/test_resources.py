"""Packaged files are found in an installed package and in a checkout alike."""

from __future__ import annotations

from pathlib import Path

from explorer.resources import PACKAGE, resource


def put(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("x")
    return path


def test_a_checkout_has_its_folders_beside_the_package(tmp_path: Path) -> None:
    package = tmp_path / "explorer"
    file = put(tmp_path / "weights" / "a.safetensors")
    assert resource("weights", "a.safetensors", package) == file
    assert resource("weights", package=package) == tmp_path / "weights"


def test_an_installed_package_has_them_inside(tmp_path: Path) -> None:
    package = tmp_path / "explorer"
    file = put(package / "_assets" / "texts" / "a.en.md")
    assert resource("assets", "texts/a.en.md", package) == file
    assert resource("assets", "texts", package) == file.parent


def test_inside_comes_first(tmp_path: Path) -> None:
    package = tmp_path / "explorer"
    put(tmp_path / "weights" / "a.json")
    inside = put(package / "_weights" / "a.json")
    assert resource("weights", "a.json", package) == inside


def test_a_missing_file_has_the_path_it_would_have(tmp_path: Path) -> None:
    package = tmp_path / "explorer"
    assert resource("weights", "a.json", package) == tmp_path / "weights" / "a.json"
    put(package / "_weights" / "b.json")
    assert resource("weights", "a.json", package) == package / "_weights" / "a.json"


def test_the_package_is_this_one() -> None:
    assert (PACKAGE / "resources.py").is_file()
