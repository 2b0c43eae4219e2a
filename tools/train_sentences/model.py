"""The net: the first layers of a sentence encoder, and a head that says what a sentence does to the member's right."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

LAYERS = 3
HEADS = 12
LONGEST = 64  # pieces of a sentence, with its start and end
CLASSES = ("legit", "deny", "other", "urgent")
_WIDTH = 384


class Layer(nn.Module):
    """One layer of a transformer, as BERT has it."""

    def __init__(self, weights: dict[str, Tensor], number: int) -> None:
        super().__init__()
        part = f"encoder.layer.{number}."
        self.query, self.key, self.value = (
            _linear(weights, f"{part}attention.self.{n}") for n in ("query", "key", "value")
        )
        self.joined = _linear(weights, f"{part}attention.output.dense")
        self.attended = _norm(weights, f"{part}attention.output.LayerNorm")
        self.wide = _linear(weights, f"{part}intermediate.dense")
        self.narrow = _linear(weights, f"{part}output.dense")
        self.done = _norm(weights, f"{part}output.LayerNorm")
        self.drop = nn.Dropout(0.1)

    def forward(self, x: Tensor, seen: Tensor) -> Tensor:
        n, length, width = x.shape

        def heads(t: Tensor) -> Tensor:
            return t.view(n, length, HEADS, width // HEADS).transpose(1, 2)

        mixed = functional.scaled_dot_product_attention(
            heads(self.query(x)), heads(self.key(x)), heads(self.value(x)), attn_mask=seen
        )
        x = self.attended(x + self.drop(self.joined(mixed.transpose(1, 2).reshape(n, length, width))))
        out: Tensor = self.done(x + self.drop(self.narrow(functional.gelu(self.wide(x)))))
        return out


class Judge(nn.Module):
    """Pieces of sentences to logits of ``CLASSES``.

    Args:
        weights: Of the encoder that the training starts from.
        rows: Which rows of its vocabulary are kept.
    """

    def __init__(self, weights: dict[str, Tensor], rows: list[int]) -> None:
        super().__init__()
        part = "embeddings."
        self.piece = nn.Embedding.from_pretrained(weights[part + "word_embeddings.weight"][rows], freeze=False)
        place = weights[part + "position_embeddings.weight"][:LONGEST]
        self.place = nn.Embedding.from_pretrained(
            place + weights[part + "token_type_embeddings.weight"][0], freeze=False
        )
        self.norm = _norm(weights, part + "LayerNorm")
        self.layers = nn.ModuleList(Layer(weights, i) for i in range(LAYERS))
        self.drop = nn.Dropout(0.1)
        self.head = nn.Linear(_WIDTH, len(CLASSES))

    def forward(self, pieces: Tensor, places: Tensor, own: Tensor) -> Tensor:
        """Logits of the sentences in some rows.

        Args:
            pieces: Shape (n, length).
            places: Where in its sentence each piece stands, shape (n, length).
            own: Which of the row's sentences each piece belongs to, shape (n, length); -1: none.

        Returns:
            Shape (n, sentences, classes).
        """
        x = self.drop(self.norm(self.piece(pieces) + self.place(places)))
        seen = (own[:, None, :] == own[:, :, None])[:, None]
        for layer in self.layers:
            x = layer(x, seen)
        among = (own[:, None, :] == torch.arange(SENTENCES)[None, :, None]).to(x.dtype)
        mean = among @ x / among.sum(2, keepdim=True).clamp(min=1)
        out: Tensor = self.head(self.drop(mean))
        return out


SENTENCES = 16  # in a row, at most


class Exported(nn.Module):
    """The same with probabilities, for one row."""

    def __init__(self, judge: Judge) -> None:
        super().__init__()
        self.judge = judge

    def forward(self, pieces: Tensor, places: Tensor, own: Tensor) -> Tensor:
        return torch.softmax(self.judge(pieces[None], places[None], own[None])[0], 1)


def read_weights(path: Path) -> dict[str, Tensor]:
    """The floats of a file in the safetensors format."""
    data = path.read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + length])
    weights = {}
    for name, entry in header.items():
        if name != "__metadata__" and entry["dtype"] == "F32":
            start, end = (8 + length + at for at in entry["data_offsets"])
            weights[name] = torch.from_numpy(np.frombuffer(data[start:end], np.float32).reshape(entry["shape"]).copy())
    return weights


def _linear(weights: dict[str, Tensor], name: str) -> nn.Linear:
    weight = weights[name + ".weight"]
    layer = nn.Linear(weight.shape[1], weight.shape[0])
    layer.load_state_dict({"weight": weight, "bias": weights[name + ".bias"]})
    return layer


def _norm(weights: dict[str, Tensor], name: str) -> nn.LayerNorm:
    norm = nn.LayerNorm(_WIDTH, eps=1e-12)
    norm.load_state_dict({"weight": weights[name + ".weight"], "bias": weights[name + ".bias"]})
    return norm
