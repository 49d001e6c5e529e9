"""What all recipes share."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from torch import nn

from explorer.engine.recipes import recipe
from explorer.engine.recipes.recipe import RecipeStep, half, load_checkpoint, save_checkpoint, single, write_weights
from explorer.engine.weights.cards import file_sha256
from explorer.engine.weights.load import fit
from explorer.words import InputError, Text


def test_a_step_reads_well() -> None:
    step = RecipeStep(Text("学習中", "training"), 0.4321, 10.0, 125.2, {"loss": 0.51234})
    assert str(step) == " 43.2 %  training  loss 0.5123  2:05 left"


def test_a_checkpoint_of_other_settings_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "checkpoint.pt"
    assert load_checkpoint(path, {}) is None
    save_checkpoint(path, {"settings": {"epochs": 2.0}, "weights": torch.ones(2)})
    assert load_checkpoint(path, {"epochs": 3.0}) is None
    found = load_checkpoint(path, {"epochs": 2.0})
    assert found is not None and found["weights"].tolist() == [1, 1]


def test_a_kill_while_saving_leaves_the_old_checkpoint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "checkpoint.pt"
    save_checkpoint(path, {"settings": {}, "done": 1})

    def killed(value: object, file: Path) -> None:
        file.write_bytes(b"half a ")
        raise KeyboardInterrupt

    monkeypatch.setattr(torch, "save", killed)
    with pytest.raises(KeyboardInterrupt):
        save_checkpoint(path, {"settings": {}, "done": 2})
    found = load_checkpoint(path, {})
    assert found is not None and found["done"] == 1


def test_halved_weights_come_back_as_they_were_written(tmp_path: Path) -> None:
    state = {"weight": torch.randn(3, 4), "count": torch.tensor(7)}
    path = tmp_path / "deep" / "a.safetensors"
    size, sha256 = write_weights(path, half(state))
    assert (size, sha256) == (path.stat().st_size, file_sha256(path))
    found = single(load_file(path))
    assert found["weight"].dtype == torch.float32 and found["count"] == 7 and found["count"].dtype == torch.int64
    torch.testing.assert_close(found["weight"], state["weight"], atol=2e-3, rtol=1e-3)
    assert [one.name for one in path.parent.iterdir()] == ["a.safetensors"]


def test_counts_of_batches_are_left_out_and_not_missed(tmp_path: Path) -> None:
    network = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4))
    x = torch.randn(2, 3, 8, 8)
    network(x)
    path = tmp_path / "a.safetensors"
    write_weights(path, network.state_dict())
    assert set(network.state_dict()) - set(load_file(path)) == {"1.num_batches_tracked"}
    found = fit(lambda: nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4)), path)
    assert torch.equal(found.eval()(x), network.eval()(x))


def test_variants_are_checked() -> None:
    assert recipe.check_variant(None, ("a", "b")) == "a"
    assert recipe.check_variant("b", ("a", "b")) == "b"
    with pytest.raises(InputError, match="a, b"):
        recipe.check_variant("c", ("a", "b"))


def test_the_work_folder_lies_in_the_cache_unless_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recipe.platformdirs, "user_cache_dir", lambda name: str(tmp_path / "cache" / name))
    assert recipe.work_folder(None, "x") == tmp_path / "cache" / "ds-explorer" / "train" / "x"
    assert recipe.work_folder(tmp_path, "x") == tmp_path / "x"
    assert (tmp_path / "x").is_dir()


def test_the_clock_counts_all_runs_and_guesses_what_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(recipe.time, "monotonic", lambda: now[0])
    clock = recipe.Clock(seconds=50.0, save_every=60.0)
    assert clock.remaining(0.5, 0.5) is None
    now[0] += 20
    assert clock.seconds == 70
    assert clock.remaining(before=0.5, now=0.6) == pytest.approx(80)
    assert not clock.save_due()
    now[0] += 41
    assert clock.save_due() and not clock.save_due()
