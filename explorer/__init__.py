"""ds-explorer: a survey of deep learning whose every system runs and whose every claim is measured.

>>> import explorer
>>> net = explorer.load("resnet")
>>> net.run("dog.jpg").label
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from explorer.words import InputError

if TYPE_CHECKING:
    from explorer.catalogue.schema import System
    from explorer.engine.system import RunningSystem

__version__ = "0.1.0"
__all__ = ["InputError", "load", "systems"]


def systems() -> tuple[System, ...]:
    """The catalogue: every surveyed system in the order of the survey."""
    from explorer.catalogue import SYSTEMS

    return SYSTEMS


def load(system: str, variant: str | None = None, *, weights: str | None = None, device: str = "auto", **settings: Any) -> RunningSystem:
    """Build a surveyed system, load its weights and return it ready to run.

    Args:
        system: catalogue id, such as ``"resnet"``.
        variant: catalogue variant, such as ``"resnet50-imagenet"``; the bundled one by default.
        weights: path of your own checkpoint (safetensors, or a ``torch.save`` state dict).
        device: ``"auto"``, ``"cpu"``, ``"cuda"`` or ``"mps"``.

    Raises:
        InputError: unknown system, variant or device, or weights that do not fit.
    """
    from explorer.engine.system import load as load_system

    return load_system(system, variant, weights=weights, device=device, **settings)
