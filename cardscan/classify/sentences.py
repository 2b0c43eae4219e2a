"""What a sentence does to the member's right to the network: a small net of our own on OpenVINO, offline, one thread.

Nobody can list all the ways to say that a network is denied, limited, or that a card is not in force; nor those of
saying something else with the same words. The net learned both from sentences of many writers
(``tools/train_sentences``).
Sentences are packed into rows of one fixed length: no other tensor shape is ever used, so memory stays flat.
"""

from __future__ import annotations

import hashlib
import os
import re
import threading
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from cardscan.classify.phrases import Hit, Meaning
from cardscan.classify.text import Text
from cardscan.classify.wordpiece import Pieces
from cardscan.inference import Requests, core, measured

SHA256 = {
    "sentences.xml": "d330583d22c9df9ec0e0ab409dfad31fbaac189cb0680c8585ac45021b0aea2a",
    "sentences.bin": "2926f6d7a4bb0f04cba766cc9823164cfeeeee94174a976f2b9a8c1a1428f27d",
    "sentences.txt": "50680a873be2415973ee6eed1135433817eb2d4ae7722913219bc6745ace463f",
}
_FOLDER = Path(__file__).parent / "models"
_ROW = 128  # pieces
_MOST = 16  # sentences in a row
_LONGEST = 64  # pieces of a sentence; a longer one is judged in parts
_STEP = 48  # from one part to the next
_REMEMBERED = 4096
_HARMLESS = 0.55  # ordinary print passes as often as with the weights before; a threshold belongs to its weights
_WORD = r"(?<!\w)[A-Za-z]\w*[A-Za-z](?!\w)"  # no code, such as ASPROD1
_WORDS = re.compile(rf"{_WORD}.*\s.*?{_WORD}|[A-Za-z]{{14}}", re.DOTALL)  # one alone is a stamp or says nothing
_PLAN_ALONE = re.compile(
    r"\W*(?:(?:plan|product|coverage|benefit|type|kind|of|name|region|HMO|EPO|PPO|POS|HDHP|HSA|Cigna|open|access|tier|[1-3]"
    r"|N|S|So|North(?:ern)?|South(?:ern)?|California|Calif?|Colorado|Georgia|Hawaii|Mid|Atlantic|States)\b\W*)+",
    re.IGNORECASE,
)
"""A label and the name of a plan or a region: "Plan type: HMO", "PPO · N. California"."""
_LEGEND = re.compile(r"\W*(?:[A-Z]{1,4}\s?=\s?(?!.*\b(?i:no|not|none|never|without)\b)[A-Za-z /&-]{3,40}\W*)+")
"""What an abbreviation stands for: "ER = emergency room"."""
_START_ALONE = re.compile(
    r"\W*(?:(?:your|coverage|cover|plan|benefits?|member|membership|card)\s)*(?:begins?|began|starts?|started|effective|eff|issued?|since)"
    r"\b\W*(?:(?:date|on|as\sof|from)\W+)?[A-Za-z]{0,9}[\d/.,\s-]{4,12}(?:[A-Za-z]{3,9}[\s-]?\d{2,4})?\W*",
    re.IGNORECASE,
)
"""A first day alone: whether it has come is for dates to say."""
_LABELS_ALONE = re.compile(
    r"\W*(?:(?:ID|del?|la|el|miembro|afiliad[oa]|member|subscriber|cardholder|n[úu]mero|number|n[º°]|grupo|group|grp|rx|bin|pcn"
    r"|(?<=group\s)no|(?<=grupo\s)no|cigna(?=\sID\b)|rx(?:bin|pcn|gro?u?p|id)|MRN|HRN|record|health"
    r"|historia|cl[íi]nica|expediente|m[ée]dico|medical|account|cuenta|fechas?"
    r"|de\svigencia|efectiv[ao]s?|inicio|emisi[óo]n|dates?|effective|eff|issued?|issuer|payer|DOB|nacimiento|birth|of|ADV|KPIC"
    r"|(?<=\d\s)valid\s(?:through|thru|until)|[A-Z]{0,9}\d\w*"
    r"|(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec|ene|abr|ago|dic)[a-z]{0,7})\b\W*)+",
    re.IGNORECASE,
)
"""Labels in two languages, codes and days: "Fecha efectiva / Effective 01 MAY 2024"; days are for dates to judge."""
_NAME_ALONE = re.compile(
    r"\W*(?i:(?:member|subscriber|patient|enrollee|insured|cardholder|customer|employee)(?:['’]s)?(?:\sname\W+|\s?:\s?)|name\s?:\s?)"
    r"(?!.*(?i:\b(?:void|specimen|test|demo|proof|not?|card)\b|cancel|terminat|inactive|expire|suspend|ended|eligib))"
    r"(?:[^\W\d_a-z][^\W\d_]*[.,'’-]{0,2}\s?){2,6}"
)
"""A label and a person's name: somebody may be called Sample."""
_OTHERS_ALONE = re.compile(
    r"(?=.*(?i:\b(?:PHCS|Multi-?Plan|Private\sHealth)))\W*(?:\b(?i:in|inside|within|the|an?|other|another|all|for|care|KP|Kaiser"
    r"|Permanente|states?|PHCS|Multi-?Plan|Private|Health-?\s?care|Systems|networks?|providers?|and|or|uses?|via|is|are|through"
    r"|participating|C[AO]|DC|GA|HI|MD|OR|VA|WA)\b\W*)+",
    re.DOTALL,
)
"""The network of Kaiser Permanente's own states: "KP states: PHCS / MultiPlan"."""
_LINE_ALONE = re.compile(
    r"(?!.*\b(?:not?|never|none|without|except|unless|until|end(?:s|ed)?|member|employee)\b)"
    r".*\bCigna\s(?:Health\s?care\s)?PPO\s(?:network\s)?(?:(?:providers?|offices|doctors)\s)?only\W{0,3}(?:call\W{0,2})?(?:1\W{0,2})?\d{3}\W{1,2}\d{3}\W\d{4}\W*",
    re.IGNORECASE | re.DOTALL,
)
"""Whose a telephone line is: "Precertification, Cigna PPO only: 888-831-0761"."""
_ALONE = _PLAN_ALONE, _LABELS_ALONE, _START_ALONE, _NAME_ALONE, _LEGEND, _OTHERS_ALONE, _LINE_ALONE
_BEGINS = re.compile(
    r"(?:(?<=[)\]\d:;])|\b(?i:Permanente|Company|Inc)[.®]*) +(?=[A-Z][a-z]+ [a-z]|The )"
    r"|(?<=[A-Z]{2}) +(?=(?:The|This|Members?|Enrollees?|Care|Services|Not?) [A-Za-z])"
)

