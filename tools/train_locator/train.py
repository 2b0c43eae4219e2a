"""Train the locator on pictures drawn on the fly and export it for OpenVINO.

python -m tools.train_locator.train --minutes 22 --out cardscan/imaging/models
"""

from __future__ import annotations

import argparse
import hashlib
import multiprocessing as mp
import pickle
import time
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from tools.train_locator.cards import random_card, world_cards
from tools.train_locator.fitting import Batch, fit
from tools.train_locator.model import Locator
from tools.train_locator.scenes import INPUT, scene

BATCH = 16
AHEAD = 1200  # scenes drawn before they are wanted
REUSE = 3  # times that a scene is used, each time turned and tinted anew
SIDE = 192  # of the pictures that the net sees; they are drawn larger
SMALL = 160  # the same at first: what is coarse is learned faster from small pictures
KEPT = 6000  # scenes that lie ready; the oldest are replaced all the time
GENERIC = 700  # cards of no world
BARE = 250  # of them, those that are text on white and no more
WORLD = 110  # cards of each world that may be learned from
QUADS = 4
HEART = 0.8  # size of a card's heart


def targets(quads: NDArray[np.float32]) -> tuple[NDArray[np.uint8], NDArray[np.uint8], NDArray[np.uint8]]:
    """Card, heart and rim at half size; quads of NaN are none."""
    fine, half = 2 * INPUT, INPUT // 2
    card, heart, rim = (np.zeros((fine, fine), np.uint8) for _ in range(3))
    for quad in quads:
        if np.isnan(quad).any():
            continue
        own = quad * 2 - 0.5  # the middle of the first point is at half a point from the rim
        middle = own.mean(0)
        shrunk = middle + (own - middle) * HEART
        cv2.fillConvexPoly(card, np.round(own * 16).astype(np.int32), 255, cv2.LINE_8, 4)
        cv2.fillConvexPoly(heart, np.round(shrunk * 16).astype(np.int32), 255, cv2.LINE_8, 4)
        own_rim = np.zeros_like(rim)
        cv2.polylines(own_rim, [np.round(own * 16).astype(np.int32)], True, 85, 18, cv2.LINE_8, 4)
        rim = np.asarray(cv2.add(rim, own_rim), np.uint8)  # where two cards are close, both count
    card, heart, rim = (cv2.resize(plane, (half, half), interpolation=cv2.INTER_AREA) for plane in (card, heart, rim))
    return card, heart, rim


def fill(pictures: Any, outlines: Any, made: Any, used: Any, cards: list[Any], seed: int) -> None:
    """Draw scenes for ever into shared memory, not much faster than they are used."""
    cv2.setNumThreads(1)
    rng = np.random.default_rng(seed)
    x = np.frombuffer(pictures, np.uint8).reshape(KEPT, INPUT, INPUT, 3)
    q = np.frombuffer(outlines, np.float32).reshape(KEPT, QUADS, 4, 2)
    while True:
        while made.value > AHEAD + used.value // REUSE:
            time.sleep(0.05)
        picture, quads = scene(lambda: cards[int(rng.integers(len(cards)))], rng)
        at = made.value % KEPT
        x[at] = picture
        q[at] = np.nan
        q[at, : len(quads)] = quads[:QUADS]
        made.value += 1


