"""The words of every CAP error and finding: what is wrong and the mend, in Chinese and in English.

`{…}` is filled with facts from the file, shortened, so that a hostile value cannot flood a screen.
"""

from .base import Words, fill
from .national import NATIONAL
from .profile import PROFILE
from .reading import HOSTILE, READING, SCHEMA
from .signature import SIGNATURE

__all__ = ["WORDS", "Words", "fill"]

WORDS: dict[str, Words] = {**HOSTILE, **READING, **SCHEMA, **PROFILE, **NATIONAL, **SIGNATURE}
