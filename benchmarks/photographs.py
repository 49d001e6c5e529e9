"""What the bundled networks of recognition see in ten ordinary photographs, each looked over as on its page.

    python benchmarks/photographs.py [--data DIR] [SYSTEM…]

Five show something that the ten classes of CIFAR-10 have: a cat, the same cat small in a grey picture, and three streets with cars, near and far
(frames 20, 120 and 200 of CamVid, from ``camvid_test.tar`` in DIR; without it two). Five show nothing of it: a cup of coffee, a woman, a temple,
a flower, a rocket (scikit-image and scikit-learn).
"""

from __future__ import annotations

import argparse
import io
import tarfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from skimage import data
from sklearn.datasets import load_sample_images

import explorer
from explorer.catalogue import SYSTEMS
from explorer.results import Picture

STREETS = (20, 120, 200)


def photographs(folder: Path | None) -> dict[str, NDArray[Any]]:
    """Each (height, width, 3) uint8, by what it shows."""
    cat = data.chelsea()
    small = np.full((300, 450, 3), 128, np.uint8)
    small[75:225, 20:245] = np.asarray(Image.fromarray(cat).resize((225, 150)))
    found = {"cat": cat, "cat, small": small}
    if folder is not None:
        with tarfile.open(folder / "camvid_test.tar") as archive:
            names = sorted(name for name in archive.getnames() if name.startswith("images/"))
            for number in STREETS:
                file = archive.extractfile(names[number])
                assert file is not None
                found[f"street {number}"] = np.asarray(Image.open(io.BytesIO(file.read())).convert("RGB"))
    temple, flower = load_sample_images().images
    return {**found, "coffee": data.coffee(), "woman": data.astronaut(), "temple": temple, "flower": flower, "rocket": data.rocket()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("systems", nargs="*", metavar="SYSTEM")
    parser.add_argument("--data", type=Path)
    options = parser.parse_args()
    bundled = [one.id for one in SYSTEMS if "sightings" in one.lenses and one.variants[0].weights == "bundled"]
    pictures = photographs(options.data)
    for system in options.systems or bundled:
        network = explorer.load(system)
        for name, pixels in pictures.items():
            boxes: Any = network.look("sightings", Picture(np.ascontiguousarray(pixels)))
            seen = [f"{network.labels[int(label)]} {score:.2f}" for label, score in zip(boxes.labels, boxes.scores, strict=True)]
            print(f"{system:14}{name:12}{', '.join(seen) or '–'}", flush=True)


if __name__ == "__main__":
    main()
