"""What a page lacks is found out from the files: take any one piece away and it is named."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from explorer.catalogue import Claim, Scene, System, Threshold, Variant
from explorer.catalogue.readiness import Places, here, missing, ready
from explorer.words import Text, same

WORD = same("x")
TEXT_EN = "# What it is\nx\n# Why it mattered\nx\n# For\n- x\n# Against\n- x\n"
TEXT_JA = "# 何をする系か\nx\n# なぜ大事か\nx\n# For\n- x\n# Against\n- x\n"

MODELS = "explorer.engine.models.recognition.made"
SYSTEM = System(
    id="made",
    section="recognition",
    name=WORD,
    year=2020,
    papers=(),
    line=WORD,
    sentence=WORD,
    variants=(
        Variant("small", WORD, model=f"{MODELS}:small", weights="bundled", file="small.safetensors"),
        Variant("large", WORD, model=f"{MODELS}:Large", weights="none"),
    ),
    claims=(
        Claim(
            "made.word",
            "+",
            WORD,
            WORD,
            WORD,
            WORD,
            (Threshold("a", 1.0, 0.5),),
            experiment="explorer.engine.experiments.recognition.made:word",
        ),
    ),
    page="classify",
    input="picture",
    lenses=("filters",),
)
FILES = {
    "explorer/engine/models/recognition/made.py": "import torch\n\ndef small(): ...\n\nclass Large: ...\n",
    "explorer/engine/tasks/recognition.py": "def filters():\n    yield\n",
    "explorer/engine/experiments/recognition/made.py": "def word(run):\n    yield\n",
    "explorer/window/pages/classify.py": "",
    "explorer/window/panels/made.py": "",
    "tests/window/panels/test_made.py": "",
    "assets/texts/made.ja.md": TEXT_JA,
    "assets/texts/made.en.md": TEXT_EN,
    "weights/small.safetensors": "",
    "weights/small.json": "{}",
}


@pytest.fixture
def places(tmp_path: Path) -> Places:
    for name, content in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return Places(
        tmp_path / "explorer", tmp_path / "assets" / "texts", tmp_path / "weights", tmp_path / "tests"
    )


def said(lacks: tuple[Text, ...]) -> list[str]:
    return [text.en for text in lacks]


def test_nothing_is_missing_when_every_piece_is_there(places: Places) -> None:
    assert missing(SYSTEM, places) == ()
    assert ready(SYSTEM, places)


@pytest.mark.parametrize("name", FILES)
def test_each_file_taken_away_is_reported_and_only_that(places: Places, name: str) -> None:
    (places.package.parent / name).unlink()
    assert said(missing(SYSTEM, places)) == [f"the file {name}"]
    assert not ready(SYSTEM, places)


@pytest.mark.parametrize(
    ("name", "gone"),
    [
        ("explorer/engine/models/recognition/made.py", "small"),
        ("explorer/engine/models/recognition/made.py", "Large"),
        ("explorer/engine/tasks/recognition.py", "filters"),
        ("explorer/engine/experiments/recognition/made.py", "word"),
    ],
)
def test_each_name_taken_away_is_reported(places: Places, name: str, gone: str) -> None:
    path = places.package.parent / name
    path.write_text(path.read_text().replace(f" {gone}", " other"))
    assert said(missing(SYSTEM, places)) == [f"{gone} in {name}"]


def test_a_name_that_only_appears_inside_something_is_not_defined(places: Places) -> None:
    name = "explorer/engine/tasks/recognition.py"
    (places.package.parent / name).write_text(
        "class Other:\n    def filters(self): ...\n\nprint('filters')\n"
    )
    assert said(missing(SYSTEM, places)) == [f"filters in {name}"]


def test_a_name_may_be_assigned(places: Places) -> None:
    path = places.package / "engine" / "models" / "recognition" / "made.py"
    path.write_text("small = build\nLarge: type = build\n")
    assert ready(SYSTEM, places)


def test_a_file_that_is_not_python_defines_nothing(places: Places) -> None:
    (places.package / "engine" / "tasks" / "recognition.py").write_text("def filters(:\n")
    assert not ready(SYSTEM, places)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda s: dataclasses.replace(s, page=""), "its kind of page in the catalogue"),
        (lambda s: dataclasses.replace(s, lenses=("x-ray",)), "an entry for the lens “x-ray”"),
        (
            lambda s: dataclasses.replace(s, claims=(dataclasses.replace(s.claims[0], experiment=""),)),
            "an experiment for the claim made.word",
        ),
        (
            lambda s: dataclasses.replace(s, variants=s.variants[1:]),
            "a variant that runs as it is: bundled weights, or trained live",
        ),
    ],
)
def test_each_gap_in_the_catalogue_is_reported(
    places: Places, change: Callable[[System], System], sentence: str
) -> None:
    assert said(missing(change(SYSTEM), places)) == [sentence]


def test_a_page_trained_live_needs_no_weights(places: Places) -> None:
    (places.weights / "small.safetensors").unlink()
    (places.weights / "small.json").unlink()
    live = dataclasses.replace(SYSTEM.variants[0], weights="live", file="")
    assert ready(dataclasses.replace(SYSTEM, variants=(live,)), places)


def test_a_scene_needs_its_page_and_what_it_names(places: Places) -> None:
    line = Text("線", "line")
    scene = Scene(id="scene", section="recognition", name=line, line=line, sentence=line, page="classify")
    assert ready(scene, places)
    assert said(missing(dataclasses.replace(scene, page="nothing"), places)) == ["the file explorer/window/pages/nothing.py"]
    assert missing(dataclasses.replace(scene, variants=SYSTEM.variants[1:]), places)  # weights it names must be there


def test_a_text_out_of_form_is_reported(places: Places) -> None:
    (places.texts / "made.en.md").write_text("# What it is\nx\n")
    [sentence] = said(missing(SYSTEM, places))
    assert sentence.startswith("the fixed form of assets/texts/made.en.md")


def test_an_installed_program_has_no_tests_and_packaged_files(tmp_path: Path) -> None:
    for name, content in FILES.items():
        if name.startswith("tests/"):
            continue
        moved = name.replace("assets/", "explorer/_assets/").replace("weights/", "explorer/_weights/")
        path = tmp_path / moved
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    package = tmp_path / "explorer"
    installed = Places(package, package / "_assets" / "texts", package / "_weights", None)
    assert ready(SYSTEM, installed)
    (package / "_weights" / "small.json").unlink()
    assert said(missing(SYSTEM, installed)) == ["the file explorer/_weights/small.json"]


def test_here_is_this_checkout() -> None:
    places = here()
    assert (places.package / "catalogue" / "readiness.py").is_file()
    assert places.tests is not None and (places.tests / "catalogue" / "test_readiness.py").is_file()


def test_the_catalogue_needs_only_the_standard_library() -> None:
    code = (
        "import sys; before = set(sys.modules)\n"
        "import explorer.catalogue.readiness, explorer.catalogue.timelines, explorer.catalogue.classes\n"
        "import explorer.catalogue.judge\n"
        "new = {name.split('.')[0] for name in set(sys.modules) - before}\n"
        "print(sorted(new - set(sys.stdlib_module_names) - {'explorer'}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
