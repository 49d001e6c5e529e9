"""Reads a file of weights without ever running code from it, and fits it to a network or says why it does not fit."""

from __future__ import annotations

import pickle
import re
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from explorer.words import InputError, Text

State = dict[str, Tensor]

NOT_FOUND = Text("重みのファイル「{name}」が見つかりません。", "The file of weights “{name}” was not found.")
FOLDER = Text("「{name}」はフォルダーです。重みのファイルを選んでください。", "“{name}” is a folder; choose a file of weights.")
UNREADABLE = Text("重みのファイル「{name}」を読めません。", "The file of weights “{name}” cannot be read.")
NOT_WEIGHTS = Text("「{name}」は重みのファイルではないようです。", "“{name}” does not seem to be a file of weights.")
CUT = Text("重みのファイル「{name}」は途中で切れているか壊れています。", "The file of weights “{name}” is cut off or damaged.")
CODE = Text(
    "「{name}」には重み以外のもの(プログラム)が含まれるので、開きませんでした。",
    "“{name}” holds more than weights (code that would run), so it was not opened.",
)
NO_TENSORS = Text("「{name}」の中に重みの表(state dict)が見つかりません。", "“{name}” holds no table of weights (state dict).")
MISSING = Text("「{name}」には層「{layer}」の重みがありません。", "“{name}” has no weights for “{layer}”.")
UNEXPECTED = Text("「{name}」の「{layer}」は、このネットワークにはない層です。", "“{name}” has weights for “{layer}”, which this network does not have.")
WRONG_NAMES = Text(
    "「{name}」はこのネットワークの重みではありません(「{layer}」がなく、「{other}」があります)。",
    "“{name}” does not belong to this network: “{layer}” is missing and “{other}” is there instead.",
)
WRONG_SHAPE = Text(
    "「{name}」の「{layer}」の形は {found} ですが、このネットワークでは {wanted} です。",
    "In “{name}” the shape of “{layer}” is {found}; this network needs {wanted}.",
)
NOT_NUMBERS = Text("「{name}」の「{layer}」に数でない値(NaN)があります。", "In “{name}” “{layer}” holds values that are not numbers (NaN).")
WRONG_KIND = Text("「{name}」の「{layer}」の型 {kind} は使えません。", "In “{name}” “{layer}” has the type {kind}, which cannot be used.")

_WRAPPINGS = ("state_dict", "model_state_dict", "model", "network", "net", "model_state", "params", "ema")
_PREFIXES = ("module.", "_orig_mod.")  # of DataParallel and torch.compile
_ATTRIBUTES = ("model.", "net.", "network.")  # under which a trainer's own module keeps the network


def read_weights(path: str | Path) -> State:
    """Names and tensors of a safetensors file or a ``torch.save`` checkpoint, on the CPU.

    Of a checkpoint with more in it, the state dict is taken; the prefixes of wrappers ("module.") are dropped.

    Raises InputError when there is no such file, it is no file of weights, it is cut off, or it would run code.
    """
    path = Path(path)
    name = path.name or str(path)
    try:
        if path.is_dir():
            raise InputError(FOLDER.format(name=name))
        if not path.is_file():
            raise InputError(NOT_FOUND.format(name=name))
        with open(path, "rb") as file:
            start = file.read(16)
    except OSError as error:
        raise InputError(UNREADABLE.format(name=name)) from error
    except InputError:
        raise
    except ValueError as error:
        raise InputError(NOT_FOUND.format(name=name.replace("\0", "�"))) from error
    if start[8:9] == b"{" or path.suffix == ".safetensors":
        return _clean_names(_read_safetensors(path, name), name)
    if start[:2] == b"PK" or start[:1] == b"\x80":
        return _clean_names(_read_torch(path, name, zipped=start[:2] == b"PK"), name)
    raise InputError((NOT_WEIGHTS if start else CUT).format(name=name))


def _read_safetensors(path: Path, name: str) -> State:
    try:
        return load_file(path)
    except (SafetensorError, ValueError, RuntimeError, OSError, KeyError, TypeError) as error:
        raise InputError(CUT.format(name=name)) from error


def _read_torch(path: Path, name: str, *, zipped: bool) -> Any:
    if zipped and not zipfile.is_zipfile(path):
        raise InputError(CUT.format(name=name))  # the end is missing
    try:
        return torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        message = str(error)
        code = any(word in message for word in ("GLOBAL", "global", "Unsupported class", "Unsupported operand", "not an allowed"))
        raise InputError((CODE if code else CUT).format(name=name)) from error
    except EOFError as error:
        raise InputError(CUT.format(name=name)) from error
    except Exception as error:  # whatever a lying file makes the reader stumble over
        broken = "PytorchStreamReader" in str(error) and "failed locating file" in str(error)
        raise InputError((NOT_WEIGHTS if broken else CUT).format(name=name)) from error


