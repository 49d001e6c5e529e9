"""Files of weights: read without running code, fitted strictly, refused in one sentence."""

from __future__ import annotations

import os
import pickle
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from explorer.engine.models.recognition.densenet import densenet_bc_40_12
from explorer.engine.models.recognition.squeezenet import squeezenet1_1_small
from explorer.engine.weights.load import blueprint, fit, fit_state, read_weights
from explorer.words import InputError

torch.set_num_threads(1)


class Net(nn.Module):
    def __init__(self, classes: int = 10) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3)
        self.bn = nn.BatchNorm2d(4)
        self.fc = nn.Linear(4, classes)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        out: torch.Tensor = self.fc(self.bn(self.conv(x)).mean((2, 3)))
        return out


def state(classes: int = 10) -> dict[str, torch.Tensor]:
    return Net(classes).state_dict()


def save(path: Path, content: Any) -> Path:
    if path.suffix == ".safetensors":
        save_file(content, path)
    else:
        torch.save(content, path)
    return path


def refusal(path: Path | str) -> str:
    with pytest.raises(InputError) as caught:
        fit(Net, path)
    text = caught.value.text
    assert "\n" not in text.ja + text.en and text.en.endswith(".") and text.ja.endswith("。") and len(text.en) < 300
    return text.en


def same_outputs(one: nn.Module, content: dict[str, torch.Tensor], classes: int = 10) -> bool:
    other = Net(classes).eval()
    other.load_state_dict(content)
    x = torch.randn(2, 3, 8, 8)
    with torch.no_grad():
        return torch.equal(one(x), other(x))


@pytest.mark.parametrize("suffix", [".safetensors", ".pth"])
def test_weights_load_and_the_network_is_in_evaluation_mode(tmp_path: Path, suffix: str) -> None:
    content = state()
    network = fit(Net, save(tmp_path / f"w{suffix}", content))
    assert not any(module.training for module in network.modules())
    assert all(p.requires_grad and not p.is_meta for p in network.parameters())
    assert same_outputs(network, content)


@pytest.mark.parametrize(
    "wrap",
    [
        lambda s: {"state_dict": s, "epoch": 3, "optimizer": {"lr": 0.1}},
        lambda s: {"model": s},
        lambda s: {f"module.{k}": v for k, v in s.items()},
        lambda s: {"state_dict": {f"module.{k}": v for k, v in s.items()}},
        lambda s: {"state_dict": {f"model.{k}": v for k, v in s.items()}},
        lambda s: {f"_orig_mod.{k}": v for k, v in s.items()},
        lambda s: {k: nn.Parameter(v) if v.is_floating_point() else v for k, v in s.items()},
        lambda s: {k: v.double() for k, v in s.items()},
        lambda s: {k: v for k, v in s.items() if "num_batches" not in k},
    ],
)
def test_the_ways_people_save_checkpoints(tmp_path: Path, wrap: Any) -> None:
    content = state()
    network = fit(Net, save(tmp_path / "w.pth", wrap(content)))
    assert same_outputs(network, content)
    assert all(p.dtype == torch.float32 for p in network.parameters())


def test_the_old_format_of_torch(tmp_path: Path) -> None:
    content = state()
    torch.save(content, tmp_path / "old.pth", _use_new_zipfile_serialization=False)
    assert same_outputs(fit(Net, tmp_path / "old.pth"), content)


@pytest.mark.parametrize("classes", [2, 37])
def test_another_number_of_classes_is_taken_from_the_last_layer(tmp_path: Path, classes: int) -> None:
    content = state(classes)
    network = fit(Net, save(tmp_path / "w.safetensors", content))
    assert network.get_submodule("fc").out_features == classes
    assert same_outputs(network, content, classes)


def test_wrong_names_and_shapes_name_the_first(tmp_path: Path) -> None:
    content = state()
    assert "conv.weight" in refusal(save(tmp_path / "a.pth", {f"x.{k}": v for k, v in content.items()}))
    lacking = {k: v for k, v in content.items() if k != "bn.bias"}
    assert "bn.bias" in refusal(save(tmp_path / "b.pth", lacking))
    assert "extra.weight" in refusal(save(tmp_path / "c.pth", {**content, "extra.weight": torch.zeros(1)}))
    text = refusal(save(tmp_path / "d.safetensors", {**content, "conv.weight": torch.zeros(5, 3, 3, 3)}))
    assert "conv.weight" in text and "5×3×3×3" in text and "4×3×3×3" in text and "d.safetensors" in text
    assert "fc" in refusal(save(tmp_path / "e.pth", {**content, "fc.weight": torch.zeros(10, 5)}))
    assert "fc.bias" in refusal(save(tmp_path / "f.pth", {**content, "fc.weight": torch.zeros(7, 4)}))


def test_values_that_are_not_numbers(tmp_path: Path) -> None:
    content = state()
    content["bn.weight"][2] = float("nan")
    assert "bn.weight" in refusal(save(tmp_path / "w.pth", content))
    content = state()
    content["fc.bias"][0] = float("inf")
    assert "fc.bias" in refusal(save(tmp_path / "w.safetensors", content))


