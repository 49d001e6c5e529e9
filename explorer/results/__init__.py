"""All that passes the door: frozen dataclasses of numpy arrays, named for their shape, never for a system."""

from explorer.results.base import Result
from explorer.results.numbers import ActionGrid, Curves, Matrix, Numbers, Points, Scores, Series, Surface, Table, Tensor
from explorer.results.pictures import Arithmetic, Boxes, Frames, Maps, Mask, Overlay, Picture, Region
from explorer.results.structure import Bundle, Edge, Graph, Judgement, Links, Node, Progress, Verdict

__all__ = [
    "ActionGrid", "Arithmetic", "Boxes", "Bundle", "Curves", "Edge", "Frames", "Graph", "Judgement", "Links", "Maps", "Mask", "Matrix",
    "Node", "Numbers", "Overlay", "Picture", "Points", "Progress", "Region", "Result", "Scores", "Series", "Surface", "Table", "Tensor",
    "Verdict",
]
