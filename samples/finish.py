"""Make the finished samples: ``python -m samples.finish`` writes samples/finished/ anew, small enough to keep."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

from PIL import Image, ImageOps

from samples.__main__ import write
from samples.case import Corner, Picture
from samples.draw import draw_case

FOLDER = Path(__file__).parent / "finished"
LARGEST = 160_000
"""Most bytes of one picture."""

LIST = (
    ("scal-pos-photo", "scal-pos", "photo", 12),
    ("travel-photo", "travel", "photo", 3),
    ("digital-screenshot", "digital-hmo-epo-pos2", "screenshot", 5),
    ("medicare-photo", "excluded-medicare", "photo", 8),
    ("other-issuer-turned", "other-issuer", "turned", 4),
    ("co-ppo-scan", "co-ppo", "pdf", 30),
    ("cigna-pos-hand-held", "cigna-pos", "hand_held", 6),
    ("not-a-card", "not-a-card", "photo_small", 2),
)
"""Name, subject, condition and seed of each, all of the tuning world."""


def shrunk(picture: Picture, side: int = 1500) -> Picture:
    """A JPEG of at most ``LARGEST`` bytes and ``side`` pixels, turned upright, with its corners moved along."""
    if not picture.name.endswith(".jpg"):
        return picture
    image = ImageOps.exif_transpose(Image.open(io.BytesIO(picture.data)))
    scale = min(1.0, side / max(image.size))
    small = image.resize((round(image.width * scale), round(image.height * scale)), Image.Resampling.LANCZOS)
    quality, data = 90, b""
    while not data or len(data) > LARGEST:
        quality -= 4
        out = io.BytesIO()
        small.save(out, "JPEG", quality=quality)
        data = out.getvalue()
    sides = tuple(
        replace(s, corners=None if s.corners is None else (
            _moved(s.corners[0], scale), _moved(s.corners[1], scale), _moved(s.corners[2], scale),
            _moved(s.corners[3], scale),
        ))
        for s in picture.sides
    )  # fmt: skip
    return replace(picture, data=data, sides=sides)


def _moved(corner: Corner, scale: float) -> Corner:
    return round(corner[0] * scale, 2), round(corner[1] * scale, 2)


def main() -> None:
    for name, subject, condition, seed in LIST:
        case = draw_case("tuning", seed, condition=condition, subject=subject)
        write(replace(case, pictures=tuple(shrunk(p) for p in case.pictures)), FOLDER, name)


if __name__ == "__main__":
    main()
