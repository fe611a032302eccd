"""A public dataset as structured data for the head of its page."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from app.catalog.exchange.items import Json
from app.catalog.exporting import formats, items
from app.catalog.loading.records import OverlapRecord
from app.catalog.models.datasets import Dataset, Visibility
from app.catalog.queries import OverlapSide


def json_ld(
    dataset: Dataset,
    children: Sequence[Dataset],
    overlaps: Sequence[OverlapSide],
    *,
    page_of: Callable[[str], str],
) -> Json | None:
    """
    Return what search engines read of a dataset, or None for what not everybody may know of.

    The same whoever looks: a page that a member of the team saves must not tell more.
    """
    is_public = dataset.visibility == Visibility.PUBLIC and (
        dataset.parent is None or dataset.parent.visibility == Visibility.PUBLIC
    )
    if not is_public or dataset.archived_at is not None:
        return None
    subsets = [items.of_row(child) for child in children if child.visibility == Visibility.PUBLIC]
    item = items.of_page(dataset)
    origins = tuple(
        OverlapRecord(other=side.other.slug, relation=side.relation)
        for side in overlaps
        if side.is_outgoing and _is_public(side.other)
    )
    item = replace(item, record=replace(item.record, overlaps=origins))
    return formats.describe(item, subsets, page_of=page_of).document


def _is_public(other: Dataset) -> bool:
    # A part may be hidden with its dataset, which is not loaded here.
    return other.visibility == Visibility.PUBLIC and other.parent_id is None
