"""How a converted estimate came about: the conversion as a sum, each factor with its source."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from app.catalog.estimating import estimates, measured_rates
from app.catalog.estimating.derivation import Derived, derive_one
from app.catalog.estimating.measured_rates import MeasuredRate
from app.catalog.estimating.tables import ReferenceTables
from app.catalog.models.datasets import Dataset
from app.catalog.models.estimates import TokenEstimate
from app.catalog.pages import charts, parts, quantities
from app.catalog.reference import tokenizer_label
from app.catalog.words import labels
from app.planning.estimates.conversion import rescale
from app.planning.estimates.languages import measured_tag
from app.planning.estimates.tokens import Tokens
from app.web import numbers
from app.web.i18n import gettext as _


@dataclass(frozen=True)
class Term:
    """One number of the sum, the sign before it, and what it is."""

    sign: str
    value: str
    note: str


@dataclass(frozen=True)
class PriorView:
    """A conversion prior with its provenance."""

    name: str
    grade: str
    source: str
    basis: str | None
    note: str | None


@dataclass(frozen=True)
class RuleView:
    """The sum, and what has to be said of its factors."""

    kind: str
    terms: list[Term]
    low: int | None
    mid: int
    high: int | None
    priors: list[PriorView]
    texts: list[tuple[str, str]]
    remarks: list[str]
    is_assumed: bool
    is_scaled: bool


@dataclass(frozen=True)
class TokenizerRow:
    """The same data counted with one tokenizer."""

    name: str
    is_default: bool
    factor: str | None
    tokens: Tokens
    low: float | None
    mid: float
    high: float | None


@dataclass(frozen=True)
class TokenizerTable:
    """The same data under every tokenizer that was measured."""

    rows: list[TokenizerRow]
    axis: charts.Axis
    factor_label: str


def is_restatable(dataset: Dataset) -> bool:
    """Whether the main estimate can be shown as a sum, or under other tokenizers, at all."""
    main = parts.main_estimate(dataset)
    return main is not None and (main.rule is not None or main.tokenizer is not None)


def rule_view(estimate: TokenEstimate, tables: ReferenceTables) -> RuleView | None:
    """Return the sum behind a converted estimate, or None where nothing was converted."""
    rule = estimate.rule
    if not rule or estimate.mid is None:
        return None
    match rule.get("kind"):
        case "units":
            terms = _unit_terms(rule, estimate, tables)
        case "bytes":
            terms = _byte_terms(rule)
        case "share":
            terms = _share_terms(rule)
        case _:
            return None
    return RuleView(
        kind=rule["kind"],
        terms=terms,
        low=estimate.low,
        mid=estimate.mid,
        high=estimate.high,
        priors=[_prior(prior) for prior in rule.get("priors", [])],
        texts=[(_text_name(text), text["bytes_per_token"]) for text in rule.get("texts", [])],
        remarks=_remarks(rule, estimate),
        is_assumed=estimate.is_assumed,
        is_scaled=estimate.is_scaled,
    )


def _unit_terms(
    rule: Mapping[str, Any], estimate: TokenEstimate, tables: ReferenceTables
) -> list[Term]:
    unit = quantities.unit_name(rule["unit"])
    known = _("%(unit)s, unit assumed", unit=unit) if estimate.is_assumed else unit
    per_unit = rule["per_unit"]
    terms = [
        Term("", numbers.whole(Decimal(rule["quantity"])), known),
        Term(
            "×",
            numbers.whole(Decimal(per_unit["mid"])),
            _with_range(_("tokens per %(unit)s", unit=unit), per_unit),
        ),
    ]
    premium = rule["premium"]
    if premium["mid"] != "1":
        names = parts.language_names(rule["languages"])
        known_tokenizer = tables.tokenizers.get(rule["tokenizer"])
        tokenizer = known_tokenizer.name if known_tokenizer else rule["tokenizer"]
        note = _("%(language)s against English, %(tokenizer)s", language=names, tokenizer=tokenizer)
        terms.append(Term("×", premium["mid"], _with_range(note, premium)))
    return terms


def _byte_terms(rule: Mapping[str, Any]) -> list[Term]:
    content = {c.value: label for c, label in labels.BYTE_CONTENTS.items()}.get(rule["content"])
    rate = rule["bytes_per_token"]
    return [
        Term(
            "",
            numbers.whole(Decimal(rule["quantity"])),
            _("bytes, %(content)s", content=parts.word(content, rule["content"])),
        ),
        Term("÷", rate["mid"], _with_range(_("bytes per token"), rate)),
    ]


def _share_terms(rule: Mapping[str, Any]) -> list[Term]:
    whole = _("tokens of the whole corpus, %(slug)s", slug=rule["of"])
    return [
        Term("", numbers.whole(Decimal(rule["quantity"])), whole),
        Term("×", f"{rule['share_pct']} %", _("published share")),
    ]


def _with_range(note: str, factor: Mapping[str, str | None]) -> str:
    low, high = factor["low"], factor["high"]
    if low is None or high is None or low == high:
        return note
    shown = f"{numbers.whole(Decimal(low))}–{numbers.whole(Decimal(high))}"
    return _("%(note)s, %(range)s", note=note, range=shown)


def _prior(prior: Mapping[str, Any]) -> PriorView:
    grades = labels.PRIOR_GRADES
    return PriorView(
        name=parts.bilingual(prior, "name") or prior["code"],
        grade=parts.word(grades.get(prior["grade"]), prior["grade"]),
        source=prior["source"],
        basis=parts.bilingual(prior, "tokenizer_basis"),
        note=parts.bilingual(prior, "note"),
    )


def _text_name(text: Mapping[str, Any]) -> str:
    return parts.bilingual(text, "name") or str(text["name"])


def _remarks(rule: Mapping[str, Any], estimate: TokenEstimate) -> list[str]:
    remarks = []
    if measured := rule.get("measured"):
        remarks.append(
            _(
                "Bytes per token were measured on %(documents)s documents of this dataset, in "
                "place of the general table.",
                documents=numbers.whole(measured["documents"]),
            )
        )
        if measured["tokenizer"] != rule["tokenizer"]:
            remarks.append(
                _(
                    "They were measured with %(tokenizer)s (%(rate)s) and are multiplied by the "
                    "ratio of the two tokenizers in the general table.",
                    tokenizer=measured["tokenizer"],
                    rate=measured["bytes_per_token"],
                )
            )
    if rule.get("basis") == "scaled":
        remarks.append(
            _(
                "No count for this language is known. The English one is scaled by the tokens "
                "that the same text takes, measured on the Universal Declaration of Human Rights."
            )
        )
    if rule.get("basis") == "several":
        remarks.append(
            _(
                "Several languages without their shares: the middle is the mean over them, "
                "low and high are the extremes."
            )
        )
    if rule.get("basis") == "not_stated":
        remarks.append(_("The language is not stated, so every count that fits was used."))
    if estimate.low is None:
        remarks.append(_("No spread is known, so there is one number and no interval."))
    else:
        remarks.append(
            _(
                "Low and high are a range of plausible means, not of single items. The range "
                "travels into epochs and shortages."
            )
        )
    return remarks


def tokenizer_table(dataset: Dataset, tables: ReferenceTables) -> TokenizerTable | None:
    """Return the main estimate under every tokenizer, or None where it cannot be restated."""
    main = parts.main_estimate(dataset)
    if main is None or main.mid is None:
        return None
    counts = (
        _converted_counts(dataset, main, tables)
        if main.method == "converted" and main.quantity_id
        else _rescaled_counts(dataset, main, tables)
    )
    if len(counts) < 2:  # noqa: PLR2004  one tokenizer alone is no comparison
        return None
    axis = charts.linear_axis(max(tokens.high or tokens.mid for tokens, _factor in counts.values()))
    rows = [
        TokenizerRow(
            name=tokenizer_label(tables.tokenizers[code].name, tables.tokenizers[code].vocabulary),
            is_default=code == tables.default_tokenizer,
            factor=factor,
            tokens=tokens,
            low=None if tokens.low is None else axis.position(tokens.low),
            mid=axis.position(tokens.mid),
            high=None if tokens.high is None else axis.position(tokens.high),
        )
        for code, (tokens, factor) in counts.items()
    ]
    is_premium = main.is_scaled
    label = _("Against English") if is_premium else _("Bytes per token")
    if _measured(dataset, tables):
        label = _("Bytes per token, measured on this dataset")
    return TokenizerTable(rows=rows, axis=axis, factor_label=label)


def _converted_counts(
    dataset: Dataset, main: TokenEstimate, tables: ReferenceTables
) -> dict[str, tuple[Tokens, str | None]]:
    quantity = next((q for q in dataset.quantities if q.id == main.quantity_id), None)
    if quantity is None:
        return {}
    facts = estimates.dataset_facts(dataset, tables)
    counts: dict[str, tuple[Tokens, str | None]] = {}
    for code, tokenizer in tables.tokenizers.items():
        outcome = derive_one(0, estimates.quantity_facts(quantity), facts, tables, tokenizer)
        if isinstance(outcome, Derived):
            counts[code] = outcome.tokens, _factor(outcome.rule)
    # Where no factor depends on the tokenizer, the rows would all be the same number.
    if len({tokens.mid for tokens, _factor in counts.values()}) < 2:  # noqa: PLR2004  likewise
        return _rescaled_counts(dataset, main, tables)
    return counts


def _rescaled_counts(
    dataset: Dataset, main: TokenEstimate, tables: ReferenceTables
) -> dict[str, tuple[Tokens, str | None]]:
    """Restate a count of a known tokenizer on one language by bytes per token."""
    rates = {code: _rate(dataset, tables, code) for code in tables.tokenizers}
    own = rates.get(main.tokenizer or "")
    if own is None or main.mid is None:
        return {}
    counted = Tokens(main.low, main.mid, main.high)
    measured = _measured(dataset, tables)
    # The table gives the ratio of two tokenizers; how long a token is, the dataset's own files.
    base = rates.get(measured.tokenizer) if measured else None
    factor = measured.bytes_per_token / base if measured and base else Decimal(1)
    return {
        code: (
            rescale(counted, bytes_per_token=own, to_bytes_per_token=rate),
            f"{measured_rates.rounded(Fraction(rate * factor)).normalize():f}",
        )
        for code, rate in rates.items()
        if rate is not None
    }


def _measured(dataset: Dataset, tables: ReferenceTables) -> MeasuredRate | None:
    found = measured_rates.find_rate((e.method, e.rule) for e in dataset.estimates)
    return found if found and found.tokenizer in tables.tokenizers else None


def _rate(dataset: Dataset, tables: ReferenceTables, code: str) -> Decimal | None:
    if len(dataset.languages) != 1:
        return None
    rates = {
        rate.language: rate.bytes_per_token
        for rate in tables.tokenizers[code].rates
        if rate.language and rate.kind == "udhr"
    }
    found = measured_tag(dataset.languages[0], rates)
    return rates[found] if found else None


def _factor(rule: Mapping[str, Any]) -> str | None:
    if rule["kind"] == "bytes":
        return str(rule["bytes_per_token"]["mid"])
    return str(rule["premium"]["mid"])
