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
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from cardscan.classify.text import Text
from cardscan.classify.wordpiece import END, START, UNKNOWN, Pieces
from tools.train_sentences.exported import read_exported
from tools.train_sentences.model import CLASSES, LONGEST, Exported, Judge, read_weights

_CORPUS = Path(__file__).parent / "corpus"
_OFTEN = 9000  # rows of the encoder's vocabulary, the frequent ones first, from which whole words are kept
_BATCH = 32
_ROW = 128  # pieces in a row of the exported net
_JOINED = 0.25
_SHORT = 3  # letters
_LONG = 240  # letters: what stands beyond is in another part of a sentence
_RISING = 0.1  # share of the training in which its rate rises
_KEPT = 0.999  # of the mean of weights, from step to step
_TITLED = 0.3  # of the sentences set on cards that stand right behind an issuer's name
_ISSUER = re.compile(r"Permanente|Kaiser|Health Plan|Insurance Co|\bInc\b", re.IGNORECASE)
Example = tuple[str, int]


def read_corpus(folder: Path) -> list[Example]:
    """The sentences of a folder, each with its class."""
    found = []
    for number, name in enumerate(CLASSES):
        for file in sorted(folder.glob(f"**/{name}.txt")):
            found += [(line, number) for line in file.read_text("utf-8").splitlines() if line.strip()]
    return list(dict.fromkeys(found))


def read_cards(folder: Path) -> list[list[str]]:
    """The sides of whole cards, as their printed lines."""
    sides: dict[tuple[str, int, str], list[str]] = {}
    for file in sorted(folder.glob("*.txt")):
        number = 0
        for line in file.read_text("utf-8").splitlines():
            if line.startswith("==="):
                number += 1
            elif line[1:2] == "|":
                sides.setdefault((file.name, number, line[0]), []).append(line[2:].strip())
    return list(sides.values())


def on_cards(sides: Sequence[list[str]], examples: Sequence[Example], chance: random.Random) -> list[Example]:
    """Sentences as cards give them, many lines in one; and what is not harmless, in the midst of such lines."""
    others = [[example for example in examples if example[1] == kind] for kind in (1, 1, 2, 2, 3)]
    found = []
    issuers = [line for side in sides for line in side if _ISSUER.search(line) and len(line) < _LONG / 3]
    for side in sides:
        first, last = sorted(chance.randrange(len(side) + 1) for _ in range(2))
        for lines in (side, side[first:last]):
            found += [(sentence, 0) for sentence in _cut(" ".join(lines)) if len(sentence) > _SHORT]
        for _ in range(2):
            told, kind = chance.choice(chance.choice(others))
            at = chance.randrange(len(side) + 1)
            before, after = side[max(0, at - chance.randrange(3)) : at], side[at : at + chance.randrange(3)]
            if chance.random() < _TITLED:
                before = [*before[:-1], chance.choice(issuers)]
            around = _cut(" ".join([*before, told, *after]))
            found += [(s, kind) for s in around if told in s and s.index(told) + len(told) < _LONG]
    return found


def _cut(raw: str) -> list[str]:
    """The sentences of a text, as the judge is given them."""
    text = Text(raw)
    return [text.sentence(start, end).strip() for start, end in text.sentences]


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
    examples: Sequence[Example], sides: Sequence[list[str]], pieces: Pieces, chance: random.Random
) -> Iterator[list[tuple[list[int], int]]]:
    """An epoch: sentences alone and on cards, damaged, some joined to a harmless one, batched by length."""
    examples = [*examples, *on_cards(sides, examples, chance)]
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


def train(
    net: Judge, examples: Sequence[Example], sides: Sequence[list[str]], pieces: Pieces, given: argparse.Namespace
) -> Judge:
    """Train in so many epochs; answers the mean of the last one's weights, and reports the loss of each."""
    chance = random.Random(given.seed)
    mean = AveragedModel(net, multi_avg_fn=get_ema_multi_avg_fn(_KEPT))
    optimiser = torch.optim.AdamW(net.parameters(), lr=given.rate, weight_decay=0.01)
    begun = time.monotonic()
    for epoch in range(given.epochs):
        net.train()
        losses = []
        rare = [example for example in examples if CLASSES[example[1]] == "urgent"]
        some = chance.sample(examples, round(given.share * len(examples)))
        every = list(batches(list(dict.fromkeys([*some, *rare])), sides, pieces, chance))
        for number, batch in enumerate(every):
            done = (epoch + number / len(every)) / given.epochs
            optimiser.param_groups[0]["lr"] = given.rate * min(done / _RISING + 0.01, (1 - done) / (1 - _RISING))
            with torch.autocast("cpu", torch.bfloat16, enabled=given.bfloat16):
                logits = net(*tensors([row for row, _ in batch]))[:, 0]
            kinds = torch.tensor([kind for _, kind in batch])
            loss = functional.cross_entropy(logits.float(), kinds, label_smoothing=0.05)
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            optimiser.step()
            mean.update_parameters(net)
            losses.append(loss.item())
        print(f"epoch {epoch + 1}: loss {np.mean(losses):.3f}, {time.monotonic() - begun:.0f} s", flush=True)
    averaged: Judge = mean.module.eval()
    return averaged


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
    asked.add_argument("--share", type=float, default=1.0, help="of single sentences in an epoch; of a rare kind all")
    asked.add_argument("--rate", type=float, default=1.5e-4)
    asked.add_argument("--seed", type=int, default=0)
    asked.add_argument("--bfloat16", action="store_true", help="faster, on processors that have it")
    asked.add_argument("--held", type=Path, help="folder of sentences of other writers, to report on")
    asked.add_argument("--start", type=Path, help="folder of an exported model to go on from")
    asked.add_argument("--out", type=Path, required=True, help="folder of the exported model")
    given = asked.parse_args()
    torch.manual_seed(given.seed)
    examples, sides = read_corpus(_CORPUS), read_cards(_CORPUS / "cards")
    listed = json.loads(given.pieces.read_text("utf-8"))["model"]["vocab"]
    rows = kept_rows(listed, [*examples, *((line, 0) for side in sides for line in side)])
    if given.start:
        rows = {piece: listed[piece] for piece in (given.start / "sentences.txt").read_text("utf-8").splitlines()}
    pieces = Pieces(list(rows))
    net = Judge(read_weights(given.base), list(rows.values()))
    if given.start:
        net.load_state_dict(read_exported(given.start))
    print(f"{len(examples)} sentences, {len(sides)} sides of cards, {len(rows)} pieces", flush=True)
    net = train(net, examples, sides, pieces, given)
    if given.held:
        report(net, read_corpus(given.held), pieces)
    export(net, list(rows), given.out)


if __name__ == "__main__":
    main()
