"""The composer's pictures, as numbers that templates draw: shares by tag, phases by category."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.mixtures.content import Tag
from app.mixtures.facts import DatasetFacts
from app.mixtures.views import MixtureView, PhaseView
from app.mixtures.web.composer.still import quantity
from app.mixtures.words.lists import TAGS, namesakes, portion_word
from app.planning.composition.rollups import Portion
from app.web.i18n import CHINESE, current_locale
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
    known = namesakes(facts)
    return [
        _shares(tag, phase.detail.portions[tag.value], known)
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
    fixed = category_hues(facts) if tag is Tag.CATEGORY else {}
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


def category_hues(facts: Mapping[str, DatasetFacts]) -> dict[str, int]:
    """
    Return the colour of each category, one without a colour of its own by what is left over.

    Colour 0 is that of what is not known, and a category is known.
    """
    fixed = {one.category: one.category_hue for one in facts.values()}
    free = [hue for hue in range(1, MOST_VALUES + 1) if hue not in fixed.values()]
    left = iter(free)
    return {code: hue or next(left, MOST_VALUES) for code, hue in sorted(fixed.items())}


def phases_of(view: MixtureView) -> PhasesPicture | None:
    """Return all phases by category; None for one phase, which its shares show already."""
    total, largest = view.total_tokens, max(one.total_tokens for one in view.phases)
    if len(view.phases) == 1 or not total:
        return None
    known = {one.category: one for one in view.facts.values()}
    hues = category_hues(view.facts)
    bars: list[PhaseBar] = []
    lines: dict[str, list[float | None]] = {}
    for phase in view.phases:
        sums: dict[str, int] = {}
        for one in phase.drawn:
            category = str(one.tags.get(Tag.CATEGORY) or "")
            sums[category] = sums.get(category, 0) + one.tokens
        parts, x = [], 0
        for category, tokens in sorted(sums.items(), key=lambda pair: -pair[1]):
            word, hue = _category(category, known, hues)
            parts.append(_part(word, hue, x / largest, tokens / largest, tokens))
            x += tokens
            line = lines.setdefault(category, [None] * len(view.phases))
            line[phase.index] = tokens / phase.total_tokens if phase.total_tokens else None
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
        bars, [(*_category(category, known, hues), line) for category, line in lines.items()]
    )


def _category(
    code: str, known: Mapping[str, DatasetFacts], hues: Mapping[str, int]
) -> tuple[str, int]:
    """Return the word and the colour of a category."""
    facts = known.get(code)
    if facts is None:
        return portion_word(Tag.CATEGORY, (code,) if code else (), {}), UNKNOWN
    is_chinese = current_locale() == CHINESE
    return facts.category_zh if is_chinese else facts.category_en, hues[code]
