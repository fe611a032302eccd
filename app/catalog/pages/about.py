"""About the data: every source with its grade, how estimates are made, the tables behind them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from app.catalog.models.priors import ConversionPrior, Tokenizer, TokenizerRatio
from app.catalog.models.sources import Source
from app.catalog.pages import parts, quantities
from app.catalog.words import labels
from app.web import numbers
from app.web.i18n import gettext as _
from app.web.languages import language_name


@dataclass(frozen=True)
class GradeGroup:
    """The sources of one grade, and what the grade means."""

    grade: str
    word: str
    meaning: str
    sources: list[parts.SourceView]


@dataclass(frozen=True)
class PriorRow:
    """One conversion prior with its provenance."""

    code: str
    name: str
    unit: str
    low: str | None
    mid: str
    high: str | None
    multiplier: str | None
    grade: str
    language: str
    is_default: bool
    basis: str | None
    source: str
    note: str | None


@dataclass(frozen=True)
class RatioRow:
    """One measured text with its rate under each tokenizer; `zh ÷ en` in the second number."""

    text: str
    language: str | None
    cells: list[tuple[str | None, str | None]]


@dataclass(frozen=True)
class TokenizerHead:
    """One tokenizer, as the head of a column."""

    name: str
    is_default: bool


@dataclass(frozen=True)
class AboutPage:
    """Everything that templates/catalog/about.html shows."""

    grades: list[GradeGroup]
    priors: list[PriorRow]
    tokenizers: list[TokenizerHead]
    ratios: list[RatioRow]
    dataset_count: int
    subset_count: int
    without_estimate: int
    seed_version: str | None


def about_page(
    *,
    sources: Sequence[Source],
    priors: Sequence[ConversionPrior],
    tokenizers: Sequence[Tokenizer],
    ratios: Sequence[TokenizerRatio],
    counts: tuple[int, int],
    without_estimate: int,
    seed_version: str | None,
) -> AboutPage:
    """Return the page about the data; `counts` are datasets and subsets."""
    datasets, subsets = counts
    return AboutPage(
        grades=_grades(sources),
        priors=[prior_row(prior) for prior in priors],
        tokenizers=[TokenizerHead(t.name, t.is_default) for t in tokenizers],
        ratios=_ratios(tokenizers, ratios),
        dataset_count=datasets,
        subset_count=subsets,
        without_estimate=without_estimate,
        seed_version=seed_version,
    )


def grade_meaning(grade: str) -> str:
    """Return what a source's grade means, as a sentence."""
    meanings = {
        "A": _(
            "The primary text: an official repository at a commit, an official card or a paper."
        ),
        "B": _("A copy of the primary table or text, or a card that quotes it."),
        "C": _("A secondary text or a single summary. The figure may be right, but check it."),
        "V": _("A vendor's own claim about what it sells. Nobody has checked it."),
        "-": _("Computed here from other figures of the catalogue."),
    }
    return meanings.get(grade, "")


def prior_row(prior: ConversionPrior) -> PriorRow:
    """Return one prior for a table."""
    return PriorRow(
        code=prior.code,
        name=parts.text(prior.name_zh, prior.name_en) or prior.code,
        unit=quantities.unit_name(prior.unit),
        low=None if prior.low is None else plain(prior.low),
        mid=plain(prior.mid),
        high=None if prior.high is None else plain(prior.high),
        multiplier=plain(prior.multiplier) if prior.multiplier != 1 else None,
        grade=parts.word(labels.PRIOR_GRADES.get(prior.grade), prior.grade),
        language=language_name(prior.language) if prior.language else _("any"),
        is_default=prior.is_default,
        basis=parts.text(prior.tokenizer_basis_zh, prior.tokenizer_basis_en),
        source=prior.source_text,
        note=parts.text(prior.note_zh, prior.note_en),
    )


def plain(value: Decimal) -> str:
    """Return a factor with all its digits and no trailing zeros."""
    return numbers.whole(value)


def _grades(sources: Sequence[Source]) -> list[GradeGroup]:
    groups: defaultdict[str, list[parts.SourceView]] = defaultdict(list)
    for source in sources:
        view = parts.source_view(source)
        if view:
            groups[source.grade].append(view)
    order = list(labels.GRADES)
    return [
        GradeGroup(
            grade=grade,
            word=parts.word(labels.GRADES.get(grade), grade),
            meaning=grade_meaning(grade),
            sources=groups[grade],
        )
        for grade in sorted(groups, key=lambda g: order.index(g) if g in order else len(order))
    ]


def _ratios(tokenizers: Sequence[Tokenizer], ratios: Sequence[TokenizerRatio]) -> list[RatioRow]:
    by_text: defaultdict[str, dict[str, TokenizerRatio]] = defaultdict(dict)
    for ratio in ratios:
        by_text[ratio.text_name][ratio.tokenizer_code] = ratio
    rows = []
    for name, of_text in by_text.items():
        first = next(iter(of_text.values()))
        cells: list[tuple[str | None, str | None]] = []
        for tokenizer in tokenizers:
            found = of_text.get(tokenizer.code)
            premium = found.premium if found else None
            cells.append(
                (
                    numbers.decimal(found.bytes_per_token, 2) if found else None,
                    numbers.decimal(premium, 2) if premium is not None else None,
                )
            )
        language = language_name(first.language) if first.language else None
        rows.append(RatioRow(text=name, language=language, cells=cells))
    return sorted(rows, key=_ratio_order)


def _ratio_order(row: RatioRow) -> tuple[bool, bool, str]:
    """English and Chinese first: those are the languages that most people plan with."""
    first = {language_name(tag) for tag in ("en", "zh-Hans", "zh-Hant")}
    collation = row.language or row.text
    return (row.language not in first, row.language is None, collation)
