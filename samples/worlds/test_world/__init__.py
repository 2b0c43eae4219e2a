"""The test world: synthetic samples for every figure that is published.

It shares no font, wording, layout, background or camera with the worlds that the product is built and fitted on. Its
texts are in ``texts/*.yaml``, its fonts come from the packages of ``fonts.txt``. All people and numbers are invented.
"""

from __future__ import annotations

from samples.worlds.test_world.world import CONDITIONS, SUBJECTS, VARIANTS, draw_case

__all__ = ["CONDITIONS", "SUBJECTS", "VARIANTS", "draw_case"]
