"""
The items of an export, a batch at a time, each read in a session of its own.

No connection is held while a slow reader takes what was sent, and memory holds one batch.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session, sessionmaker

from app.catalog.exchange.items import Item
from app.catalog.exporting import items, queries

BATCH = 500
# What one piece of an answer holds at least; each is a turn of a thread.
PIECE_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Export:
    """
    What is exported for whom: `ids` in their order, and whether team-only datasets are shown.

    Whether one may know of a dataset is asked again when it is read.
    """

    session_factory: sessionmaker[Session]
    ids: Sequence[int]
    with_team: bool

    def items(self) -> Iterator[Item]:
        """Yield each dataset."""
        for start in range(0, len(self.ids), BATCH):
            with self.session_factory.begin() as session:
                found = items.load(
                    session, self.ids[start : start + BATCH], with_team=self.with_team
                )
            yield from (one.item for one in found)

    def families(self) -> Iterator[tuple[Item, list[Item]]]:
        """Yield each dataset with its subsets; a subset whose parent is there is not apart."""
        known = sorted(self.ids)
        for start in range(0, len(self.ids), BATCH):
            with self.session_factory.begin() as session:
                found = [
                    one
                    for one in items.load(
                        session, self.ids[start : start + BATCH], with_team=self.with_team
                    )
                    if not _has(known, one.parent_id)
                ]
                subsets = self._subsets(session, [one.id for one in found])
            for one in found:
                yield one.item, subsets.get(one.id, [])

    def _subsets(self, session: Session, ids: list[int]) -> dict[int, list[Item]]:
        by_parent = queries.subset_ids(session, ids, with_team=self.with_team)
        wanted = [subset for subsets in by_parent.values() for subset in subsets]
        loaded = {one.id: one.item for one in items.load(session, wanted, with_team=self.with_team)}
        return {
            parent: [loaded[subset] for subset in subsets if subset in loaded]
            for parent, subsets in by_parent.items()
        }


def in_pieces(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Yield the same bytes in pieces that are worth sending."""
    waiting: list[bytes] = []
    size = 0
    for chunk in chunks:
        waiting.append(chunk)
        size += len(chunk)
        if size >= PIECE_BYTES:
            yield b"".join(waiting)
            waiting, size = [], 0
    if waiting:
        yield b"".join(waiting)


def _has(known: Sequence[int], wanted: int | None) -> bool:
    if wanted is None:
        return False
    at = bisect_left(known, wanted)
    return at < len(known) and known[at] == wanted
