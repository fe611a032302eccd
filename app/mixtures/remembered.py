"""
What the catalogue and the team say of datasets, remembered as long as none of its rows changed.

Reading the facts of 500 datasets costs more than planning them. One statement asks for the
versions of their rows instead: Postgres gives every change of a row another place (`ctid`) or
another transaction (`xmin`), so the same versions are the same facts.
"""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import (
    ColumnElement,
    Engine,
    ScalarSelect,
    Select,
    Text,
    bindparam,
    func,
    literal,
    literal_column,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY, TEXT, aggregate_order_by
from sqlalchemy.orm import Session, aliased

from app.catalog import queries as catalog_queries
from app.catalog.models.datasets import Category, Dataset, Overlap
from app.catalog.models.estimates import TokenEstimate
from app.catalog.models.priors import Tokenizer, TokenizerRatio
from app.catalog.models.providers import Provider
from app.db import Base
from app.mixtures import catalogue
from app.mixtures.catalogue import TokenizerFacts
from app.mixtures.facts import DatasetFacts
from app.mixtures.models import Policy
from app.mixtures.policies import Rule
from app.mixtures.queries import policies as policy_queries
from app.planning.supply.overlap import Relation

# Sets of datasets that are kept: mixtures that are edited at the same time in one process.
MOST = 32
Facts = Mapping[str, DatasetFacts]
Versions = tuple[str | None, ...]
_Key = tuple[bool, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Remembered:
    """
    What was read of a set of datasets; nobody changes it.

    `derived` keeps what follows from the rest alone, under keys of those who worked it out.
    """

    facts: Facts
    relations: Sequence[Relation]
    tokenizers: Mapping[str, TokenizerFacts]
    rules: Sequence[Rule]
    derived: dict[Any, Any] = field(default_factory=dict, compare=False)


_SLUGS = bindparam("slugs", type_=ARRAY(TEXT))
_OTHER = aliased(Dataset, name="other")


def _version(*names: str) -> ColumnElement[str]:
    """Return what changes with the rows of the tables of these names."""
    columns = [f"{name}.{column}::text" for name in names for column in ("ctid", "xmin")]
    row = func.concat_ws(" ", *(literal_column(column, Text) for column in columns))
    return func.md5(func.string_agg(row, aggregate_order_by(literal(","), row)))


def _of_all(model: type[Base]) -> ScalarSelect[str]:
    name = model.__tablename__
    return select(_version(name)).select_from(model).scalar_subquery()


def _versions(*, with_team: bool) -> Select[Any]:
    datasets = (
        select(_version("dataset", "provider", "category", "token_estimate"))
        .select_from(Dataset)
        .join(Provider, Provider.id == Dataset.provider_id)
        .join(Category, Category.id == Dataset.category_id)
        .outerjoin(TokenEstimate, (TokenEstimate.dataset_id == Dataset.id) & TokenEstimate.is_main)
        .where(Dataset.slug == _SLUGS.any_(), catalog_queries.visible(with_team=with_team))
    )
    relations = (
        select(_version("overlap", "dataset", "other"))
        .select_from(Overlap)
        .join(Dataset, Dataset.id == Overlap.dataset_id)
        .join(_OTHER, _OTHER.id == Overlap.other_id)
        .where(or_(Dataset.slug == _SLUGS.any_(), _OTHER.slug == _SLUGS.any_()))
    )
    return select(
        datasets.scalar_subquery(),
        relations.scalar_subquery(),
        *(_of_all(model) for model in (Tokenizer, TokenizerRatio, Policy)),
    )


_VERSIONS = {with_team: _versions(with_team=with_team) for with_team in (True, False)}


class Memory:
    """What was read of the sets of datasets asked for last; safe for several threads."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._kept: OrderedDict[_Key, tuple[Versions, Remembered]] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        """How many sets are kept."""
        return len(self._kept)

    def find(self, key: _Key, versions: Versions) -> Remembered | None:
        """Return what was kept under a key, if its rows still have these versions."""
        with self._lock:
            kept = self._kept.get(key)
            if kept is None or kept[0] != versions:
                return None
            self._kept.move_to_end(key)
            return kept[1]

    def keep(self, key: _Key, versions: Versions, found: Remembered) -> None:
        """Keep what was read, and forget what was not asked for the longest."""
        with self._lock:
            self._kept[key] = (versions, found)
            self._kept.move_to_end(key)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)


# Row versions of one database say nothing of another's.
_MEMORIES: WeakKeyDictionary[Engine, Memory] = WeakKeyDictionary()


def load(session: Session, slugs: Sequence[str], *, with_team: bool) -> Remembered:
    """Return what is known of these datasets, of those that exist and may be seen."""
    memory = _MEMORIES.setdefault(session.get_bind().engine, Memory())
    key = (with_team, tuple(slugs))
    # Asked for first: facts that are newer than their versions are only loaded once more.
    row = session.execute(_VERSIONS[with_team], {"slugs": list(slugs)}).one()
    versions: Versions = tuple(row)
    found = memory.find(key, versions)
    if found is None:
        found = Remembered(
            facts=catalogue.load_facts(session, slugs, with_team=with_team),
            relations=catalogue.load_relations(session, slugs),
            tokenizers=catalogue.load_tokenizers(session),
            rules=policy_queries.list_rules(session),
        )
        memory.keep(key, versions, found)
    return found
