"""Takes what the layers of a network put out, and leaves the network as it was found.

A captured map is a view of the network's own tensor, which costs nothing, wherever nobody writes into that tensor later. Torch counts
the writes (``Tensor._version``); where the count has moved by the end of the forward pass, the pass is made once more with copies at
those layers, and copies are made there from then on.
"""

from __future__ import annotations

import contextlib
import ctypes
import difflib
import functools
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

import torch
from torch import Tensor, nn
from torch.utils.hooks import RemovableHandle

from explorer.words import InputError, Text

UNKNOWN_LAYER = Text("「{name}」という層はありません。近いもの: {near}。", "There is no layer called “{name}”; near it are {near}.")
NO_OUTPUT = Text("層「{name}」はこの入力では値を出しませんでした。", "The layer “{name}” put nothing out for this input.")

KEPT_MEGABYTES = 512  # of freed memory, for the next capture

_written_later: WeakKeyDictionary[nn.Module, set[str]] = WeakKeyDictionary()


@dataclass(frozen=True)
class Captured:
    """``output`` of the network and ``maps``: what each layer put out, by name, detached. Not to be written into."""

    output: Tensor
    maps: Mapping[str, Tensor]

    def __getitem__(self, name: str) -> Tensor:
        return self.maps[name]


@contextlib.contextmanager
def observed(network: nn.Module, modules: Iterable[nn.Module] | None = None) -> Iterator[list[RemovableHandle]]:
    """The network in evaluation mode. Handles of hooks that are put into the list are removed at the end, and every module's own
    mode is set back, also after an error. ``modules``: those of the network, where they are known already."""
    modes = [(module, module.training) for module in (network.modules() if modules is None else modules)]
    handles: list[RemovableHandle] = []
    try:
        _set_modes((module, False) for module, _ in modes)
        yield handles
    finally:
        for handle in handles:
            handle.remove()
        _set_modes(modes)


def _set_modes(modes: Iterable[tuple[nn.Module, bool]]) -> None:
    for module, mode in modes:
        if module.training is not mode:  # setting takes far longer than looking
            module.training = mode


def capture(network: nn.Module, x: Tensor, layers: Iterable[str] | None = None) -> Captured:
    """One forward pass, without gradients, that keeps what these layers put out (all of them when None).

    Of a layer that puts out several tensors, ``"name[0]"``, ``"name[1]"`` … or ``"name[key]"``, and ``"name"`` is the first. Of a layer
    that runs several times, the last time counts.

    Raises InputError for a name that the network does not have, or a layer that did not run.
    """
    keep_memory()
    asked = None if layers is None else list(layers)
    modules = dict(network.named_modules())  # looked up once: in a network of many layers every look at them all is felt
    tapped = {name: module for name, module in modules.items() if name}
    if asked is not None:
        tapped = {name: modules[name] if name in tapped else find_layer(network, name) for name in asked}
    copied = _written_later.setdefault(network, set())
    captured, stale = _pass(network, x, modules.values(), tapped, copied)
    if stale:
        copied |= stale
        captured, stale = _pass(network, x, modules.values(), tapped, copied)
        assert not stale
    if asked is not None:
        for name in asked:
            if name not in captured.maps:
                raise InputError(NO_OUTPUT.format(name=name))
    return captured


def _pass(network: nn.Module, x: Tensor, modules: Iterable[nn.Module], tapped: Mapping[str, nn.Module], copied: set[str]) -> tuple[Captured, set[str]]:
    """A forward pass; also the names of captured tensors that were written into afterwards."""
    maps: dict[str, Tensor] = {}
    counts: dict[str, int] = {}

    def keep(key: str, value: Tensor, copy: bool) -> None:
        maps[key] = value.clone() if copy else value.detach()
        counts[key] = maps[key]._version

    def hook(name: str, _module: nn.Module, _inputs: Any, output: Any) -> None:
        copy = name in copied
        if isinstance(output, Tensor):
            keep(name, output, copy)
            return
        parts = output.items() if isinstance(output, Mapping) else enumerate(output) if isinstance(output, tuple | list) else ()
        first = True
        for key, value in parts:
            if isinstance(value, Tensor):
                keep(f"{name}[{key}]", value, copy)
                if first:
                    maps[name], counts[name], first = maps[f"{name}[{key}]"], counts[f"{name}[{key}]"], False

    with observed(network, modules) as handles, torch.no_grad():
        for name, module in tapped.items():
            handles.append(module.register_forward_hook(functools.partial(hook, name)))
        output = network(x)
    stale = {key.partition("[")[0] for key, value in maps.items() if value._version != counts[key]}
    return Captured(output, maps), stale


def with_gradient(network: nn.Module, x: Tensor, layer: str, target: Callable[[Tensor], Tensor]) -> tuple[Tensor, Tensor, Tensor]:
    """What a layer put out, the gradient of ``target(output)`` with respect to it, and the output; all detached.

    The parameters' own gradients are not touched.
    """
    module = find_layer(network, layer)
    kept: list[Tensor] = []

    def hook(_module: nn.Module, _inputs: Any, output: Any) -> Any:
        if not isinstance(output, Tensor):
            return output
        kept.append(output if output.requires_grad else output.detach().requires_grad_())
        return kept[-1].clone()  # whoever writes in place writes into the copy

    with observed(network) as handles, torch.enable_grad():
        handles.append(module.register_forward_hook(hook))
        output = network(x)
        if not kept:
            raise InputError(NO_OUTPUT.format(name=layer))
        (gradient,) = torch.autograd.grad(target(output), kept[-1])
    return kept[-1].detach(), gradient.detach(), output.detach()


def find_layer(network: nn.Module, name: str) -> nn.Module:
    """The module with this name. Raises InputError naming near ones."""
    try:
        return network.get_submodule(name)
    except AttributeError:
        names = [one for one, _ in network.named_modules() if one]
        near = difflib.get_close_matches(name, names, n=3, cutoff=0.3) or names[:3]
        raise InputError(UNKNOWN_LAYER.format(name=name[:60], near=", ".join(near))) from None


@functools.cache
def keep_memory(large: bool = False) -> None:
    """Tell the C library to keep freed memory for later.

    The maps of a large network are some 150 MB. GNU's C library hands such memory back to the system every time, and getting it anew
    costs as much as a quarter of the forward pass. ``large``: keep blocks of any size, as a training that uses the same ones in every step should
    (a sixth faster).
    """
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            library = ctypes.CDLL(None)
            library.mallopt(-3, 32 << 20)  # M_MMAP_THRESHOLD: blocks below 32 MB come from the heap
            library.mallopt(-1, KEPT_MEGABYTES << 20)  # M_TRIM_THRESHOLD
            if large:
                library.mallopt(-4, 0)  # M_MMAP_MAX: nothing outside the heap
