"""Watches one forward pass, operation by operation: what flows where, whichever way the network is written.

Every operation of torch passes through here (``TorchDispatchMode``), so sums and poolings that are no modules are seen too, and writing
in place as well. Each value gets a number; a module is only where an operation happened to run.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from explorer.engine.lenses.capture import NO_OUTPUT, find_layer, keep_memory, observed
from explorer.words import InputError

# What changes neither values nor places: not worth a step of its own.
PASSING = frozenset({"view", "_unsafe_view", "alias", "detach", "clone", "unsqueeze", "squeeze", "expand", "_to_copy", "lift_fresh"})


@dataclass(frozen=True)
class Window:
    """Which inputs one output of an operation looks at: ``(rows, columns)`` each; ``padding`` is what stands before the first input."""

    kernel: tuple[int, int]
    stride: tuple[int, int]
    padding: tuple[int, int]
    dilation: tuple[int, int] = (1, 1)


@dataclass(frozen=True)
class Value:
    """A value of the pass by its number, where it went into an operation."""

    number: int


@dataclass(frozen=True)
class Call:
    """How an operation was called, so that it can be run again: known tensors as ``Value``, all others as they were. ``complete``: no
    tensor among them came out of the pass without having a number."""

    function: Any
    args: tuple[Any, ...]
    settings: Mapping[str, Any]
    complete: bool = True


@dataclass(frozen=True)
class Operation:
    """One operation: torch's name for it, the module it ran in, numbers of the values that went in and came out.

    ``shape`` of what came out; ``weighted``: it has learnt weights; ``window``: for what looks at places beside its own, None for what
    works at each place alone; ``whole``: every output may depend on every place; ``call``: to run it again.
    """

    kind: str
    module: str
    inputs: tuple[int, ...]
    output: int
    shape: tuple[int, ...]
    weighted: bool = False
    window: Window | None = None
    whole: bool = False
    call: Call | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True)
class Trace:
    """A forward pass. ``input``, ``output``: numbers of the network's input and output values; ``leaves``: of each module, the number of
    the value it put out last; ``enters``: of the value that went into it; ``notes``: what ``look`` returned, by number; ``written``: the values that a later operation wrote into."""

    operations: tuple[Operation, ...]
    input: int
    output: int
    leaves: Mapping[str, int]
    enters: Mapping[str, int]
    shapes: Mapping[int, tuple[int, ...]]
    notes: Mapping[int, Any] = field(default_factory=dict)
    written: frozenset[int] = frozenset()


Run = Callable[[Tensor], Any]


def trace(network: nn.Module, x: Tensor, look: Callable[[Tensor], Any] | None = None, run: Run | None = None) -> Trace:
    """One forward pass in evaluation mode, watched. ``look`` is shown every value as it appears (its answer goes into the notes). ``run``: how
    the network is called with ``x``, where not as usual."""
    leaves: dict[str, int] = {}
    enters: dict[str, int] = {}
    watcher = _Watcher(look, enters)

    def before(name: str, _module: nn.Module, inputs: Any) -> None:
        watcher.running.append(name)
        number = watcher.first(inputs)
        if number is not None:
            enters[name] = number

    def after(name: str, _module: nn.Module, _inputs: Any, output: Any) -> None:
        watcher.running.pop()
        number = watcher.first(output)
        if number is not None:
            leaves[name] = number

    with observed(network) as handles, torch.no_grad():
        for name, module in network.named_modules():
            handles.append(module.register_forward_pre_hook(functools.partial(before, name)))
            handles.append(module.register_forward_hook(functools.partial(after, name)))
        start = watcher.begin(x)
        with watcher:
            (run or network)(x)
    return Trace(tuple(watcher.operations), start, leaves.get("", start), leaves, enters, watcher.shapes, watcher.notes, frozenset(watcher.written))


class _Watcher(TorchDispatchMode):  # type: ignore[no-untyped-call]
    def __init__(self, look: Callable[[Tensor], Any] | None, enters: Mapping[str, int]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.operations: list[Operation] = []
        self.running: list[str] = []
        self.shapes: dict[int, tuple[int, ...]] = {}
        self.notes: dict[int, Any] = {}
        self.written: set[int] = set()  # values that something was written into which others may still want to see
        self._stored: dict[int, list[int]] = {}  # by place in memory: the values that lie there
        self._enters = enters
        self._look = look
        self._numbers: dict[int, int] = {}
        self._alive: list[Tensor] = []  # so that no two tensors get the same id
        self._unnumbered: set[int] = set()  # by id: what came out of known values but has no number
        self._count = 0

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        return False  # else torch would import its compiler here, which takes seconds

    def begin(self, x: Tensor) -> int:
        return self._name(x)

    def number(self, tensor: Tensor) -> int | None:
        return self._numbers.get(id(tensor))

    def first(self, values: Any) -> int | None:
        """The number of the first known tensor among values."""
        numbers = (self.number(one) for one in tree_leaves(values) if isinstance(one, Tensor))
        return next((one for one in numbers if one is not None), None)

    def _name(self, tensor: Tensor) -> int:
        self._count += 1
        self._numbers[id(tensor)] = self._count
        self._alive.append(tensor)
        self.shapes[self._count] = tuple(tensor.shape)
        self._stored.setdefault(tensor.untyped_storage().data_ptr(), []).append(self._count)
        if self._look is not None:
            self.notes[self._count] = self._look(tensor)
        return self._count

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        arguments = [one for one in tree_leaves((args, kwargs or {})) if isinstance(one, Tensor)]
        inputs = tuple(number for number in (self.number(one) for one in arguments) if number is not None)
        kind = func.overloadpacket.__name__
        module = self.running[-1] if self.running else ""
        if not inputs and kind == "convolution" and module in self._enters:
            inputs = (self._enters[module],)  # what came in was copied into a larger tensor first: circular padding
        shapes = [self.shapes[number] for number in inputs]
        call = self._call(func, args, kwargs or {}, arguments)
        result = func(*args, **(kwargs or {}))
        tensors = [one for one in tree_leaves(result) if isinstance(one, Tensor)]
        output = next(iter(tensors), None)
        lost = tensors[1:] if inputs else tensors if not call.complete else []
        self._unnumbered.update(map(id, lost))
        self._alive.extend(lost)
        if not inputs or output is None:
            return result
        if self.number(output) is not None:  # written into, and so are all that lie in the same place
            self.written.update(self._stored.get(output.untyped_storage().data_ptr(), ()))
        weighted = len(arguments) > len(inputs) and kind in ("convolution", "addmm", "mm", "bmm", "linear", "matmul")
        number = self._name(output)
        window, whole = _geometry(kind, args, shapes[0], tuple(output.shape))
        self.operations.append(Operation(kind.rstrip("_"), module, inputs, number, tuple(output.shape), weighted, window, whole, call))
        return result

    def _call(self, function: Any, args: tuple[Any, ...], settings: Mapping[str, Any], tensors: list[Tensor]) -> Call:
        def named(one: Any) -> Any:
            if isinstance(one, Tensor):
                number = self.number(one)
                return one if number is None else Value(number)
            return [named(part) for part in one] if isinstance(one, list | tuple) else one

        complete = not any(id(one) in self._unnumbered and self.number(one) is None for one in tensors)
        return Call(function, tuple(named(one) for one in args), {key: named(one) for key, one in settings.items()}, complete)


def _geometry(kind: str, args: Any, before: tuple[int, ...], after: tuple[int, ...]) -> tuple[Window | None, bool]:
    """The window of an operation, and whether its outputs may depend on every place."""
    if kind == "convolution" and len(after) == 4:
        if args[6]:  # transposed
            return None, True
        return Window(_pair(args[1].shape[2:]), _pair(args[3]), _pair(args[4]), _pair(args[5])), False
    if kind.startswith(("max_pool2d", "avg_pool2d")):
        kernel = _pair(args[1])
        stride = _pair(args[2]) if len(args) > 2 and args[2] else kernel
        padding = _pair(args[3]) if len(args) > 3 else (0, 0)
        dilation = _pair(args[4]) if kind.startswith("max") and len(args) > 4 else (1, 1)
        return Window(kernel, stride, padding, dilation), False
    if kind == "slice" and len(before) == 4 and args[1] in (2, 3, -1, -2):
        start, step = (args[2] or 0) if len(args) > 2 else 0, args[4] if len(args) > 4 else 1
        at = args[1] % 4 - 2
        start = start % before[at + 2] if start < 0 else start
        return Window((1, 1), (step, 1), (-start, 0)) if at == 0 else Window((1, 1), (1, step), (0, -start)), False
    if kind == "constant_pad_nd" and len(before) == 4:
        amounts = [*args[1], 0, 0, 0, 0]
        return Window((1, 1), (1, 1), (amounts[2], amounts[0])), False
    if len(before) == len(after) == 4 and before[2:] == after[2:]:
        return None, False
    return None, True


def _pair(values: Any) -> tuple[int, int]:
    if isinstance(values, int):
        return values, values
    numbers = [int(one) for one in values]
    return (numbers[0], numbers[0]) if len(numbers) == 1 else (numbers[0], numbers[1])


@dataclass(frozen=True)
class Recording:
    """A forward pass with all its values: ``trace`` and ``values`` by number, detached, not to be written into. ``x``: what went in."""

    x: Tensor
    trace: Trace
    values: Mapping[int, Tensor]

    @property
    def output(self) -> Tensor:
        """What the network answered."""
        return self.values[self.trace.output]

    def of(self, network: nn.Module, layer: str) -> Tensor:
        """What a layer put out. Raises InputError for a layer that the network does not have or that did not run."""
        find_layer(network, layer)
        if layer not in self.trace.leaves:
            raise InputError(NO_OUTPUT.format(name=layer))
        return self.values[self.trace.leaves[layer]]

    def by(self, number: int) -> Operation | None:
        """The operation that a value came out of; None for the input."""
        return self._by.get(number)

    @functools.cached_property
    def _by(self) -> dict[int, Operation]:
        return {operation.output: operation for operation in self.trace.operations}


def record(network: nn.Module, x: Tensor, run: Run | None = None) -> Recording:
    """One forward pass, every value kept. Values are copied only where the network writes into them later. ``run``: see ``trace``."""
    keep_memory()
    seen = trace(network, x, Tensor.detach, run)
    if seen.written:
        written, numbers = seen.written, itertools.count(1)
        del seen  # its values need not lie beside the new ones
        seen = trace(network, x, lambda value: value.clone() if next(numbers) in written else value.detach(), run)
    return Recording(x.detach(), replace(seen, notes={}), seen.notes)


def within(module: str, layer: str) -> bool:
    """Whether a module is a layer or lies inside it."""
    return not layer or module == layer or module.startswith(f"{layer}.")
