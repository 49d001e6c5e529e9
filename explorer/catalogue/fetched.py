"""Sample pictures of data sets that are not ours to ship: fetched from their public homes when the user asks for one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from explorer.words import Text


@dataclass(frozen=True)
class Fetched:
    """One picture. ``url``: its public home; ``bytes``: at least so many; ``width`` and ``height`` in pixels; ``looks``: its difference hash (64
    bits: for 8 × 9 mean greys, whether each is brighter than the one at its left); ``words``: what the user calls it; ``terms``: of its use."""

    url: str
    bytes: int
    width: int
    height: int
    looks: int
    words: Text
    terms: Text


FETCHED: Mapping[str, Fetched] = {
    "bccd": Fetched(
        "https://raw.githubusercontent.com/Shenggan/BCCD_Dataset/master/BCCD/JPEGImages/BloodImage_00014.jpg",
        8_000, 640, 480, 0x60654CA8C9483018,
        Text("本物の血液の塗抹", "A real blood smear"), Text("BCCD、MIT ライセンス", "BCCD, MIT licence"),
    ),
    "camvid": Fetched(
        "https://raw.githubusercontent.com/nrupatunga/SegNet-Tutorial/ee00319fb3133fe496959586a25339d4876340cd/CamVid/test/Seq05VD_f00030.png",
        100_000, 480, 360, 0x595B53516AC828B0,
        Text("本物の街路", "A real street"), Text("CamVid、研究用", "CamVid, for research use"),
    ),
}  # fmt: skip
"""By the key of the sample. No network here learnt from them: both are of the test splits. Their homes publish no hash of the file, and copies there are
compressed anew now and then: so it is judged by what it shows."""
