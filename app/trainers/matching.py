"""Find the datasets that a trainer's file means: by location, by short name, by name or alias."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.accounts.viewers import Viewer
from app.catalog.locations import queries as locations
from app.mixtures import access, catalogue, counting
from app.mixtures.content import DEFAULT_TOKENIZER
from app.mixtures.facts import DatasetFacts
from app.trainers import plans
from app.trainers.how import How
from app.trainers.kit.outputs import ReadComponent, Reading, Size, Sizes
from app.trainers.kit.plan import key_of

_SUFFIXES = ("_text_document", "_document", ".jsonl.zst", ".jsonl.gz", ".jsonl", ".parquet")
_NO_SLUG = re.compile(r"[^a-z0-9._/-]+")
_PARTS = 2


@dataclass(frozen=True, slots=True)
class Match:
    """
    What an entry of a file means in the catalogue.

    `dataset` is the short name there, or the one that a new dataset would have. `candidates` are
    the datasets of an ambiguous name.
    """

    dataset: str
    how: How
    title: str
    candidates: tuple[str, ...] = ()

    @property
    def is_known(self) -> bool:
        """Whether the catalogue has it."""
        return self.how is not How.NEW


@dataclass(frozen=True)
class Matched:
    """The matches of all entries, by `mark`, and the sizes to compute token shares with."""

    by_mark: dict[str, Match]
    sizes: Sizes

    def of(self, component: ReadComponent) -> Match:
        """Return what an entry means."""
        return self.by_mark[mark(component)]


def mark(component: ReadComponent) -> str:
    """Return what tells entries of a file apart: the place, or the name where there is none."""
    return component.key or component.name


def match(session: Session, reading: Reading, viewer: Viewer) -> Matched:
    """Return what the entries of a file mean, as far as the viewer may know."""
    with_team = access.sees_team(viewer)
    entries = {mark(one): one for phase in reading.phases for one in phase.components}
    by_location = _by_location(session, list(entries.values())) if with_team else {}
    words = {name for one in entries.values() for name in _names(one)}
    known = catalogue.load_facts(session, {*words, *by_location.values()}, with_team=with_team)
    named = catalogue.find_by_name(session, words - known.keys(), with_team=with_team)
    found = {}
    for key, one in entries.items():
        found[key] = _match(one, by_location.get(key), known, named)
    # Names found by alias are not among the facts yet.
    slugs = {one.dataset for one in found.values() if one.is_known}
    facts = catalogue.load_facts(session, slugs, with_team=with_team)
    unique = counting.count_all(facts, DEFAULT_TOKENIZER, catalogue.load_tokenizers(session))
    training = plans.load_known(session, sorted(slugs), viewer)
    sizes: dict[str, Size] = {}
    for key, one in entries.items():
        slug = found[key].dataset
        tokens = unique[slug].mid if slug in unique else None
        mean, _source = plans.tokens_per_document(slug, tokens, training)
        size = Size(slug, tokens, mean)
        sizes[key] = size
        sizes.setdefault(one.name, size)
    return Matched(found, Sizes(sizes, (1,)))


def slug_of(name: str) -> str:
    """
    Return the short name that a new dataset would have.

    >>> slug_of("/data/My Web_text_document"), slug_of("org/web")
    ('my-web', 'org/web')
    """
    text = name.casefold().strip("/")
    for suffix in _SUFFIXES:
        text = text.removesuffix(suffix)
    parts = [one for one in _NO_SLUG.sub("-", text).split("/") if one.strip("-._")]
    kept = parts if len(parts) <= _PARTS and not name.startswith("/") else parts[-1:]
    return "/".join(one.strip("-._") for one in kept)[:200] or "unnamed"


def _match(
    one: ReadComponent,
    by_location: str | None,
    known: dict[str, DatasetFacts],
    named: dict[str, list[str]],
) -> Match:
    if by_location is not None and by_location in known:
        return Match(by_location, How.LOCATION, _title(known[by_location]))
    candidates: Sequence[str] = ()
    for name in _names(one):
        if name in known:
            return Match(name, How.SLUG, _title(known[name]))
        found = named.get(name.casefold(), [])
        if len(found) == 1:
            return Match(found[0], How.NAME, name)
        candidates = candidates or found
    return Match(slug_of(one.name), How.NEW, one.name, tuple(candidates))


def _title(facts: DatasetFacts) -> str:
    return facts.name_en


def _names(one: ReadComponent) -> list[str]:
    """Return the names that an entry may go by, the most certain first."""
    found = [one.name, slug_of(one.name), one.name.replace("_", "/"), one.name.rpartition("/")[2]]
    text = one.name
    for suffix in _SUFFIXES:
        text = text.removesuffix(suffix)
    found += [text, text.replace("_", "-"), text.replace("_", "/", 1), text.replace("_", " ")]
    return [name for name in dict.fromkeys(found) if name]


def _by_location(session: Session, entries: Sequence[ReadComponent]) -> dict[str, str]:
    """Return the datasets at the places of entries, by mark."""
    places = {one.location for one in entries if one.location}
    spelled = {variant for place in places for variant in (place, place.rstrip("/"), f"{place}/")}
    found: dict[str, str] = {}
    for slug, uri, subset in locations.find_by_uris(session, spelled):
        found.setdefault(key_of(uri, subset), slug)
    return found
