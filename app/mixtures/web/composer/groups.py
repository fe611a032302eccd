"""The groups of a phase: least and most shares of a tag's value, as rows of a form."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.errors import InvalidInput
from app.mixtures.content import MAX_NAME, MAX_SLUG, Group, Tag
from app.mixtures.edits import phases as edits
from app.mixtures.edits.results import Bench, Edit, Edited, spot
from app.mixtures.facts import DatasetFacts
from app.mixtures.requests import SYNTHETIC_NO, SYNTHETIC_YES
from app.mixtures.rollups import Drawn
from app.mixtures.views import PhaseView
from app.mixtures.web.composer.cells import read_share
from app.mixtures.web.composer.settings import read_number
from app.mixtures.words.lists import TAGS, namesakes, tag_value_word
from app.planning.composition.tags import Tag as TagValue
from app.planning.composition.tags import share_of
from app.planning.estimates.languages import main_language
from app.web.forms import FormData
from app.web.i18n import gettext as _

MOST_ROWS = 50
SPARE_ROWS = 2


@dataclass(frozen=True)
class Wanted:
    """A row of the form that says something."""

    place: int
    tag: Tag
    value: str
    least: float | None
    most: float | None
    weight: float | None


@dataclass(frozen=True)
class GroupRow:
    """A row as the form shows it; `share` is what the group has now, None for a spare row."""

    chosen: str
    least: str
    most: str
    weight: str
    share: float | None = None


@dataclass(frozen=True)
class Choices:
    """The values of one tag that components of the phase have."""

    title: str
    values: list[tuple[str, str]]


def edit_of(form: FormData, phase: str) -> Edit:
    """
    Return the edit that puts the groups of a form in the place of those of a phase.

    Raises
    ------
    InvalidInput
        If a row does not fit; at its field.
    """
    wanted = read(form)

    def edit(bench: Bench) -> Edited:
        at = spot(bench.content, phase)
        known = {(one.tag, one.value): one.name for one in at.phase.groups}
        facts = bench.facts([one.dataset for one in at.phase.components])
        named: list[Group] = []
        for one in wanted:
            name = known.get((one.tag, one.value)) or _free_name(one, facts, named)
            named.append(
                Group(
                    name=name,
                    tag=one.tag,
                    value=one.value,
                    min=one.least,
                    max=one.most,
                    weight=one.weight,
                )
            )
        return edits.set_groups(phase, tuple(named))(bench)

    return edit


def read(form: FormData) -> list[Wanted]:
    """
    Return the rows of a form that name a value.

    Raises
    ------
    InvalidInput
        If a row does not fit; at its field.
    """
    found: dict[str, Wanted] = {}
    for place in range(MOST_ROWS):
        chosen = form.text(f"group.{place}")
        if not chosen:
            continue
        tag, _colon, value = chosen.partition(":")
        if tag not in list(Tag) or not value or len(value) > MAX_SLUG:
            raise InvalidInput("Choose a value from the list.", field=f"group.{place}")
        least = read_share(form.text(f"least.{place}"), field=f"least.{place}")
        most = read_share(form.text(f"most.{place}"), field=f"most.{place}")
        if least is not None and most is not None and least > most:
            raise InvalidInput("The least share is above the most.", field=f"least.{place}")
        if chosen in found:
            raise InvalidInput(
                "This value is here twice. Put both limits into one row.", field=f"group.{place}"
            )
        weight = read_number(form.text(f"part.{place}"), field=f"part.{place}")
        found[chosen] = Wanted(place, Tag(tag), value, least, most, weight)
    return list(found.values())


def _free_name(one: Wanted, facts: Mapping[str, DatasetFacts], taken: Sequence[Group]) -> str:
    word = tag_value_word(one.tag, one.value, facts)[: MAX_NAME - 20]
    if any(group.name == word for group in taken):
        word = _("%(tag)s: %(value)s", tag=_(TAGS[one.tag]), value=word)[:MAX_NAME]
    return word


def rows_of(phase: PhaseView, form: FormData | None) -> list[GroupRow]:
    """Return the rows that the form shows: those that were refused as typed, else the groups."""
    if form is not None and "group.0" in form.values:
        return [
            GroupRow(
                chosen=form.text(f"group.{place}"),
                least=form.text(f"least.{place}"),
                most=form.text(f"most.{place}"),
                weight=form.text(f"part.{place}"),
            )
            for place in range(MOST_ROWS)
            if f"group.{place}" in form.values
        ]
    total = phase.total_tokens
    rows = [
        GroupRow(
            chosen=f"{one.tag}:{one.value}",
            least=_percent(one.min),
            most=_percent(one.max),
            weight="" if one.weight is None else f"{one.weight:g}",
            share=_drawn(phase.drawn, one.tag, one.value) / total if total else None,
        )
        for one in phase.phase.groups
    ]
    return rows + [GroupRow("", "", "", "")] * SPARE_ROWS


def _percent(share: float | None) -> str:
    return "" if share is None else f"{share * 100:.6g}"


def _drawn(drawn: Sequence[Drawn], tag: str, value: str) -> int:
    return round(sum(one.tokens * share_of(one.tags.get(tag), value, tag)[0] for one in drawn))


def choices_of(phase: PhaseView, facts: Mapping[str, DatasetFacts]) -> list[Choices]:
    """Return the values that groups of a phase can be made of, by tag."""
    found: dict[Tag, set[str]] = {tag: set() for tag in Tag}
    for tag, values in found.items():
        for stated in {one.tags.get(tag) for one in phase.drawn}:
            values.update(_values(stated))
    for group in phase.phase.groups:
        found[group.tag].add(group.value)
    known = namesakes(facts)
    found[Tag.LANGUAGE] |= {main_language(value) for value in found[Tag.LANGUAGE]}
    found[Tag.SYNTHETIC] |= {SYNTHETIC_YES, SYNTHETIC_NO}
    return [
        Choices(
            _(TAGS[tag]),
            sorted(
                ((f"{tag}:{value}", tag_value_word(tag, value, known)) for value in values),
                key=lambda pair: (pair[1], pair[0]),
            ),
        )
        for tag, values in found.items()
        if values
    ]


def _values(value: TagValue) -> tuple[str, ...]:
    if value is None:
        return ()
    return (value,) if isinstance(value, str) else tuple(value)
