"""U-Net: counted, of the paper's sizes, every step can be looked at, and the skips carry the detail."""

from __future__ import annotations

import pytest
import torch

from explorer.engine.models.segmentation.unet import UNet, unet_membrane, unet_paper, unet_small
from tests.engine.models.recognition.checks import count, every_step_can_be_looked_at, shapes


def test_parameters() -> None:
    assert count(unet_paper) == 31_030_658
    assert count(unet_small) == 1_286_875 and count(unet_membrane) == 318_370


def test_the_papers_sizes() -> None:
    """Figure 1: 572 pixels in, 388 out, 28 at the bottom, and what is handed across is cut."""
    with torch.device("meta"):
        found = shapes(unet_paper(), 572, channels=1)
    assert found[""] == (2, 388, 388) and found["bottom"] == (1024, 28, 28)
    assert found["down1"] == (64, 568, 568) and found["skip1"] == (128, 392, 392) and found["join4"] == (512, 52, 52)


def test_every_step_can_be_looked_at() -> None:
    found = every_step_can_be_looked_at(unet_small().eval(), 64)
    assert found["bottom"].shape == (1, 128, 4, 4) and found["join1"].shape == (1, 16, 64, 64)


@pytest.mark.parametrize(("height", "width"), [(240, 320), (45, 61), (16, 17)])
def test_the_answer_is_as_large_as_the_picture(height: int, width: int) -> None:
    with torch.no_grad():
        assert unet_small().eval()(torch.zeros(2, 3, height, width)).shape == (2, 11, height, width)


def test_closed_skips_carry_nothing_and_take_the_same_weights() -> None:
    torch.manual_seed(0)
    network = unet_membrane().eval()
    closed = unet_membrane(skips=False).eval()
    closed.load_state_dict(network.state_dict())
    x = torch.randn(1, 1, 32, 32)
    with torch.no_grad():
        assert not torch.allclose(network(x), closed(x))
        assert not closed.skip1(torch.ones(1, 2, 4, 4), torch.ones(1, 2, 4, 4))[:, :2].any()
        across, up = torch.randn(1, 2, 8, 8), torch.randn(1, 2, 4, 4)
        assert torch.equal(network.skip1(across, up), torch.cat((across[:, :, 2:6, 2:6], up), 1))


def test_without_skips_a_pixel_at_the_top_reaches_the_answer_through_the_bottom_only() -> None:
    network: UNet = unet_membrane(skips=False)
    x = torch.randn(1, 1, 32, 32, requires_grad=True)
    network.bottom.register_forward_hook(lambda _, __, output: output.detach())
    network(x).sum().backward()
    assert x.grad is None or not x.grad.any()
    network = unet_membrane()
    network.bottom.register_forward_hook(lambda _, __, output: output.detach())
    network(x).sum().backward()
    assert x.grad is not None and x.grad.any()
