"""Lessons as files: what is written is read again, the user's files travel along, and nothing else is taken for a lesson."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from explorer import catalogue
from explorer.window.lesson import LARGEST_FILE, PARTS, SUFFIX, Lesson, Step, names_of, read, write
from explorer.words import ExplorerError, InputError, Text, same


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    lesson = Lesson(Text("題", "Title"), (Step("dnn", {"seed": 7, "hidden": [4, 3]}, Text("見る", "Look")), Step("resnet")), ("card", "lenses"))
    assert write(lesson, tmp_path / "a.dslesson") == []
    found = read(tmp_path / "a.dslesson", tmp_path / "kept")
    assert found == Lesson(lesson.title, lesson.steps, ("lenses", "card"))
    assert found.guided and not Lesson(same("x"), (Step("dnn"),)).guided


def test_the_users_picture_travels_along_and_opens_elsewhere(tmp_path: Path) -> None:
    picture = tmp_path / "here" / "dog.png"
    picture.parent.mkdir()
    picture.write_bytes(b"pixels")
    write(Lesson(same("t"), (Step("resnet", {"input": str(picture), "more": [str(picture)], "pasted": b"png"}),)), tmp_path / "a.dslesson")
    picture.unlink()
    state = read(tmp_path / "a.dslesson", tmp_path / "there").steps[0].state
    assert Path(state["input"]).read_bytes() == b"pixels" and state["more"] == [state["input"]]
    assert Path(state["input"]).name == "dog.png" and (tmp_path / "there") in Path(state["input"]).parents
    assert Path(state["pasted"]).read_bytes() == b"png"


def test_a_file_too_large_is_named_and_not_packed(tmp_path: Path) -> None:
    weights = tmp_path / "net.safetensors"
    with weights.open("wb") as file:
        file.truncate(LARGEST_FILE + 1)
    assert write(Lesson(same("t"), (Step("resnet", {"weights": str(weights)}),)), tmp_path / "a.dslesson") == [str(weights)]
    assert (tmp_path / "a.dslesson").stat().st_size < 1000


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "null", '{"program": "other"}', '{"program": "ds-explorer", "lesson": 1, "steps": []}', '{"program": "ds-explorer", "lesson": 1, "steps": [{"page": 3}]}',
     '{"program": "ds-explorer", "lesson": 1, "steps": [{"page": "dnn", "state": []}]}', "[" * 100_000,
     '{"program": "ds-explorer", "lesson": 1, "steps": [{"page": "dnn", "state": {"input": {"$file": "none"}}}]}',
     '{"program": "ds-explorer", "lesson": 1, "steps": [{"page": "dnn"}], "files": {"a": "not base64!"}}'],
)  # fmt: skip
def test_what_is_no_lesson_is_said_so(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.dslesson").write_text(text)
    with pytest.raises(InputError, match="not a lesson"):
        read(tmp_path / "a.dslesson", tmp_path)


def test_bytes_a_missing_file_and_a_newer_one_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.dslesson").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "b.dslesson").write_text('{"program": "ds-explorer", "lesson": 99, "steps": [{"page": "dnn"}]}')
    for name, words in (("a", "not a lesson"), ("b", "newer"), ("c", "cannot be opened")):
        with pytest.raises(InputError, match=words):
            read(tmp_path / f"{name}.dslesson", tmp_path)


def test_a_name_inside_never_leads_out_of_the_folder(tmp_path: Path) -> None:
    whole = {"program": "ds-explorer", "lesson": 1, "steps": [{"page": "dnn", "state": {"input": {"$file": "../../evil.png"}}}], "files": {"../../evil.png": "AAAA"}}
    (tmp_path / "a.dslesson").write_text(json.dumps(whole))
    keep = tmp_path / "deep" / "keep"
    place = Path(read(tmp_path / "a.dslesson", keep).steps[0].state["input"])
    assert keep in place.resolve().parents and not (tmp_path / "deep" / "evil.png").exists() and not (tmp_path / "evil.png").exists()


def test_what_cannot_be_written_leaves_the_old_file(tmp_path: Path) -> None:
    with pytest.raises(ExplorerError, match="cannot be written"):
        write(Lesson(same("t"), (Step("dnn"),)), tmp_path / "no folder" / "a.dslesson")


@pytest.mark.parametrize("chapter", [1, 2, 3, 4])
def test_every_chapter_has_a_lesson_on_pages_there_are_in_both_languages(chapter: int, tmp_path: Path) -> None:
    names = names_of(chapter)
    assert names
    for name in names:
        lesson = read(Path(__file__).parents[2] / "assets" / "lessons" / f"{name}{SUFFIX}", tmp_path)
        assert lesson.title.ja != lesson.title.en and set(lesson.hide) <= set(PARTS)
        for step in lesson.steps:
            assert step.say is not None and step.say.ja != step.say.en
            entry = catalogue.page(step.page)
            assert step.state.get("lens", "") in ("", *entry.lenses)
            assert "variant" not in step.state or step.state["variant"] in [v.name for v in entry.variants]