_SMALL = re.compile(r"(?<![A-Za-z])[a-z]{4,}(?![A-Za-z])")
_ENOUGH = 12  # small words, to tell from them
_GARBLED = 0.3  # of them are strange: of 391 sides, read well, half had 3 %, one in a hundred 14 %

Effect = Literal["denies", "ended", "urgent"]


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a sentence does, as shares of 1.

    Attributes:
        harmless: It takes nothing away.
        denies: It denies, limits or conditions the network.
        ended: It shows that the card is not in force.
        urgent: It leaves emergency and urgent care alone, which is what HMO and EPO members have anyway.
    """

    harmless: float
    denies: float
    ended: float
    urgent: float

    @property
    def effect(self) -> Effect | None:
        """What it does most, unless that is nothing."""
        if self.harmless >= _HARMLESS:
            return None
        if self.urgent > max(self.denies, self.ended):
            return "urgent"
        return "ended" if self.ended > self.denies else "denies"


@dataclass(frozen=True, slots=True)
class Judged:
    """What sentences are found to say by the net, not by words of theirs.

    Attributes:
        told: Effects, and what a sentence means that has one.
    """

    told: tuple[tuple[Effect, Meaning], ...]

    def hits(self, text: Text) -> list[Hit]:
        """Every sentence that does something, or its last part where a line or a title stands before it."""
        spans = [
            (begin, end)
            for start, end in text.sentences
            for begin in (start, *(match.end() for match in _BEGINS.finditer(text.raw, start, end)))
            if _WORDS.search(text.raw, begin, end)
            and not any(alone.fullmatch(text.raw, begin, end) for alone in _ALONE)
        ]
        # with its full stop, as writers end a sentence: the net is less sure of what seems to go on
        judged = judge().judge([text.sentence(start, end) for start, end in spans])
        return [
            Hit(meaning, 1.0, start, end, text.letters(start, end))
            for (start, end), odds in zip(spans, judged, strict=True)
            for effect, meaning in self.told
            if odds.effect == effect
        ]


class Judge:
    """Judges sentences. Safe to call from several threads.

    What was judged is remembered by a keyed hash of its pieces, never by its words.
    """

    def __init__(self, folder: Path = _FOLDER) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._loaded: tuple[Pieces, Requests] | None = None
        self._known: OrderedDict[bytes, Judgement] = OrderedDict()
        self._key = os.urandom(16)

    def load(self) -> None:
        """Load the model, so that the next call is fast.

        Raises:
            EngineUnavailable: As in ``judge``.
        """
        self._load()

    def judge(self, sentences: Sequence[str]) -> list[Judgement]:
        """What each sentence does; of a long one, what its worst part does.

        Raises:
            EngineUnavailable: The model is missing, was changed, or OpenVINO cannot run.
        """
        pieces, requests = self._load()
        parts = [(i, part) for i, sentence in enumerate(sentences) for part in _parts(pieces.of(sentence))]
        keys = [self._hash(part) for _, part in parts]
        with self._lock:
            found = {key: self._known[key] for key in keys if key in self._known}
        new = {key: part for key, (_, part) in zip(keys, parts, strict=True) if key not in found}
        found |= dict(zip(new, self._infer(list(new.values()), pieces, requests), strict=True))
        with self._lock:
            self._known |= {key: found[key] for key in new}
            while len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)
        worst = [Judgement(1.0, 0.0, 0.0, 0.0)] * len(sentences)
        for (i, _), key in zip(parts, keys, strict=True):
            worst[i] = min(worst[i], found[key], key=lambda judgement: judgement.harmless)
        return worst

    def is_garbled(self, lines: Iterable[str]) -> bool:
        """Whether many of the small words in lines of text are none.

        Raises:
            EngineUnavailable: As in ``judge``.
        """
        pieces, _ = self._load()
        small = [word for line in lines for word in _SMALL.findall(line)]
        return len(small) >= _ENOUGH and sum(map(pieces.is_strange, small)) > _GARBLED * len(small)

    def _infer(self, parts: Sequence[list[int]], pieces: Pieces, requests: Requests) -> list[Judgement]:
        start, end = pieces.ends
        judged: list[Judgement] = []
        for row in _rows(parts):
            tensors = np.zeros((2, _ROW), np.int32), np.full(_ROW, -1, np.int32)
            (index, place), own = tensors
            at = 0
            for number, part in enumerate(row):
                stop = at + len(part) + 2
                index[at:stop] = [start, *part, end]
                place[at:stop] = np.arange(stop - at)
                own[at:stop] = number
                at = stop
            with requests.take() as request:
                odds: NDArray[np.float32] = request.infer([index, place, own], share_inputs=True)[0]
                judged += [Judgement(*map(float, odds[number])) for number in range(len(row))]
        return judged

    def _hash(self, part: list[int]) -> bytes:
        return hashlib.blake2b(np.array(part, np.int32).tobytes(), digest_size=16, key=self._key).digest()

    def _load(self) -> tuple[Pieces, Requests]:
        with self._lock:
            if self._loaded is None:
                description, weights, vocabulary = (measured(self._folder, *file) for file in SHA256.items())
                pieces = Pieces(vocabulary.decode().splitlines())
                self._loaded = pieces, Requests.of(core().read_model(description, weights), parallel=1)
            return self._loaded


@lru_cache(maxsize=1)
def judge() -> Judge:
    """The one of this process: the model is loaded at its first sentence."""
    return Judge()


def _parts(pieces: list[int]) -> list[list[int]]:
    room = _LONGEST - 2
    if len(pieces) <= room:
        return [pieces] if pieces else []
    return [pieces[start : start + room] for start in range(0, len(pieces) - room + _STEP, _STEP)]


def _rows(parts: Sequence[list[int]]) -> list[list[list[int]]]:
    """The parts in order, so many to a row as it has room for."""
    rows: list[list[list[int]]] = []
    room = 0
    for part in parts:
        length = len(part) + 2
        if not rows or length > room or len(rows[-1]) == _MOST:
            rows.append([])
            room = _ROW
        rows[-1].append(part)
        room -= length
    return rows
