"""Runs only the end of a network again: from what a layer put out, in a forward pass that was recorded, to the answer.

The operations of the recorded pass that depend on the layer are called once more, whatever modules they stood in; everything else is
taken from the recording. That the answer comes out as recorded is checked every time, and where it does not (a network that writes into
views, say) the whole network is run instead.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor, nn

from explorer.engine.lenses.capture import with_gradient
from explorer.engine.lenses.trace import Operation, Recording, Value

CLOSE = 1e-3


def gradient_at(network: nn.Module, seen: Recording, layer: str, target: Callable[[Tensor], Tensor]) -> tuple[Tensor, Tensor]:
    """What a layer put out, and the gradient of ``target(output)`` with respect to it; detached, both of the layer's shape.

    Raises InputError for a layer that the network does not have or that did not run.
    """
    values = seen.of(network, layer)
    steps = _after(seen, seen.trace.leaves[layer])
    if steps is not None:
        with torch.enable_grad():
            start = values.detach().clone().requires_grad_()
            output = _again(seen, steps, seen.trace.leaves[layer], start)
            if output is not None:
                (gradient,) = torch.autograd.grad(target(output), start, allow_unused=True)
                return values, torch.zeros_like(values) if gradient is None else gradient
    maps, gradient, _ = with_gradient(network, seen.x, layer, target)
    return maps, gradient


def _after(seen: Recording, number: int) -> list[Operation] | None:
    """The operations that depend on a value, in order; None where they cannot all be run again."""
    known, steps = {number}, []
    for operation in seen.trace.operations:
        if operation.output != number and not known.isdisjoint(operation.inputs):
            if operation.call is None or not operation.call.complete:
                return None
            known.add(operation.output)
            steps.append(operation)
    return steps if seen.trace.output in known else None


def _again(seen: Recording, steps: list[Operation], number: int, start: Tensor) -> Tensor | None:
    """The output by these operations from another tensor in a value's place; None where it is not the recorded one."""
    values: dict[int, Tensor] = {number: start}
    for operation in steps:
        call = operation.call
        assert call is not None
        args = [_filled(one, values, seen.values) for one in call.args]
        settings = {key: _filled(one, values, seen.values) for key, one in call.settings.items()}
        if call.function._schema.is_mutable:
            args[0] = args[0].clone()  # it writes in place: into a copy
        try:
            result = call.function(*args, **settings)
        except (RuntimeError, TypeError, NotImplementedError):  # an operation that has no gradient of its own
            return None
        first = result[0] if isinstance(result, list | tuple) else result
        if not isinstance(first, Tensor) or tuple(first.shape) != operation.shape:
            return None
        values[operation.output] = first
    output, recorded = values[seen.trace.output], seen.output
    close = float((output.detach() - recorded).abs().max()) <= CLOSE * (float(recorded.abs().max()) + CLOSE)
    return output if close else None


def _filled(one: Any, values: Mapping[int, Tensor], recorded: Mapping[int, Tensor]) -> Any:
    if isinstance(one, Value):
        found = values.get(one.number)
        return recorded[one.number] if found is None else found
    if isinstance(one, Tensor):
        return one.detach()  # a parameter: no gradient is wanted for it
    return [_filled(part, values, recorded) for part in one] if isinstance(one, list | tuple) else one
