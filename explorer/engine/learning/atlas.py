"""Makes the map of a trained network's test pictures, and counts which classes it takes for which.

The features before the last layer are reduced by principal components (Pearson, 1901) and laid out on the plane by t-SNE
(van der Maaten & Hinton, 2008, "Visualizing Data using t-SNE", JMLR 9) with a fixed seed.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from explorer.engine.lenses.atlas import features_and_scores
from explorer.engine.weights.atlas import DIMENSIONS, MOST_BYTES, MOST_PICTURES, Atlas, atlas_name, save_atlas
from explorer.engine.weights.load import last_layer

PERPLEXITY = 30.0
HEADER = 1200  # bytes of a file that are not numbers


class TestPictures(Protocol):
    """``images``: uint8 (N, 3, H, W); ``labels``: int64 (N,)."""

    @property
    def images(self) -> Tensor: ...

    @property
    def labels(self) -> Tensor: ...


def make_atlas(network: nn.Module, images: Tensor, labels: Tensor, prepare: Callable[[Tensor], Tensor], *, seed: int = 0, batch: int = 250) -> Atlas:
    """The atlas of a trained network.

    Args:
        images: (N, 3, H, W) uint8; all are counted, up to ``MOST_PICTURES`` of them, evenly spread, are put on the map.
        labels: (N,) int64.
        prepare: makes the network's input from images.
    """
    layer = last_layer(network)
    parts = [features_and_scores(network, layer, prepare(part)) for part in torch.split(images, batch)]
    features = torch.cat([part[0] for part in parts]).double().cpu().numpy()
    scores = torch.cat([part[1] for part in parts])
    classes, said, true = scores.shape[1], scores.argmax(1).cpu().numpy(), labels.cpu().numpy()
    confusion = np.zeros((classes, classes), np.int32)
    np.add.at(confusion, (true, said), 1)

    dimensions = min(DIMENSIONS, *features.shape, max(2, MOST_BYTES // (4 * features.shape[1]) - 1))  # half of the file for the components
    chosen = _spread(len(true), true, _room(features.shape[1], dimensions, classes))
    mean = features.mean(0)
    _, _, components = np.linalg.svd(features - mean, full_matrices=False)
    components = components[:dimensions]
    reduced = (features[chosen] - mean) @ components.T
    return Atlas(
        confusion,
        mean.astype(np.float16),
        components.astype(np.float16),
        reduced.astype(np.float16),
        lay_out(reduced, seed).astype(np.float16),
        true[chosen].astype(np.uint16),
        said[chosen].astype(np.uint16),
    )


def lay_out(features: NDArray[Any], seed: int = 0) -> NDArray[Any]:
    """Points (N, 2) for features (N, D), those near each other near each other; the middle at 0, the farthest about 1 away."""
    from sklearn.manifold import TSNE

    perplexity = min(PERPLEXITY, max(1.0, (len(features) - 1) / 3))
    points = TSNE(perplexity=perplexity, init="pca", learning_rate="auto", random_state=seed, n_jobs=1).fit_transform(features)
    points = points - points.mean(0)
    return np.asarray(points / max(float(np.abs(points).max()), 1e-9))


def write_atlas(network: nn.Module, test: TestPictures, prepare: Callable[[Tensor], Tensor], folder: Path, name: str) -> Path:
    """Make the atlas and write it to ``folder/<name>.atlas.safetensors``. The card of the weights should name it among its companions."""
    return save_atlas(folder / atlas_name(name + ".safetensors"), make_atlas(network, test.images, test.labels, prepare))


def _room(width: int, dimensions: int, classes: int) -> int:
    """How many pictures a file has room for."""
    fixed = HEADER + 4 * classes**2 + 2 * width * (dimensions + 1)
    return min(MOST_PICTURES, (MOST_BYTES - fixed) // (2 * dimensions + 8))


def _spread(count: int, labels: NDArray[Any], most: int) -> NDArray[Any]:
    """Up to ``most`` numbers of pictures, every class alike."""
    order = np.argsort(labels, kind="stable")
    kept = min(count, most)
    return np.sort(order[np.arange(kept) * count // kept])
