"""The composer's pictures, as numbers that templates draw: shares by tag, phases by category."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.mixtures.content import Tag
from app.mixtures.facts import DatasetFacts
from app.mixtures.rollups import by_tag
from app.mixtures.views import MixtureView, PhaseView
from app.mixtures.web.composer.rows import quantity
from app.mixtures.words.lists import TAGS, portion_word
from app.planning.rollups import Portion
from app.web.i18n import gettext as _

PICTURED = (Tag.LANGUAGE, Tag.CATEGORY, Tag.LICENCE, Tag.PROVIDER, Tag.MODALITY, Tag.SYNTHETIC)
# More values than the palette tells apart are drawn together.
MOST_VALUES = 10
# A label stands above its part where it fits: pixels of a column, of a letter, of a character.
_COLUMN, _LETTER, _CHARACTER = 340, 6.6, 12.4
_CJK = "\u2e80"
UNKNOWN = 0


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a bar and its line of the table; `x` and `width` are per cent of the whole."""

    word: str
    hue: int
    x: str
    width: str
    ratio: float
    tokens: object
    label: str


@dataclass(frozen=True, slots=True)
class Shares:
    """The shares of one tag."""

    tag: str
    title: str
    parts: list[Part]
    more: int

    @property
    def spoken(self) -> str:
        """The picture in words."""
        return f"{self.title}: " + ", ".join(
            f"{part.word} {part.ratio * 100:.1f}%" for part in self.parts
        )


@dataclass(frozen=True, slots=True)
class PhaseBar:
    """A phase in the stacked picture; its bar is as long as its tokens."""

    number: int
    name: str
    tokens: object
    ratio: float
    parts: list[Part]


@dataclass(frozen=True, slots=True)
class PhasesPicture:
    """All phases by category, with the table beside it: a line a category."""

    bars: list[PhaseBar]
    lines: list[tuple[str, int, list[float | None]]]


def shares_of(phase: PhaseView, facts: Mapping[str, DatasetFacts]) -> list[Shares]:
    """Return the shares of a phase by every tag; nothing where it is not planned."""
    if phase.detail is None:
        return []
    return [
        _shares(tag, phase.detail.portions[tag.value], facts)
        for tag in PICTURED
        if phase.detail.portions[tag.value]
    ]


def _shares(tag: Tag, portions: Sequence[Portion], facts: Mapping[str, DatasetFacts]) -> Shares:
    shown = [one for one in portions if one.tokens]
    hidden = shown[MOST_VALUES:] if len(shown) > MOST_VALUES + 1 else []
    shown = shown[: len(shown) - len(hidden)]
    hues = _hues(tag, shown, facts)
    parts, x = [], 0.0
    for one, hue in zip(shown, hues, strict=True):
        parts.append(_part(portion_word(tag, one.values, facts), hue, x, one.ratio, one.tokens))
        x += one.ratio
    if hidden:
        ratio = sum(one.ratio for one in hidden)
        parts.append(_part(_("Others"), 10, x, ratio, sum(one.tokens for one in hidden)))
    return Shares(tag.value, _(TAGS[tag]), parts, len(hidden))


def _part(word: str, hue: int, x: float, ratio: float, tokens: int) -> Part:
    label = f"{word} {ratio * 100:.0f}%"
    fits = _width(label) < ratio * _COLUMN
    return Part(
        word=word,
        hue=hue,
        x=f"{x * 100:.3f}",
        width=f"{ratio * 100:.3f}",
        ratio=ratio,
        tokens=quantity(tokens),
        label=label if fits else "",
    )


def _width(text: str) -> float:
    return sum(_CHARACTER if character >= _CJK else _LETTER for character in text)


def _hues(tag: Tag, shown: Sequence[Portion], facts: Mapping[str, DatasetFacts]) -> list[int]:
    fixed = (
        {one.category: one.category_hue for one in facts.values()} if tag is Tag.CATEGORY else {}
    )
    hues, number = [], 0
    for one in shown:
        if not one.values:
            hues.append(UNKNOWN)
        elif fixed:
            hues.append(fixed.get(one.values[0], 10))
        else:
            number += 1
            hues.append(min(number, 10))
    return hues


def phases_of(view: MixtureView) -> PhasesPicture | None:
    """Return all phases by category; None for one phase, which its shares show already."""
    total, largest = view.total_tokens, max(one.total_tokens for one in view.phases)
    if len(view.phases) == 1 or not total:
        return None
    hues = {one.category: one.category_hue for one in view.facts.values()}
    bars: list[PhaseBar] = []
    lines: dict[tuple[str, ...], list[float | None]] = {}
    for phase in view.phases:
        parts, x = [], 0.0
        for portion in by_tag(phase.drawn, Tag.CATEGORY):
            word = portion_word(Tag.CATEGORY, portion.values, view.facts)
            hue = hues.get(portion.values[0], 10) if portion.values else UNKNOWN
            part = _part(word, hue, x / largest, portion.tokens / largest, portion.tokens)
            parts.append(part)
            x += portion.tokens
            line = lines.setdefault(portion.values, [None] * len(view.phases))
            line[phase.index] = portion.ratio
        bars.append(
            PhaseBar(
                number=phase.index + 1,
                name=phase.name,
                tokens=quantity(phase.total_tokens),
                ratio=phase.total_tokens / total,
                parts=parts,
            )
        )
    return PhasesPicture(
        bars,
        [
            (
                portion_word(Tag.CATEGORY, values, view.facts),
                hues.get(values[0], 10) if values else UNKNOWN,
                line,
            )
            for values, line in lines.items()
        ],
    )
