"""What is kept from one start to the next."""

from __future__ import annotations

from pathlib import Path

from explorer.window.settings import RECENT_FILES, SAVED_BYTES, Settings


def test_everything_comes_back_from_the_file(tmp_path: Path) -> None:
    path = tmp_path / "kept.ini"
    first = Settings()
    first.use(path)
    assert (first.language, first.dark, first.page, first.recent_files()) == ("", None, "", [])
    first.language, first.dark, first.page = "ja", False, "resnet"
    first.keep_page_state("resnet", {"layer": "層3", "unit": 5})
    first.keep_claims("resnet", {"resnet.gradient": {"guess": "holds", "verdict": None}})
    first.sync()
    second = Settings()
    second.use(path)
    assert (second.language, second.dark, second.page) == ("ja", False, "resnet")
    assert second.page_state("resnet") == {"layer": "層3", "unit": 5}
    assert second.claims("resnet")["resnet.gradient"]["guess"] == "holds"


def test_recent_files_newest_first_once_each(tmp_path: Path) -> None:
    kept = Settings()
    kept.use(tmp_path / "kept.ini")
    for k in range(RECENT_FILES + 3):
        kept.add_recent(str(tmp_path / f"{k}.png"))
    kept.add_recent(str(tmp_path / "5.png"))
    found = kept.recent_files()
    assert len(found) == RECENT_FILES == len(set(found))
    assert found[0] == str(tmp_path / "5.png")
    assert kept.last_folder() == str(tmp_path)


def test_what_cannot_be_kept_is_passed_over(tmp_path: Path) -> None:
    kept = Settings()
    kept.use(tmp_path / "kept.ini")
    kept.keep_page_state("a", {"x": object()})
    kept.keep_page_state("b", {"x": "y" * (SAVED_BYTES + 1)})
    assert kept.page_state("a") == {} and kept.page_state("b") == {}


def test_a_broken_file_is_as_good_as_none(tmp_path: Path) -> None:
    path = tmp_path / "kept.ini"
    path.write_text("[pages]\nresnet=not json\n[window]\nlanguage=xx\ndark=perhaps\n", encoding="utf-8")
    kept = Settings()
    kept.use(path)
    assert (kept.page_state("resnet"), kept.language, kept.dark) == ({}, "", None)


def test_in_memory_writes_nothing(tmp_path: Path) -> None:
    kept = Settings()
    kept.use(tmp_path / "kept.ini")
    kept.in_memory()
    kept.language = "ja"
    kept.keep_page_state("resnet", {"a": 1})
    kept.sync()
    assert kept.page_state("resnet") == {"a": 1}
    assert not (tmp_path / "kept.ini").exists()


def test_ready_systems_count_only_for_their_stamp(tmp_path: Path) -> None:
    kept = Settings()
    kept.use(tmp_path / "kept.ini")
    kept.keep_ready_systems("one", ["resnet"])
    assert kept.ready_systems("one") == ["resnet"]
    assert kept.ready_systems("two") is None


def test_an_offer_is_made_at_one_start_only_and_not_again_once_answered(tmp_path: Path) -> None:
    kept = Settings()
    kept.use(tmp_path / "kept.ini")
    assert kept.may_offer("weights")
    kept.offered("weights")
    assert kept.may_offer("weights") and kept.may_offer("another"), "for the rest of this start"
    kept.sync()
    later = Settings()
    later.use(tmp_path / "kept.ini")
    assert not later.may_offer("weights") and later.may_offer("another")
    kept.offered("another", answered=True)
    assert not kept.may_offer("another")
