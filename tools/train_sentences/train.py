"""Train the judge of sentences and export it for OpenVINO.

python -m tools.train_sentences.train --base model.safetensors --pieces tokenizer.json --out cardscan/classify/models
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import re
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from cardscan.classify.wordpiece import END, START, UNKNOWN, Pieces
from tools.train_sentences.model import CLASSES, LONGEST, Exported, Judge, read_weights

_CORPUS = Path(__file__).parent / "corpus"
_OFTEN = 9000  # rows of the encoder's vocabulary, the frequent ones first, from which whole words are kept
_BATCH = 32
_ROW = 128  # pieces in a row of the exported net
_JOINED = 0.25
Example = tuple[str, int]


def read_corpus(folder: Path) -> list[Example]:
    """The sentences of a folder, each with its class."""
    found = []
    for number, name in enumerate(CLASSES):
        for file in sorted(folder.glob(f"**/{name}.txt")):
            found += [(line, number) for line in file.read_text("utf-8").splitlines() if line.strip()]
    return list(dict.fromkeys(found))


def kept_rows(listed: dict[str, int], examples: Sequence[Example]) -> dict[str, int]:
    """The pieces that are kept, and their rows: what the corpus holds, single signs, and frequent words."""
    everything = Pieces(sorted(listed, key=lambda piece: listed[piece]))
    inverse = {row: piece for piece, row in listed.items()}
    rows = {row for sentence, _ in examples for row in everything.of(sentence)}
    rows |= {listed[piece] for piece in ("[PAD]", UNKNOWN, START, END)}
    rows |= {row for piece, row in listed.items() if re.fullmatch(r"(##)?[!-~]", piece)}
    rows |= {row for piece, row in listed.items() if row < _OFTEN and re.fullmatch(r"(##)?[a-z]+|\d\d?", piece)}
    return {inverse[row]: row for row in sorted(rows)}


def as_read(sentence: str, chance: random.Random) -> str:
    """A sentence with what readers and designers do to it: capitals, lost spaces, lost and wrong letters."""
    if chance.random() < 0.25:
        sentence = sentence.upper() if chance.random() < 0.5 else sentence.lower()
    if chance.random() < 0.05:
        sentence = "".join(letter for letter in sentence if letter != " " or chance.random() < 0.3)
    if chance.random() < 0.25:
        for _ in range(chance.randrange(1, 3)):
            at = chance.randrange(len(sentence))
            way = chance.random()
            if way < 0.4 and " " in sentence:
                at = chance.choice([i for i, letter in enumerate(sentence) if letter == " "])
            with_ = chance.choice("aeioutnlrs1I0") if way >= 0.7 else ""
            sentence = (sentence[:at] + with_ + sentence[at + 1 :]) or sentence
    return sentence


def batches(
    examples: Sequence[Example], pieces: Pieces, chance: random.Random
) -> Iterator[list[tuple[list[int], int]]]:
    """An epoch: sentences damaged, some joined to a harmless one, batched by length."""
    harmless = [sentence for sentence, kind in examples if kind == 0]
    made = []
    for sentence, kind in examples:
        if chance.random() < _JOINED:
            pair = [sentence.rstrip("."), chance.choice(harmless).rstrip(".")]
            chance.shuffle(pair)
            sentence = chance.choice([". ", " ", "; "]).join(pair)
        made.append((framed(as_read(sentence, chance), pieces), kind))
    chance.shuffle(made)
    chunks = []
    for start in range(0, len(made), _BATCH * 40):
        alike = sorted(made[start : start + _BATCH * 40], key=lambda example: len(example[0]))
        chunks += [alike[i : i + _BATCH] for i in range(0, len(alike), _BATCH)]
    chance.shuffle(chunks)
    yield from chunks


def framed(sentence: str, pieces: Pieces) -> list[int]:
    """A sentence's pieces between its start and its end."""
    start, end = pieces.ends
    return [start, *pieces.of(sentence)[: LONGEST - 2], end]