def batch(
    x: Any, q: Any, ready: int, side: int, rng: np.random.Generator
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Scenes turned, mirrored and tinted anew, ``side`` pixels large."""
    pictures, goals, weights = [], [], []
    for i in rng.integers(0, ready, BATCH):
        planes = np.dstack(
            [x[i], *(cv2.resize(t, (INPUT, INPUT), interpolation=cv2.INTER_NEAREST) for t in targets(q[i]))]
        )
        planes = np.rot90(planes, int(rng.integers(4)))
        if rng.random() < 0.5:
            planes = planes[:, ::-1]
        picture = planes[..., :3].astype(np.float32)
        if rng.random() < 0.5:
            picture = (picture - 127) * rng.uniform(0.7, 1.2) + 127 + rng.normal(0, 12, 3).astype(np.float32)
        if rng.random() < 0.3:
            picture = picture[..., rng.permutation(3)]
        if side < INPUT:
            picture = cv2.resize(picture, (side, side), interpolation=cv2.INTER_AREA)
        pictures.append(np.clip(picture, 0, 255).transpose(2, 0, 1))
        goal = np.ascontiguousarray(planes[::2, ::2, 3:]).astype(np.float32) / 255
        if side < INPUT:
            goal = cv2.resize(goal, (side // 2, side // 2), interpolation=cv2.INTER_AREA)
        goals.append(goal[..., :2].transpose(2, 0, 1))
        weights.append(1 + 9 * goal[..., 2:].transpose(2, 0, 1))
    return tuple(torch.from_numpy(np.ascontiguousarray(np.stack(a))) for a in (pictures, goals, weights))  # type: ignore[return-value]


def train(given: argparse.Namespace, cards: list[Any]) -> Locator:
    torch.set_num_threads(1)
    torch.manual_seed(given.seed)
    pictures = mp.RawArray("B", KEPT * INPUT * INPUT * 3)
    outlines = mp.RawArray("f", KEPT * QUADS * 8)
    made = mp.Value("L", 0, lock=False)
    used = mp.Value("L", 0, lock=False)
    drawer = mp.Process(target=fill, args=(pictures, outlines, made, used, cards, given.seed), daemon=True)
    drawer.start()
    x = np.frombuffer(pictures, np.uint8).reshape(KEPT, INPUT, INPUT, 3)
    q = np.frombuffer(outlines, np.float32).reshape(KEPT, QUADS, 4, 2)
    net = Locator().to(memory_format=torch.channels_last)
    if given.start is not None:
        net.load_state_dict(torch.load(given.start))
    rng = np.random.default_rng(given.seed)

    def some(small: bool) -> Batch:
        used.value += BATCH
        return batch(x, q, min(made.value, KEPT), SMALL if small else SIDE, rng)

    best = fit(net, given, made, some, bfloat16=True)
    drawer.terminate()
    return best


def export(net: Locator, out: Path, name: str, size: tuple[int, int]) -> None:
    """Weights at half precision, for pictures of one height and width; how likely each point is as output."""
    import openvino

    whole = torch.nn.Sequential(net, torch.nn.Sigmoid()).eval().to(memory_format=torch.contiguous_format)
    shape = [1, 3, *size]
    model = openvino.convert_model(whole, example_input=torch.zeros(*shape), input=shape)
    out.mkdir(parents=True, exist_ok=True)
    openvino.save_model(model, out / f"{name}.xml", compress_to_fp16=True)
    for path in sorted(out.glob(f"{name}.*")):
        print(path.name, path.stat().st_size, hashlib.sha256(path.read_bytes()).hexdigest())


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--minutes", type=float, default=22)
    words.add_argument("--small", type=float, default=0.45, help="share of the time spent on small pictures, at first")
    words.add_argument("--rate", type=float, default=3e-3, help="highest learning rate")
    words.add_argument("--seed", type=int, default=1)
    words.add_argument("--cards", type=Path, help="cache of the drawn cards, made where it is missing")
    words.add_argument("--start", type=Path, help="weights to go on from")
    words.add_argument("--keep", type=Path, default=Path("locator.pt"), help="where the weights are kept")
    words.add_argument("--out", type=Path, required=True, help="folder of the exported model")
    words.add_argument("--export-only", action="store_true", help="export --start and stop")
    given = words.parse_args()
    if given.export_only:
        net = Locator()
        net.load_state_dict(torch.load(given.start))
        export(net.eval(), given.out, "locator", (SIDE, SIDE))
        return
    cv2.setNumThreads(0)  # threads of its own would leave the drawer, which is forked later, waiting for ever
    rng = np.random.default_rng(given.seed)
    if given.cards is not None and given.cards.exists():
        cards = pickle.loads(given.cards.read_bytes())
    else:
        cards = world_cards(WORLD) + [random_card(rng) for _ in range(GENERIC)] * 2
        cards += [random_card(rng, bare=True) for _ in range(BARE)]
        if given.cards is not None:
            given.cards.write_bytes(pickle.dumps(cards))
    export(train(given, cards), given.out, "locator", (SIDE, SIDE))


if __name__ == "__main__":
    main()
