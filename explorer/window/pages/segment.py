"""The page of systems that give every pixel a class: the picture, the network as a strip, the classes over the picture, and the lenses."""

from __future__ import annotations

from explorer.window.pages.network_page import NetworkPage


class Page(NetworkPage):
    """See the module. Its answer has "mask" and "probabilities", and "truth" for pictures whose classes are known."""

    task = "segmentation.network"
