"""load(): what is unknown is refused with what there is instead."""

from __future__ import annotations

import pytest
import torch

import explorer
from explorer.catalogue import SYSTEMS
from explorer.engine.system import build, choose_device, load
from explorer.words import InputError


def refusal(*arguments: object, **settings: object) -> str:
    with pytest.raises(InputError) as caught:
        explorer.load(*arguments, **settings)  # type: ignore[arg-type]
    text = caught.value.text
    assert isinstance(caught.value, ValueError) and "\n" not in text.ja + text.en and text.en.endswith(".")
    return text.en


def test_unknown_names_are_refused_with_near_ones() -> None:
    assert "resnet" in refusal("resnett")
    assert "resnet20" in refusal("resnet", "resnet21")
    assert "cpu" in refusal("resnet", device="toaster")
    assert "cpu" in refusal("resnet", device="meta")
    assert "no_such_setting" in refusal("resnet", no_such_setting=1)


def test_a_system_without_a_model_says_so() -> None:
    unbuilt = next(s for s in SYSTEMS if not any(v.model for v in s.variants))
    assert "cannot be run yet" in refusal(unbuilt.id)


def test_devices() -> None:
    assert choose_device("cpu") == torch.device("cpu")
    assert choose_device("auto").type in ("cpu", "cuda", "mps")


def test_build_takes_changes() -> None:
    variant = explorer.systems()[[s.id for s in SYSTEMS].index("resnet")].variant("resnet20")
    assert build(variant, classes=3).get_submodule("fc").out_features == 3


def test_load_is_the_python_face() -> None:
    assert explorer.load.__doc__ and load.__doc__


def test_torchvision_s_compiled_operators_load() -> None:
    from torchvision.ops import nms

    boxes = torch.tensor([[0.0, 0, 10, 10], [1, 1, 11, 11], [20, 20, 30, 30]])
    assert nms(boxes, torch.tensor([0.9, 0.8, 0.7]), 0.5).tolist() == [0, 2]
