"""Train the net that sees what lies on a card, on pictures drawn on the fly, and export it for OpenVINO.

python -m tools.train_covers.train --minutes 60 --start tools/train_locator/locator.pt --out cardscan/imaging/models
"""

from __future__ import annotations

import argparse
import multiprocessing as mp
import pickle
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from tools.train_covers.scenes import HEIGHT, WIDTH, scene
from tools.train_locator.cards import random_card, world_cards
from tools.train_locator.fitting import Batch, fit
from tools.train_locator.model import Locator
from tools.train_locator.train import export

BATCH = 16
KEPT = 6000  # scenes that lie ready; the oldest are replaced all the time
SMALL = 2 / 3  # of the size, at first: what is coarse is learned faster from small pictures
GENERIC = 600
WORLD = 130  # cards of each world that may be learned from, shown twice as often
RIM = np.ones((7, 7), np.uint8)


def draw(pictures: Any, planes: Any, made: Any, cards: list[Any], seed: int) -> None:
    """Draw scenes for ever into shared memory."""
    cv2.setNumThreads(1)
    rng = np.random.default_rng(seed)
    x, y = _shared(pictures, planes)
    while True:
        at = made.value % KEPT
        x[at], y[at] = scene(lambda: cards[int(rng.integers(len(cards)))], rng)
        made.value += 1


def _shared(pictures: Any, planes: Any) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    x = np.frombuffer(pictures, np.uint8).reshape(KEPT, HEIGHT, WIDTH, 3)
    return x, np.frombuffer(planes, np.uint8).reshape(KEPT, 2, HEIGHT // 2, WIDTH // 2)


def batch(x: Any, y: Any, ready: int, scale: float, rng: np.random.Generator) -> Batch:
    """Scenes turned, mirrored and tinted anew: pictures, goals, and what each point counts."""
    size = round(WIDTH * scale), round(HEIGHT * scale)
    pictures, goals, weights = [], [], []
    for i in rng.integers(0, ready, BATCH):
        picture, goal = x[i].astype(np.float32), y[i].transpose(1, 2, 0).astype(np.float32) / 255
        if rng.random() < 0.5:
            picture = (picture - 127) * rng.uniform(0.75, 1.15) + 127 + rng.normal(0, 10, 3).astype(np.float32)
        if rng.random() < 0.3:
            picture = picture[..., rng.permutation(3)]
        if scale < 1:
            picture = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
            goal = cv2.resize(goal, (size[0] // 2, size[1] // 2), interpolation=cv2.INTER_AREA)
        across, down = (slice(None, None, int(rng.choice([-1, 1]))) for _ in range(2))
        picture, goal = picture[down, across], goal[down, across]
        rim = cv2.morphologyEx(np.ascontiguousarray(goal), cv2.MORPH_GRADIENT, RIM)
        pictures.append(np.clip(picture, 0, 255).transpose(2, 0, 1))
        goals.append(goal.transpose(2, 0, 1))
        weights.append(1 + 4 * rim.max(2)[None])
    return tuple(torch.from_numpy(np.ascontiguousarray(np.stack(a), np.float32)) for a in (pictures, goals, weights))


def train(given: argparse.Namespace, cards: list[Any]) -> Locator:
    torch.set_num_threads(1)
    torch.manual_seed(given.seed)
    pictures = mp.RawArray("B", KEPT * HEIGHT * WIDTH * 3)
    planes = mp.RawArray("B", KEPT * HEIGHT * WIDTH // 2)
    made = mp.Value("L", 0, lock=False)
    drawer = mp.Process(target=draw, args=(pictures, planes, made, cards, given.seed), daemon=True)
    drawer.start()
    x, y = _shared(pictures, planes)
    net = Locator().to(memory_format=torch.channels_last)
    if given.start is not None:
        net.load_state_dict(torch.load(given.start))
        if given.new_head:
            net.head[0].reset_parameters()
    rng = np.random.default_rng(given.seed)
    best = fit(
        net, given, made,
        lambda small: batch(x, y, min(made.value, KEPT), SMALL if small else 1, rng), bfloat16=False,
    )  # fmt: skip
    drawer.terminate()
    return best


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--minutes", type=float, default=60)
    words.add_argument("--small", type=float, default=0.4, help="share of the time spent on small pictures, at first")
    words.add_argument("--rate", type=float, default=2e-3, help="highest learning rate")
    words.add_argument("--seed", type=int, default=1)
    words.add_argument("--cards", type=Path, help="cache of the drawn cards, made where it is missing")
    words.add_argument("--start", type=Path, help="weights to go on from")
    words.add_argument("--new-head", action="store_true", help="forget the last layer of them: it knew other things")
    words.add_argument("--keep", type=Path, default=Path("covers.pt"), help="where the weights are kept")
    words.add_argument("--out", type=Path, required=True, help="folder of the exported model")
    words.add_argument("--export-only", action="store_true", help="export --start and stop")
    given = words.parse_args()
    if given.export_only:
        net = Locator()
        net.load_state_dict(torch.load(given.start))
        export(net.eval(), given.out, "covers", (HEIGHT, WIDTH))
        return
    cv2.setNumThreads(0)  # threads of its own would leave the drawer, which is forked later, waiting for ever
    if given.cards is not None and given.cards.exists():
        cards = pickle.loads(given.cards.read_bytes())
    else:
        rng = np.random.default_rng(given.seed)
        cards = world_cards(WORLD) * 2 + [random_card(rng) for _ in range(GENERIC)]
        if given.cards is not None:
            given.cards.write_bytes(pickle.dumps(cards))
    export(train(given, cards), given.out, "covers", (HEIGHT, WIDTH))


if __name__ == "__main__":
    main()
