"""The page of systems that find objects: the picture, the network as a strip, the boxes on the picture, and the lenses."""

from __future__ import annotations

from explorer.window.pages.network_page import NetworkPage


class Page(NetworkPage):
    """See the module. Its answer has "boxes": all that the network put out, before any is suppressed."""

    task = "detection.network"
