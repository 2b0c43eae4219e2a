"""Training one of the nets for a given time, on pictures that another process draws meanwhile."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
import torch

from tools.train_locator.model import Locator, loss

Batch: TypeAlias = tuple[torch.Tensor, ...]
"""Pictures, goals, and what each point counts."""

AHEAD = 400  # scenes that must lie ready before the first batch
SETTLE = 60  # batches from which the statistics of the averaged net are taken at the end


def fit(
    net: Locator, given: argparse.Namespace, made: Any, batch: Callable[[bool], Batch], *, bfloat16: bool
) -> Locator:
    """Train for so many minutes; answers the running mean of the weights, which is kept in a file as well.

    Args:
        net: Where to go on from.
        given: ``minutes``, ``small`` (share of the time spent on small pictures), ``rate`` and ``keep``.
        made: How many scenes were drawn, shared with who draws them.
        batch: A batch of small or of large pictures.
        bfloat16: Compute so: faster where the processor has it, and many times slower where not.
    """
    mean = torch.optim.swa_utils.AveragedModel(
        net, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(0.99), use_buffers=True
    )
    steps = torch.optim.AdamW(net.parameters(), 1e-3, weight_decay=1e-2)
    while made.value < AHEAD:
        time.sleep(0.2)
    began, n, recent, told = time.monotonic(), 0, 0.0, 0.0
    while (share := (time.monotonic() - began) / (60 * given.minutes)) < 1:
        rate = given.rate * min(1.0, (n + 1) / 100) * (0.5 + 0.5 * float(np.cos(np.pi * share))) + 1e-5
        for group in steps.param_groups:
            group["lr"] = rate
        picture, goal, weight = batch(share <= given.small)
        with torch.autocast("cpu", torch.bfloat16, enabled=bfloat16):
            logits = net(picture.to(memory_format=torch.channels_last))
        value = loss(logits.float(), goal, weight)
        steps.zero_grad()
        value.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 2.0)
        steps.step()
        mean.update_parameters(net)
        n, recent = n + 1, 0.98 * recent + 0.02 * value.item()
        if time.monotonic() - told > 30:
            told = time.monotonic()
            a_second, so_far = n * len(picture) / (told - began), recent / (1 - 0.98**n)
            print(f"{share:.2f} step {n} drawn {made.value} a second {a_second:.1f} loss {so_far:.4f}", flush=True)
            torch.save(mean.module.state_dict(), given.keep)
    best: Locator = mean.module
    _settle(best, lambda: batch(False)[0])
    torch.save(best.state_dict(), given.keep)
    return best


def _settle(net: Locator, pictures: Callable[[], torch.Tensor]) -> None:
    """Take the statistics of the normalising layers anew: the averaged weights have none of their own."""
    for layer in net.modules():
        if isinstance(layer, torch.nn.BatchNorm2d):
            layer.reset_running_stats()
            layer.momentum = None
    net.train()
    with torch.no_grad():
        for _ in range(SETTLE):
            net(pictures())
    net.eval()