@pytest.mark.parametrize("suffix", [".safetensors", ".pth", ".old"])
@pytest.mark.parametrize("share", [0.01, 0.3, 0.7, 0.99])
def test_cut_files(tmp_path: Path, suffix: str, share: float) -> None:
    path = tmp_path / f"w{suffix}"
    if suffix == ".old":
        torch.save(state(), path, _use_new_zipfile_serialization=False)
    else:
        save(path, state())
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    assert f"w{suffix}" in refusal(path)


class Evil:
    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> Any:
        return (os.mkdir, (str(self.mark),))


@pytest.mark.parametrize("how", ["torch", "torch old", "pickle", "in a state dict"])
def test_a_pickle_that_runs_code_is_refused_and_does_not_run(tmp_path: Path, how: str) -> None:
    mark, path = tmp_path / "it ran", tmp_path / "w.pth"
    evil = Evil(mark)
    if how == "pickle":
        path.write_bytes(pickle.dumps(evil))
    elif how == "torch old":
        torch.save(evil, path, _use_new_zipfile_serialization=False)
    else:
        torch.save({**state(), "x": evil} if how == "in a state dict" else evil, path)
    assert "code" in refusal(path)
    assert not mark.exists(), "the code in the file ran"
    with open(path, "rb") as file:  # the test could see it: loaded trustingly, it does run
        if how == "pickle":
            pickle.load(file)
        else:
            torch.load(file, weights_only=False)
    assert mark.exists()


def test_a_whole_saved_module_is_refused(tmp_path: Path) -> None:
    torch.save(nn.Sequential(nn.Linear(2, 2)), tmp_path / "w.pth")
    assert "code" in refusal(tmp_path / "w.pth")


def test_what_is_no_file_of_weights(tmp_path: Path) -> None:
    for name, content in {
        "a.txt": b"hello, world, this is text",
        "b.png": b"\x89PNG\r\n\x1a\n" + bytes(100),
        "c.pth": b"",
        "d.safetensors": b"",
        "e.safetensors": b"garbage garbage garbage",
        "f.safetensors": (2**62).to_bytes(8, "little") + b"{}",
        "g.pth": b"\x80\x02garbage",
        "h.pth": b"PK\x03\x04garbage",
        "i.pth": os.urandom(500),
    }.items():
        (tmp_path / name).write_bytes(content)
        assert name in refusal(tmp_path / name)
    np.savez(tmp_path / "arrays.npz", a=np.zeros(3))
    assert "arrays.npz" in refusal(tmp_path / "arrays.npz")
    assert "folder" in refusal(tmp_path)
    assert "not found" in refusal(tmp_path / "missing.pth")
    refusal("a\0b.pth")
    refusal("")


def test_checkpoints_without_a_state_dict(tmp_path: Path) -> None:
    for content in (torch.zeros(3), [torch.zeros(3)], {}, {"epoch": 3}, {1: torch.zeros(2)}, {"a": {"b": 1}}):
        assert "state dict" in refusal(save(tmp_path / "w.pth", content))


def test_kinds_of_numbers_that_cannot_be_used(tmp_path: Path) -> None:
    content = state()
    assert "complex64" in refusal(save(tmp_path / "w.pth", {**content, "fc.bias": content["fc.bias"].to(torch.complex64)}))
    assert "fc.weight" in refusal(save(tmp_path / "w.pth", {**content, "fc.weight": content["fc.weight"].to_sparse()}))


def test_a_network_with_tensors_outside_its_state(tmp_path: Path) -> None:
    class Other(Net):
        def __init__(self, classes: int = 10) -> None:
            super().__init__(classes)
            self.register_buffer("scale", torch.full((1,), 2.0), persistent=False)

    network = fit(Other, save(tmp_path / "w.pth", state()))
    assert network.get_buffer("scale").item() == 2.0


def test_reading_alone_gives_names_and_tensors(tmp_path: Path) -> None:
    content = state()
    read = read_weights(save(tmp_path / "w.safetensors", content))
    assert set(read) == set(content) and all(torch.equal(read[k], content[k]) for k in content)


def test_older_names_of_published_files_are_understood() -> None:
    torch.manual_seed(0)
    ours = densenet_bc_40_12()
    older = {re.sub(r"(denselayer\d+\.(?:norm|conv))(\d)", r"\1.\2", key): value for key, value in ours.state_dict().items()}
    assert "features.denseblock1.denselayer1.norm.1.weight" in older
    loaded = fit_state(densenet_bc_40_12, older, "older.pth")
    assert all(torch.equal(loaded.state_dict()[key], value) for key, value in ours.state_dict().items())


def test_classes_counted_by_a_convolution_may_differ_too() -> None:
    seven = squeezenet1_1_small(classes=7)
    assert fit_state(squeezenet1_1_small, seven.state_dict(), "seven.pth")(torch.zeros(1, 3, 32, 32)).shape == (1, 7)


def test_a_blueprint_has_shapes_and_no_values() -> None:
    network = blueprint(squeezenet1_1_small, classes=7)
    assert all(one.is_meta for one in network.parameters())
    assert {name: one.shape for name, one in network.named_parameters()} == {name: one.shape for name, one in squeezenet1_1_small(classes=7).named_parameters()}
