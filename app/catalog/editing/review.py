"""What the review queue shows: what waits for a person, with the way to the very field."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from app.catalog.editing.review_queries import MAX_COUNTED, Lack, Queue
from app.catalog.models.datasets import Dataset
from app.catalog.models.estimates import NoEstimateReason
from app.catalog.pages import parts, quantities
from app.web import numbers
from app.web.i18n import gettext as _
from app.web.paging import encode_cursor

ADDRESS = "/review"

# Which field mends what stands in the way of an estimate.
_OF_QUANTITY = {
    NoEstimateReason.UNIT_NOT_STATED: "unit",
    NoEstimateReason.BYTES_NOT_STATED: "content",
    NoEstimateReason.NO_PRIOR: "unit",
    NoEstimateReason.PRIOR_OF_OTHER_CATEGORY: "unit",
}
_OF_DATASET = {
    NoEstimateReason.LANGUAGE_NOT_STATED: "languages",
    NoEstimateReason.NO_QUANTITY: "add-quantities",
}


@dataclass(frozen=True)
class Tab:
    """One kind of lack with how many datasets have it."""

    word: str
    count: str
    href: str
    is_current: bool


@dataclass(frozen=True)
class Waiting:
    """One dataset that waits: why, and where to mend it."""

    slug: str
    name: parts.Name
    provider: str
    why: str
    is_team_only: bool
    mend_href: str
    mend_word: str


@dataclass(frozen=True)
class ReviewPage:
    """Everything that templates/catalog/edit/review.html shows."""

    tabs: list[Tab]
    heading: str
    explained: str
    rows: list[Waiting]
    lack: str
    with_subsets: bool
    other_href: str
    next_href: str | None
    first_href: str | None


def review_page(
    lack: Lack, counts: Mapping[Lack, int], queue: Queue, *, with_subsets: bool, is_first_page: bool
) -> ReviewPage:
    """Return one page of one queue."""
    return ReviewPage(
        tabs=[
            Tab(
                word=word(one),
                count=f"{numbers.whole(MAX_COUNTED)}+"
                if counts[one] > MAX_COUNTED
                else numbers.whole(counts[one]),
                href=href(one, with_subsets=with_subsets),
                is_current=one is lack,
            )
            for one in Lack
        ],
        heading=word(lack),
        explained=explained(lack),
        rows=[_row(dataset, lack) for dataset in queue.datasets],
        lack=lack.value,
        with_subsets=with_subsets,
        other_href=href(lack, with_subsets=not with_subsets),
        next_href=href(lack, with_subsets=with_subsets, above=queue.next_above)
        if queue.next_above
        else None,
        first_href=None if is_first_page else href(lack, with_subsets=with_subsets),
    )


def href(lack: Lack, *, with_subsets: bool, above: int | None = None) -> str:
    """Return the address of one queue."""
    query = {"lack": lack.value}
    if with_subsets:
        query["subsets"] = "true"
    if above is not None:
        query["cursor"] = encode_cursor([above])
    return f"{ADDRESS}?{urlencode(query)}"


def word(lack: Lack) -> str:
    """Return what a queue is called."""
    words = {
        Lack.LICENCE: _("Without a licence"),
        Lack.ESTIMATE: _("Without an estimate"),
        Lack.UNIT: _("Unit assumed"),
        Lack.DISPUTED: _("Figures disputed"),
    }
    return words[lack]


def explained(lack: Lack) -> str:
    """Return why the datasets of a queue wait, in a sentence."""
    words = {
        Lack.LICENCE: _(
            "No source grants a licence for the data, so every mixture that draws from them fails "
            "“commercial use”. A person who finds the terms records a decision with its evidence."
        ),
        Lack.ESTIMATE: _(
            "Nothing says how many tokens these have. They sort last and never count as zero."
        ),
        Lack.UNIT: _(
            "The source prints a number without saying of what. The unit is a guess until a "
            "person confirms it."
        ),
        Lack.DISPUTED: _(
            "A source contradicts itself: low and high are its two figures. A better source "
            "settles it."
        ),
    }
    return words[lack]


def mend_href(dataset: Dataset, lack: Lack) -> str:
    """Return the address of the very field that mends a lack."""
    edit = f"/edit/dataset/{dataset.slug}"
    if lack is Lack.LICENCE:
        return f"/edit/licence/{dataset.slug}#licence_class"
    if lack is Lack.DISPUTED:
        disputed = next((e for e in dataset.estimates if e.is_disputed), None)
        return f"{edit}#estimates-{disputed.id}-mid" if disputed else edit
    if lack is Lack.UNIT:
        assumed = next((q for q in dataset.quantities if q.unit is None), None)
        return f"{edit}#quantities-{assumed.id}-unit" if assumed else edit
    return f"{edit}#{_estimate_field(dataset)}"


def _estimate_field(dataset: Dataset) -> str:
    code = dataset.no_estimate_reason
    reason = NoEstimateReason(code) if code in set(NoEstimateReason) else None
    if reason in _OF_QUANTITY and dataset.quantities:
        return f"quantities-{dataset.quantities[0].id}-{_OF_QUANTITY[reason]}"
    return _OF_DATASET.get(reason, "add-estimates") if reason else "add-estimates"


def _row(dataset: Dataset, lack: Lack) -> Waiting:
    mend_words = {
        Lack.LICENCE: _("Record a decision"),
        Lack.ESTIMATE: _("Mend it"),
        Lack.UNIT: _("Confirm the unit"),
        Lack.DISPUTED: _("Settle it"),
    }
    return Waiting(
        slug=dataset.slug,
        name=parts.dataset_name(dataset),
        provider=parts.name_of(dataset.provider.short_name_zh, dataset.provider.short_name_en).text,
        why=_why(dataset, lack),
        is_team_only=dataset.visibility == "team",
        mend_href=mend_href(dataset, lack),
        mend_word=mend_words[lack],
    )


def _why(dataset: Dataset, lack: Lack) -> str:
    if lack is Lack.ESTIMATE:
        return parts.no_estimate_reason(dataset)
    if lack is Lack.LICENCE:
        return parts.licence_view(dataset).stated or _("nothing is stated")
    if lack is Lack.DISPUTED:
        disputed = next(e for e in dataset.estimates if e.is_disputed)
        if disputed.low is None or disputed.high is None:
            return _("two figures")
        return _(
            "%(low)s and %(high)s",
            low=numbers.short(disputed.low),
            high=numbers.short(disputed.high),
        )
    assumed = next(q for q in dataset.quantities if q.unit is None and q.assumed_unit)
    return _(
        "“%(printed)s”: assumed %(unit)s",
        printed=assumed.printed,
        unit=quantities.unit_name(assumed.assumed_unit or ""),
    )
