"""Setting type: a sheet measured in millimetres that remembers what was printed on it."""

from __future__ import annotations

from dataclasses import dataclass, field

from PIL import Image, ImageDraw

from samples.worlds.test_world.fonts import font

Colour = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Face:
    """A type face: family of ``fonts.FAMILIES``, size in mm (the em), weight and colour."""

    family: str
    size: float
    colour: Colour = (20, 20, 20)
    bold: bool = False


@dataclass(slots=True)
class Sheet:
    """A sheet of ``width`` x ``height`` mm at ``ppm`` pixels per mm."""

    width: float
    height: float
    ppm: float
    ground: Colour = (255, 255, 255)
    image: Image.Image = field(init=False)
    pen: ImageDraw.ImageDraw = field(init=False)
    runs: list[tuple[float, float, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.image = Image.new("RGB", (round(self.width * self.ppm), round(self.height * self.ppm)), self.ground)
        self.pen = ImageDraw.Draw(self.image)

    def px(self, value: float) -> int:
        return round(value * self.ppm)

    def measure(self, text: str, face: Face) -> float:
        """Width of the text in mm."""
        return font(face.family, max(4, self.px(face.size)), face.bold).getlength(text) / self.ppm

    def text(self, x: float, y: float, text: str, face: Face, anchor: str = "ls", note: bool = True) -> float:
        """Print at baseline ``y`` mm; answers the width in mm. ``note=False``: part of a line noted elsewhere."""
        shape = font(face.family, max(4, self.px(face.size)), face.bold)
        self.pen.text((x * self.ppm, y * self.ppm), text, font=shape, fill=face.colour, anchor=anchor)
        width = shape.getlength(text) / self.ppm
        if note:
            self.runs.append((y, x - (width if anchor[0] == "r" else 0), text))
        return width

    def fit(self, text: str, face: Face, room: float) -> Face:
        """The same face, made smaller where the text would not fit in ``room`` mm."""
        width = self.measure(text, face)
        size = face.size if width <= room else face.size * room / width * 0.99
        return Face(face.family, size, face.colour, face.bold)

    def rect(
        self,
        x: float,
        y: float,
        w: float,
        h: float,
        fill: Colour | None = None,
        edge: Colour | None = None,
        radius: float = 0,
        line: float = 0.15,
    ) -> None:
        box = (self.px(x), self.px(y), self.px(x + w), self.px(y + h))
        self.pen.rounded_rectangle(box, self.px(radius), fill=fill, outline=edge, width=max(1, self.px(line)))

    def rule(self, x0: float, y0: float, x1: float, y1: float, colour: Colour, line: float = 0.15) -> None:
        ends = (self.px(x0), self.px(y0), self.px(x1), self.px(y1))
        self.pen.line(ends, fill=colour, width=max(1, self.px(line)))

    def lines(self) -> tuple[str, ...]:
        """All printed lines, top to bottom, left to right."""
        return tuple(text for _, _, text in sorted(self.runs, key=lambda run: (round(run[0], 1), run[1])))


def words_of(paragraph: str) -> list[tuple[str, bool]]:
    """Words and whether they are bold; *stars* switch."""
    words: list[tuple[str, bool]] = []
    bold = False
    for place, part in enumerate(paragraph.split("*")):
        bold = place % 2 == 1
        words += [(word, bold) for word in part.split()]
    return words


def break_lines(sheet: Sheet, paragraph: str, face: Face, room: float) -> list[list[tuple[str, bool]]]:
    heavy = Face(face.family, face.size, face.colour, True)
    gap = sheet.measure(" ", face)
    lines: list[list[tuple[str, bool]]] = [[]]
    used = 0.0
    for word, bold in words_of(paragraph):
        width = sheet.measure(word, heavy if bold else face)
        if lines[-1] and used + gap + width > room:
            lines.append([])
            used = 0.0
        used += width + (gap if lines[-1] else 0)
        lines[-1].append((word, bold))
    return lines


def set_paragraph(
    sheet: Sheet, x: float, y: float, paragraph: str, face: Face, room: float, leading: float, centred: bool = False
) -> float:
    """Print a paragraph whose first line's top is ``y``; answers the y below its last line (mm)."""
    heavy = Face(face.family, face.size, face.colour, True)
    gap = sheet.measure(" ", face)
    for line in break_lines(sheet, paragraph, face, room):
        widths = [sheet.measure(word, heavy if bold else face) for word, bold in line]
        start = x + (room - sum(widths) - gap * (len(line) - 1)) / 2 if centred else x
        at = start
        for (word, bold), width in zip(line, widths, strict=True):
            sheet.text(at, y + face.size * 0.8, word, heavy if bold else face, note=False)
            at += width + gap
        sheet.runs.append((y + face.size * 0.8, start, " ".join(word for word, _ in line)))
        y += face.size * leading
    return y


def height_of(sheet: Sheet, paragraphs: list[str], face: Face, room: float, leading: float, gap: float) -> float:
    return sum(len(break_lines(sheet, text, face, room)) * face.size * leading + gap for text in paragraphs)


def flow(
    sheet: Sheet,
    box: tuple[float, float, float, float],
    paragraphs: list[str],
    face: Face,
    leading: float = 1.18,
    gap: float = 0.9,
    centred: bool = False,
) -> float:
    """Print paragraphs in box (x, y, width, height in mm), in smaller type where needed (not below 1.15 mm)."""
    x, y, room, height = box
    size = face.size
    while size > 1.15 and height_of(sheet, paragraphs, Face(face.family, size), room, leading, gap) > height:
        size -= 0.06
    fitted = Face(face.family, size, face.colour, face.bold)
    for text in paragraphs:
        y = set_paragraph(sheet, x, y, text, fitted, room, leading, centred) + gap
    return y
