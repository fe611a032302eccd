"""The pieces that several catalogue pages show: names, quantities, estimates, licences."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.catalog.models.datasets import Category, Dataset
from app.catalog.models.estimates import EstimateMethod, NoEstimateReason, TokenEstimate
from app.catalog.models.licences import LicenceClass
from app.catalog.models.sources import Source
from app.catalog.pages import charts
from app.catalog.words import labels
from app.web import i18n
from app.web.i18n import gettext as _
from app.web.languages import language_name

SHOWN_LANGUAGES = 2

LICENCE_TONES: dict[LicenceClass, str] = {
    LicenceClass.OPEN: "good",
    LicenceClass.CUSTOM: "info",
    LicenceClass.CONTRACT: "info",
    LicenceClass.PER_SOURCE: "warn",
    LicenceClass.NON_COMMERCIAL: "bad",
    LicenceClass.UNKNOWN: "none",
}


@dataclass(frozen=True)
class Name:
    """A name in the page's language, and in the other one where it differs."""

    text: str
    alt: str | None


@dataclass(frozen=True)
class SourceView:
    """Where a figure comes from, in a line, with the word for its grade."""

    text: str
    grade: str
    grade_word: str
    note: str | None


@dataclass(frozen=True)
class EstimateView:
    """A token estimate or claim with all that has to stand beside the number."""

    low: int | None
    mid: int | None
    high: int | None
    method: str
    method_word: str
    tokenizer: str | None
    scope: str | None
    printed: str | None
    bound_word: str | None
    is_assumed: bool
    is_scaled: bool
    is_disputed: bool
    has_repeats: bool
    is_whole: bool
    source: SourceView | None
    chart: charts.LogInterval


@dataclass(frozen=True)
class LicenceView:
    """The class of the stated licence with its tone, and the source's own words."""

    tone: str
    word: str
    stated: str | None
    spdx: str | None


def text(zh: str | None, en: str | None) -> str | None:
    """Return the text in the page's language, or in the other one where it is missing."""
    first, second = (zh, en) if i18n.current_locale() == i18n.CHINESE else (en, zh)
    return first or second


def word(label: labels.Label | None, fallback: str) -> str:
    """Return a closed list's word in the page's language; a code without one stays as it is."""
    return label.text(i18n.current_locale()) if label else fallback


def name_of(zh: str, en: str) -> Name:
    """Return a name for a heading and the line below it."""
    first, second = (zh, en) if i18n.current_locale() == i18n.CHINESE else (en, zh)
    return Name(text=first or second, alt=second if second and second != first else None)


def dataset_name(dataset: Dataset) -> Name:
    """Return a dataset's name in both languages."""
    return name_of(dataset.name_zh, dataset.name_en)


def category_name(category: Category) -> str:
    """Return a category's name in the page's language."""
    return text(category.name_zh, category.name_en) or category.code


def source_view(source: Source | None) -> SourceView | None:
    """Return a source for a line of small print."""
    if source is None:
        return None
    return SourceView(
        text=source.text,
        grade=source.grade,
        grade_word=word(labels.GRADES.get(source.grade), source.grade),
        note=text(source.note_zh, source.note_en),
    )


def method_word(method: str) -> str:
    """Return the word for an estimate's method."""
    return word(labels.METHODS.get(EstimateMethod(method)), method)


def estimate_view(
    estimate: TokenEstimate, tokenizer_names: Mapping[str, str] | None = None
) -> EstimateView:
    """Return an estimate for a page; `tokenizer_names` gives the name of each code."""
    bounds = {"at_least": _("at least"), "at_most": _("at most")}
    known = (tokenizer_names or {}).get(estimate.tokenizer or "")
    return EstimateView(
        low=estimate.low,
        mid=estimate.mid,
        high=estimate.high,
        method=estimate.method,
        method_word=method_word(estimate.method),
        tokenizer=known or estimate.tokenizer_printed or estimate.tokenizer,
        scope=text(estimate.scope_zh, estimate.scope_en),
        printed=estimate.printed,
        bound_word=bounds.get(estimate.bound or ""),
        is_assumed=estimate.is_assumed,
        is_scaled=estimate.is_scaled,
        is_disputed=estimate.is_disputed,
        has_repeats=estimate.has_repeats,
        is_whole=estimate.is_whole,
        source=source_view(estimate.source),
        chart=charts.log_interval(estimate.low, estimate.mid, estimate.high),
    )


def main_estimate(dataset: Dataset) -> TokenEstimate | None:
    """Return the estimate that plans use, or None: never zero."""
    return next((estimate for estimate in dataset.estimates if estimate.is_main), None)


def no_estimate_reason(dataset: Dataset) -> str:
    """Return why a dataset has no estimate, as a short sentence."""
    code = dataset.no_estimate_reason
    if code in set(NoEstimateReason):
        return word(labels.NO_ESTIMATE[NoEstimateReason(code)], code)
    return _("Nothing to convert with")


def licence_view(dataset: Dataset) -> LicenceView:
    """Return the stated licence of a dataset."""
    return licence_class_view(
        dataset.licence_class,
        text(dataset.licence_stated_zh, dataset.licence_stated_en),
        dataset.licence_spdx,
    )


def licence_class_view(code: str, stated: str | None, spdx: str | None) -> LicenceView:
    """Return a licence class with its tone and words."""
    licence_class = LicenceClass(code)
    return LicenceView(
        tone=LICENCE_TONES[licence_class],
        word=word(labels.LICENCE_CLASSES[licence_class], code),
        stated=stated or spdx,
        spdx=spdx,
    )


def languages_in_short(tags: Sequence[str]) -> str:
    """Return the first languages by name and how many more there are; empty if none is named."""
    shown = [language_name(tag) for tag in tags[:SHOWN_LANGUAGES]]
    joined = ("、" if i18n.current_locale() == i18n.CHINESE else ", ").join(shown)
    more = len(tags) - SHOWN_LANGUAGES
    return f"{joined} +{more}" if more > 0 else joined


def language_names(tags: Sequence[str]) -> str:
    """Return all languages by name."""
    separator = "、" if i18n.current_locale() == i18n.CHINESE else ", "
    return separator.join(language_name(tag) for tag in tags)


def modality_word(code: str) -> str:
    """Return the word for a modality."""
    return word(labels.MODALITIES.get(code), code)


def bilingual(mapping: Mapping[str, Any], stem: str) -> str | None:
    """Return `<stem>_zh` or `<stem>_en` of a JSON object."""
    return text(mapping.get(f"{stem}_zh"), mapping.get(f"{stem}_en"))
