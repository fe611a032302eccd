"""A public dataset as structured data for the head of its page."""

from collections.abc import Callable, Sequence

from app.catalog.exchange.items import Json
from app.catalog.exporting import formats, items
from app.catalog.models.datasets import Dataset, Visibility


def json_ld(
    dataset: Dataset, children: Sequence[Dataset], *, page_of: Callable[[str], str]
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
    return formats.describe(items.of_page(dataset), subsets, page_of=page_of).document