def _clean_names(content: Any, name: str) -> State:
    for wrapping in _WRAPPINGS:
        if isinstance(content, Mapping) and isinstance(content.get(wrapping), Mapping):
            content = content[wrapping]
    if not isinstance(content, Mapping) or not content or not all(isinstance(key, str) for key in content):
        raise InputError(NO_TENSORS.format(name=name))
    state = {key: value for key, value in content.items() if isinstance(value, Tensor)}
    if len(state) < len(content):
        raise InputError(NO_TENSORS.format(name=name))
    for prefix in _PREFIXES:
        if all(key.startswith(prefix) for key in state):
            state = {key.removeprefix(prefix): value for key, value in state.items()}
    return state


def fit(build: Callable[..., nn.Module], path: str | Path) -> nn.Module:
    """``fit_state`` of the weights in a file. Raises InputError as that and ``read_weights`` do."""
    return fit_state(build, read_weights(path), Path(path).name)


def fit_state(build: Callable[..., nn.Module], state: State, name: str) -> nn.Module:
    """A network from ``build()`` with these weights, loaded strictly, in evaluation mode. ``name``: of their file, for messages.

    Where only the last layer has another number of rows than the network, ``build(classes=rows)`` makes the network.

    Raises InputError when names or shapes do not fit (naming the first), or values are not numbers.
    """
    with _Uninitialised():
        network = build()
    for prefix in _ATTRIBUTES:
        if all(key.startswith(prefix) for key in state) and not all(key.startswith(prefix) for key in network.state_dict()):
            state = {key.removeprefix(prefix): value for key, value in state.items()}
    state = {renamed(network, key): value for key, value in state.items()}
    classes = other_classes(network, state)
    if classes is not None:
        with _Uninitialised():
            network = build(classes=classes)
    network.load_state_dict(check(network, state, name), strict=True, assign=True)
    return network.eval()


def blueprint(build: Callable[..., nn.Module], **changes: Any) -> nn.Module:
    """The network without values, on the meta device: to count it, or to see whether weights fit it."""
    with _Uninitialised(), torch.device("meta"):
        return build(**changes)


class _Uninitialised(TorchFunctionMode):
    """While a network is built, no random numbers are drawn for weights that are about to be replaced."""

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if func in _DRAWING:
            return args[0]
        return func(*args, **(kwargs or {}))


_DRAWING = frozenset({Tensor.normal_, Tensor.uniform_})


def renamed(network: nn.Module, key: str) -> str:
    """The name that a parameter of a published file has today: a model file lists older ones in ``OLDER_NAMES`` (pattern, replacement)."""
    for pattern, replacement in getattr(network, "OLDER_NAMES", ()):
        key = re.sub(pattern, replacement, key)
    return key


def last_layer(network: nn.Module) -> str:
    """The name of the network's last linear layer or convolution, which gives the scores; empty when it has none."""
    names = [name for name, module in network.named_modules() if isinstance(module, nn.Linear | nn.Conv2d)]
    return names[-1] if names else ""


def other_classes(network: nn.Module, state: State) -> int | None:
    """How many classes the file's last layer tells apart, where that is the only thing that differs from the network."""
    layer = last_layer(network)
    wanted = network.state_dict()
    found = state.get(f"{layer}.weight")
    if not layer or found is None:
        return None
    own = wanted[f"{layer}.weight"]
    if found.dim() != own.dim() or found.shape[0] < 1:
        return None
    return int(found.shape[0]) if found.shape[1:] == own.shape[1:] and found.shape[0] != own.shape[0] else None


def check(network: nn.Module, state: State, name: str) -> State:
    """The state, fit to be loaded strictly: floats in the network's own type. Raises InputError where it does not fit."""
    wanted = network.state_dict()
    state = dict(state)
    for key, own in wanted.items():
        if key.endswith("num_batches_tracked") and key not in state:
            state[key] = torch.zeros((), dtype=own.dtype)  # older files lack it
    missing = [key for key in wanted if key not in state]
    unexpected = [key for key in state if key not in wanted]
    if missing and unexpected:
        raise InputError(WRONG_NAMES.format(name=name, layer=missing[0], other=unexpected[0][:80]))
    if missing:
        raise InputError(MISSING.format(name=name, layer=missing[0]))
    if unexpected:
        raise InputError(UNEXPECTED.format(name=name, layer=unexpected[0][:80]))
    for key, own in wanted.items():
        found = state[key]
        if found.is_quantized or found.is_complex() or found.layout != torch.strided:
            raise InputError(WRONG_KIND.format(name=name, layer=key, kind=str(found.dtype).removeprefix("torch.")))
        if found.shape != own.shape:
            raise InputError(WRONG_SHAPE.format(name=name, layer=key, found=_shape(found), wanted=_shape(own)))
        if not bool(torch.isfinite(found).all()):
            raise InputError(NOT_NUMBERS.format(name=name, layer=key))
        state[key] = found.detach().to(own.dtype).contiguous()
    return state


def _shape(tensor: Tensor) -> str:
    return "×".join(map(str, tensor.shape)) or "1"