def tensors(rows: Sequence[list[int]]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """One sentence a row."""
    longest = max(map(len, rows))
    pieces = torch.zeros(len(rows), longest, dtype=torch.long)
    own = torch.full((len(rows), longest), -1)
    for i, row in enumerate(rows):
        pieces[i, : len(row)] = torch.tensor(row)
        own[i, : len(row)] = 0
    return pieces, torch.arange(longest).expand(len(rows), longest), own


def train(net: Judge, examples: Sequence[Example], pieces: Pieces, given: argparse.Namespace) -> Judge:
    """Train in so many epochs; reports the loss of each."""
    chance = random.Random(given.seed)
    optimiser = torch.optim.AdamW(net.parameters(), lr=given.rate, weight_decay=0.01)
    steps = given.epochs * (len(examples) // _BATCH + 60)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, given.rate, total_steps=steps, pct_start=0.1)
    begun = time.monotonic()
    for epoch in range(given.epochs):
        net.train()
        losses = []
        for batch in batches(examples, pieces, chance):
            with torch.autocast("cpu", torch.bfloat16):
                logits = net(*tensors([row for row, _ in batch]))[:, 0]
            kinds = torch.tensor([kind for _, kind in batch])
            loss = functional.cross_entropy(logits.float(), kinds, label_smoothing=0.05)
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            optimiser.step()
            schedule.step()
            losses.append(loss.item())
        print(f"epoch {epoch + 1}: loss {np.mean(losses):.3f}, {time.monotonic() - begun:.0f} s", flush=True)
    return net.eval()


def report(net: Judge, examples: Sequence[Example], pieces: Pieces) -> None:
    """How many of each class pass where so many harmless sentences are refused."""
    doubt = []
    with torch.no_grad():
        for start in range(0, len(examples), 64):
            rows = [framed(sentence, pieces) for sentence, _ in examples[start : start + 64]]
            doubt.append(1 - torch.softmax(net(*tensors(rows))[:, 0], 1)[:, 0].numpy())
    doubts, kinds = np.concatenate(doubt), np.array([kind for _, kind in examples])
    for refused in (0.02, 0.05, 0.1):
        level = np.quantile(doubts[kinds == 0], 1 - refused)
        passed = [f"{name} {(doubts[kinds == i] < level).mean():.3f}" for i, name in enumerate(CLASSES) if i]
        print(f"{refused:.0%} refused (above {level:.3f}), passed: {', '.join(passed)}", flush=True)


def export(net: Judge, vocabulary: Sequence[str], out: Path) -> None:
    """Write the net, its weights in eight bits, and its vocabulary."""
    import nncf
    import openvino

    row = torch.zeros(_ROW, dtype=torch.int32)
    model = openvino.convert_model(Exported(net), example_input=(row, row, row), input=[[_ROW]] * 3)
    model = nncf.compress_weights(model, mode=nncf.CompressWeightsMode.INT8_SYM)
    openvino.save_model(model, out / "sentences.xml")
    (out / "sentences.txt").write_text("\n".join(vocabulary) + "\n", "utf-8")
    for name in ("sentences.xml", "sentences.bin", "sentences.txt"):
        print(name, hashlib.sha256((out / name).read_bytes()).hexdigest(), (out / name).stat().st_size)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--base", type=Path, required=True, help="weights of the encoder to start from (safetensors)")
    asked.add_argument("--pieces", type=Path, required=True, help="its tokenizer.json")
    asked.add_argument("--epochs", type=int, default=5)
    asked.add_argument("--rate", type=float, default=1.5e-4)
    asked.add_argument("--seed", type=int, default=0)
    asked.add_argument("--held", type=Path, help="folder of sentences of other writers, to report on")
    asked.add_argument("--start", type=Path, help="weights to go on from; their vocabulary lies in --out")
    asked.add_argument("--keep", type=Path, help="file for the weights")
    asked.add_argument("--out", type=Path, required=True, help="folder of the exported model")
    given = asked.parse_args()
    torch.manual_seed(given.seed)
    examples = read_corpus(_CORPUS)
    listed = json.loads(given.pieces.read_text("utf-8"))["model"]["vocab"]
    rows = kept_rows(listed, examples)
    if given.start:
        rows = {piece: listed[piece] for piece in (given.out / "sentences.txt").read_text("utf-8").splitlines()}
    pieces = Pieces(list(rows))
    net = Judge(read_weights(given.base), list(rows.values()))
    if given.start:
        net.load_state_dict(torch.load(given.start, weights_only=True))
    print(f"{len(examples)} sentences, {len(rows)} pieces", flush=True)
    train(net, examples, pieces, given)
    if given.keep:
        torch.save(net.state_dict(), given.keep)
    if given.held:
        report(net, read_corpus(given.held), pieces)
    export(net, list(rows), given.out)


if __name__ == "__main__":
    main()
