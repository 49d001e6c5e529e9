"""The names of the classes that the networks tell apart, in both languages.

Only sets whose names the program writes itself are here; ImageNet's 1,000 names come with torchvision.
"""

from __future__ import annotations

from collections.abc import Mapping

from explorer.words import Text, same

CIFAR10: tuple[Text, ...] = (
    Text("飛行機", "airplane"),
    Text("自動車", "automobile"),
    Text("鳥", "bird"),
    Text("猫", "cat"),
    Text("鹿", "deer"),
    Text("犬", "dog"),
    Text("カエル", "frog"),
    Text("馬", "horse"),
    Text("船", "ship"),
    Text("トラック", "truck"),
)

DIGITS: tuple[Text, ...] = tuple(same(str(number)) for number in range(10))

CLASSES: Mapping[str, tuple[Text, ...]] = {"cifar10": CIFAR10, "digits": DIGITS}


def class_names(name: str) -> tuple[Text, ...]:
    """The names of a label set, in the order of the network's outputs. Raises KeyError for another set."""
    return CLASSES[name]
