"""The net: a small U-Net that marks, at half the size of its input, what is card and what is the heart of a card."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional


def _conv(into: int, out: int, *, stride: int = 1, size: int = 3, dilation: int = 1) -> nn.Sequential:
    pad = dilation * (size // 2)
    return nn.Sequential(
        nn.Conv2d(into, out, size, stride, pad, dilation=dilation, bias=False),
        nn.BatchNorm2d(out),
        nn.ReLU(inplace=True),
    )


class Residual(nn.Module):
    """Narrow 3x3 convolution between two 1x1, added to its input."""

    def __init__(self, width: int, inner: int, dilation: int = 1) -> None:
        super().__init__()
        self.body = nn.Sequential(
            _conv(width, inner, dilation=dilation), nn.Conv2d(inner, width, 1, bias=False), nn.BatchNorm2d(width)
        )

    def forward(self, x: Tensor) -> Tensor:
        return functional.relu(x + self.body(x))


class Locator(nn.Module):
    """RGB in 0-255, shape (n, 3, s, s) to logits (n, 2, s/2, s/2): card, heart of a card."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = _conv(3, 16, stride=2, size=5)
        self.down4 = nn.Sequential(_conv(16, 32, stride=2), Residual(32, 32))
        self.down8 = nn.Sequential(_conv(32, 56, stride=2), Residual(56, 40), Residual(56, 40))
        self.down16 = nn.Sequential(_conv(56, 80, stride=2), Residual(80, 56), Residual(80, 56))
        self.down32 = nn.Sequential(
            _conv(80, 112, stride=2), Residual(112, 64), Residual(112, 64, 2), Residual(112, 64)
        )
        self.side16, self.side8, self.side4 = nn.Conv2d(80, 64, 1), nn.Conv2d(56, 48, 1), nn.Conv2d(32, 32, 1)
        self.up16, self.up8, self.up4 = nn.Conv2d(112, 64, 1), nn.Conv2d(64, 48, 1), nn.Conv2d(48, 32, 1)
        self.mix16, self.mix8, self.mix4 = Residual(64, 48), Residual(48, 40), Residual(32, 32)
        self.head = nn.Sequential(nn.Conv2d(32, 2 * 4, 3, 1, 1), nn.PixelShuffle(2))

    def forward(self, x: Tensor) -> Tensor:
        x4 = self.down4(self.stem(x / 64.0 - 2.0))
        x8 = self.down8(x4)
        x16 = self.down16(x8)
        x32 = self.down32(x16)
        y = self.mix16(functional.relu(self.side16(x16) + _twice(self.up16(x32))))
        y = self.mix8(functional.relu(self.side8(x8) + _twice(self.up8(y))))
        y = self.mix4(functional.relu(self.side4(x4) + _twice(self.up4(y))))
        out: Tensor = self.head(y)
        return out


def _twice(x: Tensor) -> Tensor:
    return functional.interpolate(x, scale_factor=2.0, mode="bilinear", align_corners=False)


def loss(logits: Tensor, target: Tensor, weight: Tensor) -> Tensor:
    """Cross entropy, heavier near the rims, and the overlap that is missing."""
    entropy = functional.binary_cross_entropy_with_logits(logits, target, reduction="none")
    entropy = (entropy * weight).sum() / weight.expand_as(entropy).sum()
    p = torch.sigmoid(logits)
    both, either = (p * target).sum((2, 3)), (p + target).sum((2, 3))
    dice = 1 - (2 * both + 20) / (either + 20)
    return entropy + 0.5 * dice.mean()
