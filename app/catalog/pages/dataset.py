"""What the page of one dataset shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from app.audit import AuditEvent
from app.catalog.estimating.tables import ReferenceTables
from app.catalog.models.datasets import Dataset
from app.catalog.models.estimates import TokenEstimate
from app.catalog.pages import evidence, facts, history, parts, quantities, rules, subsets
from app.catalog.pages.measured import MeasuredView, measured_views
from app.catalog.queries import OverlapSide
from app.catalog.words.units import UNITS
from app.web import i18n
from app.web.i18n import gettext as _


@dataclass(frozen=True)
class SourceLine:
    """A verbatim line and its number in the source's text."""

    text: str
    number: int | None


@dataclass(frozen=True)
class UnitForm:
    """The form that confirms or corrects an assumed unit."""

    quantity_id: int
    printed: str
    assumed: str | None
    assumed_word: str | None
    options: list[tuple[str, str]]


@dataclass(frozen=True)
class DatasetPage:
    """Everything that templates/catalog/show.html shows."""

    slug: str
    name: parts.Name
    description: str | None
    crumbs: list[tuple[str, str | None]]
    parent: parts.Name | None
    json_href: str
    compare_href: str
    is_team_only: bool
    is_archived: bool
    licence: parts.LicenceView
    licence_class: str
    quantities: list[quantities.QuantityView]
    estimate: parts.EstimateView | None
    reason: str
    claims: list[parts.EstimateView]
    rule: rules.RuleView | None
    tokenizers: rules.TokenizerTable | None
    lines: list[SourceLine]
    heading: SourceLine | None
    source: parts.SourceView | None
    licence_claims: list[evidence.LicenceClaimView]
    statements: list[evidence.StatementView]
    anomalies: list[str]
    notes: list[str]
    checks: list[evidence.Check]
    facts: list[facts.Fact]
    provider: parts.Name
    provider_slug: str
    homepage: str | None
    overlaps: list[evidence.OverlapView]
    subsets: subsets.SubsetTable | None
    history: list[history.HistoryRow]
    unit_forms: list[UnitForm]
    json_ld: Mapping[str, Any] | None
    measured: list[MeasuredView]


def dataset_page(
    dataset: Dataset,
    *,
    children: Sequence[Dataset],
    overlaps: Sequence[OverlapSide],
    events: Sequence[AuditEvent],
    tables: ReferenceTables | None,
    tokenizer_names: Mapping[str, str],
    can_confirm_units: bool,
    json_ld: Mapping[str, Any] | None,
) -> DatasetPage:
    """
    Return the page of a dataset that `queries.get_dataset` loaded.

    `tables` are wanted where `rules.is_restatable` says so.
    """
    main = parts.main_estimate(dataset)
    claims = [estimate for estimate in dataset.estimates if estimate is not main]
    return DatasetPage(
        slug=dataset.slug,
        name=parts.dataset_name(dataset),
        description=parts.text(dataset.description_zh, dataset.description_en),
        crumbs=_crumbs(dataset),
        parent=parts.dataset_name(dataset.parent) if dataset.parent else None,
        json_href=f"/api/v1/datasets/{quote(dataset.slug)}",
        compare_href=f"/catalogue?compare={quote(dataset.slug)}",
        is_team_only=dataset.visibility == "team",
        is_archived=dataset.archived_at is not None,
        licence=parts.licence_view(dataset),
        licence_class=dataset.licence_class,
        quantities=[quantities.quantity_view(quantity) for quantity in dataset.quantities],
        estimate=parts.estimate_view(main, tokenizer_names) if main else None,
        reason=parts.no_estimate_reason(dataset),
        claims=[parts.estimate_view(claim, tokenizer_names) for claim in claims],
        rule=_rule(main, tables),
        tokenizers=rules.tokenizer_table(dataset, tables) if tables else None,
        lines=_lines(dataset),
        heading=SourceLine(dataset.source_heading, dataset.source_heading_no)
        if dataset.source_heading
        else None,
        source=parts.source_view(dataset.source),
        licence_claims=[evidence.licence_claim(claim) for claim in dataset.licence_claims],
        statements=[evidence.statement_view(statement) for statement in dataset.statements],
        anomalies=[parts.bilingual(item, "note") or item["code"] for item in dataset.anomalies],
        notes=[i18n.local(note) for note in dataset.notes],
        checks=[evidence.check_view(check) for check in dataset.checks],
        facts=facts.facts_of(dataset),
        provider=parts.name_of(dataset.provider.name_zh, dataset.provider.name_en),
        provider_slug=dataset.provider.slug,
        homepage=dataset.homepage if evidence.is_web_address(dataset.homepage) else None,
        overlaps=[evidence.overlap_view(side) for side in overlaps],
        subsets=subsets.subset_table(dataset, children),
        history=history.history_rows(events),
        unit_forms=_unit_forms(dataset) if can_confirm_units else [],
        json_ld=json_ld,
        measured=measured_views(dataset.estimates),
    )


def _crumbs(dataset: Dataset) -> list[tuple[str, str | None]]:
    provider = parts.name_of(dataset.provider.short_name_zh, dataset.provider.short_name_en)
    crumbs: list[tuple[str, str | None]] = [
        (_("Catalogue"), "/catalogue"),
        (provider.text, f"/providers/{dataset.provider.slug}"),
    ]
    if dataset.parent:
        name = parts.dataset_name(dataset.parent)
        crumbs.append((name.text, f"/catalogue/{dataset.parent.slug}"))
    return [*crumbs, (parts.dataset_name(dataset).text, None)]


def _rule(main: TokenEstimate | None, tables: ReferenceTables | None) -> rules.RuleView | None:
    return rules.rule_view(main, tables) if main and tables else None


def _lines(dataset: Dataset) -> list[SourceLine]:
    if dataset.source_line is None:
        return []
    lines = [SourceLine(dataset.source_line, dataset.source_line_no)]
    return lines + [SourceLine(o["text"], o["line_no"]) for o in dataset.other_source_lines]


def _unit_forms(dataset: Dataset) -> list[UnitForm]:
    options = [(code, quantities.unit_name(code)) for code in UNITS]
    return [
        UnitForm(
            quantity_id=quantity.id,
            printed=quantity.printed,
            assumed=quantity.assumed_unit,
            assumed_word=quantities.unit_name(quantity.assumed_unit)
            if quantity.assumed_unit
            else None,
            options=options,
        )
        for quantity in dataset.quantities
        if quantity.unit is None and quantity.value is not None
    ]
