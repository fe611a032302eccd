"""
What the catalogue says of datasets, remembered as long as none of its rows changed.

Reading the facts of 500 datasets costs more than planning them. One statement asks for the
versions of their rows instead: Postgres gives every change of a row another place (`ctid`) or
another transaction (`xmin`), so the same versions are the same facts.
"""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from threading import Lock
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, Text, bindparam, func, literal, literal_column, select
from sqlalchemy.dialects.postgresql import ARRAY, TEXT, aggregate_order_by
from sqlalchemy.orm import Session

from app.catalog import queries
from app.catalog.models.datasets import Category, Dataset
from app.catalog.models.estimates import TokenEstimate
from app.catalog.models.providers import Provider
from app.mixtures import catalogue
from app.mixtures.facts import DatasetFacts

# Sets of datasets that are kept: mixtures that are edited at the same time in one process.
MOST = 64
Facts = Mapping[str, DatasetFacts]
_Key = tuple[bool, tuple[str, ...]]

_ROWS = (Dataset, Provider, Category, TokenEstimate)
_VERSION = func.concat_ws(
    " ",
    Dataset.slug,
    *(
        literal_column(f"{model.__tablename__}.{column}::text", Text)
        for model in _ROWS
        for column in ("ctid", "xmin")
    ),
)
_IN_ORDER = aggregate_order_by(literal(","), Dataset.id)
_SLUGS = bindparam("slugs", type_=ARRAY(TEXT))
_VERSIONS = {
    with_team: select(
        func.md5(func.string_agg(_VERSION, aggregate_order_by(literal(","), Dataset.id)))
    )
    .select_from(Dataset)
    .join(Provider, Provider.id == Dataset.provider_id)
    .join(Category, Category.id == Dataset.category_id)
    .outerjoin(TokenEstimate, (TokenEstimate.dataset_id == Dataset.id) & TokenEstimate.is_main)
    .where(Dataset.slug == _SLUGS.any_(), queries.visible(with_team=with_team))
    for with_team in (True, False)
}


class Memory:
    """The facts of the sets of datasets that were asked for last; safe for several threads."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._kept: OrderedDict[_Key, tuple[str | None, Facts]] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        """How many sets are kept."""
        return len(self._kept)

    def find(self, key: _Key, versions: str | None) -> Facts | None:
        """Return what was kept under a key, if its rows still have these versions."""
        with self._lock:
            kept = self._kept.get(key)
            if kept is None or kept[0] != versions:
                return None
            self._kept.move_to_end(key)
            return kept[1]

    def keep(self, key: _Key, versions: str | None, facts: Facts) -> None:
        """Keep facts, and forget those that were not asked for the longest."""
        with self._lock:
            self._kept[key] = (versions, facts)
            self._kept.move_to_end(key)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)


# Row versions of one database say nothing of another's.
_MEMORIES: WeakKeyDictionary[Engine, Memory] = WeakKeyDictionary()


def load_facts(session: Session, slugs: Sequence[str], *, with_team: bool) -> Facts:
    """Return the facts of these datasets that exist and may be seen; nobody changes the answer."""
    if not slugs:
        return {}
    memory = _MEMORIES.setdefault(session.get_bind().engine, Memory())
    key = (with_team, tuple(slugs))
    # Asked for first: facts that are newer than their versions are only loaded once more.
    versions = session.execute(_VERSIONS[with_team], {"slugs": list(slugs)}).scalar_one()
    found = memory.find(key, versions)
    if found is None:
        found = catalogue.load_facts(session, slugs, with_team=with_team)
        memory.keep(key, versions, found)
    return found
