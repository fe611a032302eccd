"""Words in two languages with the frequencies of real text: a few everywhere, most of them rare."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

CHINESE_WORDS, ENGLISH_WORDS = 20_000, 30_000
# A word's frequency falls with the power of its rank; the shift keeps the first ones apart.
EXPONENT, SHIFT = 1.0, 4


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Words in the order of their frequency, and what `random.choices` needs to draw them."""

    words: list[str]
    weights: list[float]

    def draw(self, dice: random.Random, count: int) -> list[str]:
        """Return words as a text would have them."""
        return dice.choices(self.words, cum_weights=self.weights, k=count)


def zipf(count: int, exponent: float = EXPONENT, shift: int = SHIFT) -> list[float]:
    """Return cumulative weights of `count` things in the order of their frequency."""
    return list(accumulate(1 / (rank + shift) ** exponent for rank in range(count)))


def chinese(dice: random.Random) -> Lexicon:
    """Return Chinese words of two to four characters."""
    return _lexicon(dice, "words_zh", "characters", (2, 2, 2, 3, 4), CHINESE_WORDS)


def english(dice: random.Random) -> Lexicon:
    """Return English words and some that could be."""
    return _lexicon(dice, "words_en", "syllables", (2, 3, 3, 4), ENGLISH_WORDS)


def head(name: str) -> list[str]:
    """Return the words of a list beside this file, the frequent ones first."""
    return (Path(__file__).parent / f"{name}.txt").read_text("utf-8").split()


def _lexicon(
    dice: random.Random, frequent: str, parts: str, lengths: Sequence[int], count: int
) -> Lexicon:
    """Return a list of real words, and after them words put together from parts."""
    known, pieces = dict.fromkeys(head(frequent)), head(parts)
    while len(known) < count:
        known["".join(dice.choices(pieces, k=dice.choice(lengths)))] = None
    return Lexicon(list(known), zipf(count))
