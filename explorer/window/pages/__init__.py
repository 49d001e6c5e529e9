"""One thin page a kind of task, found by the kind's name; and which view draws which result."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from explorer.catalogue import System

if TYPE_CHECKING:
    from explorer.results import Result
    from explorer.window.client import Client
    from explorer.window.pages.base import BasePage
    from explorer.window.views.view import View

VIEWS: dict[str, str] = {
    "ActionGrid": "explorer.window.views.action_grid:ActionGridView",
    "Arithmetic": "explorer.window.views.arithmetic:ArithmeticView",
    "Curves": "explorer.window.views.curves:CurvesView",
    "Graph": "explorer.window.views.graph:GraphView",
    "Links": "explorer.window.views.links:LinksView",
    "Maps": "explorer.window.views.maps:MapGridView",
    "Matrix": "explorer.window.views.matrix:MatrixView",
    "Overlay": "explorer.window.views.picture:OverlayView",
    "Picture": "explorer.window.views.picture:PictureView",
    "Points": "explorer.window.views.surface:SurfaceView",
    "Region": "explorer.window.views.picture:OverlayView",
    "Scores": "explorer.window.views.bars:BarsView",
    "Surface": "explorer.window.views.surface:SurfaceView",
    "Table": "explorer.window.views.table:TableView",
    "Tensor": "explorer.window.views.histogram:HistogramView",
}
"""The view of each type of result, ``"module:class"``."""


def view_for(result: Result) -> View:
    """A new view that shows a result. Raises KeyError where no view draws this type."""
    module, _, name = VIEWS[type(result).__name__].partition(":")
    view: View = getattr(importlib.import_module(module), name)()
    view.set_result(result)
    return view


def build_page(system: System, client: Client) -> BasePage:
    """The page of a system: its kind stands in the catalogue. Raises ImportError where there is no such kind."""
    page: BasePage = importlib.import_module(f"{__name__}.{system.page}").Page(system, client)
    return page
