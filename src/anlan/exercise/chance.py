"""Chance without a stream: every draw is hash(seed, subject, purpose).

Adding a village, a person or a new kind of draw changes no other draw. Scalars hash by BLAKE2b; arrays mix
64-bit subjects with a hashed (seed, purpose) key by the SplitMix64 finaliser (Steele, Lea, Flood 2014).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
from numpy.typing import ArrayLike, NDArray

# n -> (n * _SCRAMBLE + _SHIFT) mod 10**8 repeats no number: the factor is odd and no multiple of five.
_SCRAMBLE = 61_803_399
_SHIFT = 27_182_818
SLOTS = 10**8


@dataclass(frozen=True, slots=True)
class Chance:
    """Draws of one seed."""

    seed: int

    def bits(self, subject: str, purpose: str) -> int:
        """64 bits."""
        text = f"{self.seed}\x1f{subject}\x1f{purpose}".encode()
        return int.from_bytes(blake2b(text, digest_size=8).digest(), "big")

    def unit(self, subject: str, purpose: str) -> float:
        """A float in [0, 1)."""
        return (self.bits(subject, purpose) >> 11) * 2.0**-53

    def between(self, subject: str, purpose: str, low: float, high: float) -> float:
        """A float in [low, high)."""
        return low + (high - low) * self.unit(subject, purpose)

    def whole(self, subject: str, purpose: str, low: int, high: int) -> int:
        """An integer in [low, high], both included."""
        return low + self.bits(subject, purpose) % (high - low + 1)

    def pick(self, subject: str, purpose: str, options: Sequence[str]) -> str:
        """One of the options, all alike."""
        return options[self.bits(subject, purpose) % len(options)]

    def units(self, subjects: ArrayLike, purpose: str) -> NDArray[np.float64]:
        """Floats in [0, 1), one a subject (integers below 2**63), same shape."""
        with np.errstate(over="ignore"):
            mixed = np.asarray(subjects).astype(np.uint64) + np.uint64(self.bits("", purpose))
            mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
            mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
            mixed ^= mixed >> np.uint64(31)
            mixed = (mixed * np.uint64(0x9E3779B97F4A7C15)) ^ (mixed >> np.uint64(29))
        return (mixed >> np.uint64(11)).astype(np.float64) * 2.0**-53


def phone(slot: int) -> str:
    """电话 number of a slot below 10**8: eleven digits, unique, never connected.

    They begin with 000. A Chinese exchange reads 00 as the international prefix, and no country code begins
    with 0 (ITU-T E.164), so the number is incomplete or invalid from any telephone, in any spelling. A free mobile
    prefix might be allotted one day, and 110, 119, 120 or 12345 answer after three to five digits: a prefix
    beginning with 1 is never safe.
    """
    if not 0 <= slot < SLOTS:
        raise ValueError(f"telephone slot {slot} is outside 0…{SLOTS - 1}: use another range")
    return f"000{(slot * _SCRAMBLE + _SHIFT) % SLOTS:08d}"
