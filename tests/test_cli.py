"""The shell: what is printed, and bad input in one sentence with exit code 2."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from explorer.cli import main
from explorer.words import InputError, Text


def shell(*arguments: str, cwd: Path | None = None, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    root = str(Path(__file__).resolve().parents[1])
    environment = {**os.environ, "PYTHONPATH": root, **(env or {})}
    return subprocess.run([sys.executable, "-m", "explorer", *arguments], capture_output=True, text=True, cwd=cwd, env=environment, timeout=280)


def test_systems_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["systems", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert len(rows) == 43 and sum(len(r["claims"]) for r in rows) == 88
    assert set(rows[0]) == {"id", "section", "year", "ready", "builds_on", "variants", "claims"}
    for row in rows:
        assert isinstance(row["ready"], bool)
        for variant in row["variants"]:
            assert set(variant) == {"name", "parameters", "weights", "metric"} and variant["weights"] in ("bundled", "download", "none")


def test_systems_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["systems"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 43 and any("resnet" in line and "2015" in line for line in lines)


@pytest.mark.parametrize("arguments", [
    ["show", "nothing", "--out", "x.png"],
    ["show", "resnet", "--variant", "resnet9000", "--out", "x.png"],
    ["show", "resnet", "--lens", "kaleidoscope", "--out", "x.png"],
    ["claims", "resnet.magic"],
    ["claims", "stargan"],
    ["claims", "neuron", "--data", "/nowhere/at/all"],
    ["train", "nothing"],
    ["train", "q_learning"],
])
def test_bad_input_is_one_sentence_and_code_2(arguments: list[str], capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 2
    captured = capsys.readouterr()
    assert captured.out == "" and len(captured.err.strip().splitlines()) == 1 and "Traceback" not in captured.err
    assert not list(tmp_path.iterdir())


def test_claims_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["claims", "neuron.xor", "--quick", "--json"]) == 0
    (found,) = json.loads(capsys.readouterr().out)
    assert found["id"] == "neuron.xor" and found["verdict"] in ("holds", "caveat", "fails", "undecided") and found["quick"]
    assert found["numbers"] and found["seconds"] < 20


def test_a_claim_that_cannot_be_measured_does_not_keep_the_others_from_it(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    from explorer.engine.experiments import run as experiments

    measure = experiments.measure

    def partly(claim: Any, run: Any) -> Any:
        if claim.id == "neuron.weighted_sum":
            raise InputError(Text("重みがありません。", "There are no weights."))
        return measure(claim, run)

    monkeypatch.setattr(experiments, "measure", partly)
    assert main(["claims", "neuron.weighted_sum", "vgg.small", "--quick", "--json"]) == 2
    captured = capsys.readouterr()
    assert [one["id"] for one in json.loads(captured.out)] == ["vgg.small"] and "There are no weights." in captured.err


def test_claims_say_on_which_data_and_how_they_differ(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["claims", "vgg.small", "--quick"]) == 0
    shown = capsys.readouterr().out
    assert "fails" in shown and "Data: No data: the networks are built and counted. Seeds: 1" in shown
    assert "Unlike the paper: " in shown and "section 2.3" in shown


def test_the_sentence_is_in_the_shells_language() -> None:
    done = shell("show", "nothing", "--out", "x.png", env={"DS_EXPLORER_LANGUAGE": "ja"})
    assert done.returncode == 2 and "というシステムはありません" in done.stderr


def test_an_early_closed_pipe_is_no_traceback() -> None:
    done = subprocess.run(f"{sys.executable} -m explorer systems --json | head -c 10", shell=True, capture_output=True, text=True, timeout=60, cwd=Path(__file__).parents[1])
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("arguments", [["--ray", "10.0.0.1:6379", "systems"], ["train", "nothing", "--ray", "10.0.0.1:6379"]])
def test_where_actors_run_is_passed_on(arguments: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DS_EXPLORER_RAY", "")
    main(arguments)
    assert os.environ["DS_EXPLORER_RAY"] == "10.0.0.1:6379"
