"""What the page of one dataset shows."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import quote

from app.audit import AuditEvent
from app.catalog import labels
from app.catalog.models import Dataset, LicenceClaim, Statement, TokenEstimate
from app.catalog.pages import history, parts, quantities, rules, subsets
from app.catalog.queries import OverlapSide
from app.catalog.reference import tokenizer_label
from app.catalog.tables import ReferenceTables
from app.catalog.units import UNITS
from app.web import i18n
from app.web.i18n import gettext as _

VERDICT_TONES = {
    "correct": "good",
    "name_differs": "good",
    "unit_slip": "warn",
    "contradicted": "bad",
}
OVERLAP_TONES = {"derived_from": "info", "contains": "info", "may_overlap": "warn"}


@dataclass(frozen=True)
class SourceLine:
    """A verbatim line and its number in the source's text."""

    text: str
    number: int | None


@dataclass(frozen=True)
class LicenceClaimView:
    """What one source says of the licence."""

    scope: str
    licence: parts.LicenceView
    note: str | None
    evidence_url: str | None
    checked: str | None
    source: parts.SourceView | None


@dataclass(frozen=True)
class StatementView:
    """A sentence about the dataset with our verdict."""

    text: str
    number: int | None
    tone: str
    verdict: str
    comment: str | None


@dataclass(frozen=True)
class OverlapView:
    """Another dataset that shares text with this one."""

    tone: str
    word: str
    name: parts.Name
    slug: str
    note: str | None


@dataclass(frozen=True)
class Check:
    """Something recomputed from the source's own figures."""

    what: str
    value: str
    is_ok: bool
    comment: str | None


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
    licence_claims: list[LicenceClaimView]
    statements: list[StatementView]
    anomalies: list[str]
    notes: list[str]
    checks: list[Check]
    facts: list[tuple[str, str | None]]
    provider: parts.Name
    provider_slug: str
    homepage: str | None
    overlaps: list[OverlapView]
    subsets: subsets.SubsetTable | None
    history: list[history.HistoryRow]
    unit_forms: list[UnitForm]


def dataset_page(
    dataset: Dataset,
    *,
    children: Sequence[Dataset],
    overlaps: Sequence[OverlapSide],
    events: Sequence[AuditEvent],
    tables: ReferenceTables,
    can_confirm_units: bool,
) -> DatasetPage:
    """Return the page of a dataset that `queries.get_dataset` loaded."""
    names = {
        code: tokenizer_label(tokenizer.name, tokenizer.vocabulary)
        for code, tokenizer in tables.tokenizers.items()
    }
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
        estimate=parts.estimate_view(main, names) if main else None,
        reason=parts.no_estimate_reason(dataset),
        claims=[parts.estimate_view(claim, names) for claim in claims],
        rule=_rule(main, tables),
        tokenizers=rules.tokenizer_table(dataset, tables),
        lines=_lines(dataset),
        heading=SourceLine(dataset.source_heading, dataset.source_heading_no)
        if dataset.source_heading
        else None,
        source=parts.source_view(dataset.source),
        licence_claims=[_licence_claim(claim) for claim in dataset.licence_claims],
        statements=[_statement(statement) for statement in dataset.statements],
        anomalies=[parts.bilingual(item, "note") or item["code"] for item in dataset.anomalies],
        notes=[i18n.local(note) for note in dataset.notes],
        checks=[_check(check) for check in dataset.checks],
        facts=_facts(dataset),
        provider=parts.name_of(dataset.provider.name_zh, dataset.provider.name_en),
        provider_slug=dataset.provider.slug,
        homepage=dataset.homepage if _is_web_address(dataset.homepage) else None,
        overlaps=[_overlap(side) for side in overlaps],
        subsets=subsets.subset_table(dataset, children),
        history=history.history_rows(events),
        unit_forms=_unit_forms(dataset) if can_confirm_units else [],
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


def _rule(main: TokenEstimate | None, tables: ReferenceTables) -> rules.RuleView | None:
    return rules.rule_view(main, tables) if main else None


def _lines(dataset: Dataset) -> list[SourceLine]:
    if dataset.source_line is None:
        return []
    lines = [SourceLine(dataset.source_line, dataset.source_line_no)]
    return lines + [SourceLine(o["text"], o["line_no"]) for o in dataset.other_source_lines]


def _licence_claim(claim: LicenceClaim) -> LicenceClaimView:
    scopes = {"data": _("data"), "code": _("code")}
    licence = parts.licence_class_view(
        claim.licence_class, parts.text(claim.stated_zh, claim.stated_en), claim.spdx
    )
    if claim.scope != "data":
        licence = replace(licence, tone="none", word=_("does not cover the data"))
    checked = None
    if claim.checked_by and claim.checked_on:
        checked = _("%(who)s, %(day)s", who=claim.checked_by, day=claim.checked_on.isoformat())
    return LicenceClaimView(
        scope=scopes.get(claim.scope, claim.scope),
        licence=licence,
        note=parts.text(claim.note_zh, claim.note_en),
        evidence_url=claim.evidence_url if _is_web_address(claim.evidence_url) else None,
        checked=checked,
        source=parts.source_view(claim.source),
    )


def _statement(statement: Statement) -> StatementView:
    return StatementView(
        text=statement.text,
        number=statement.line_no,
        tone=VERDICT_TONES.get(statement.verdict, "info"),
        verdict=parts.word(labels.VERDICTS.get(statement.verdict), statement.verdict),
        comment=parts.text(statement.comment_zh, statement.comment_en),
    )


def _overlap(side: OverlapSide) -> OverlapView:
    if side.is_outgoing:
        shown = parts.word(labels.OVERLAPS.get(side.relation), side.relation)
    else:
        reverse = {"derived_from": _("source of"), "contains": _("contained in")}
        shown = reverse.get(side.relation) or parts.word(
            labels.OVERLAPS.get(side.relation), side.relation
        )
    return OverlapView(
        tone=OVERLAP_TONES.get(side.relation, "info"),
        word=shown,
        name=parts.dataset_name(side.other),
        slug=side.other.slug,
        note=parts.text(side.note_zh, side.note_en),
    )


def _check(check: dict[str, object]) -> Check:
    return Check(
        what=parts.bilingual(check, "check") or "",
        value=str(check.get("value")),
        is_ok=bool(check.get("is_ok")),
        comment=parts.bilingual(check, "comment"),
    )


def _facts(dataset: Dataset) -> list[tuple[str, str | None]]:
    """Return the rail of facts; None is shown as "not stated"."""
    modality = parts.modality_word(dataset.modality)
    if dataset.modality_basis:
        basis = parts.word(
            labels.MODALITY_BASES.get(dataset.modality_basis), dataset.modality_basis
        )
        modality = _("%(modality)s, %(basis)s", modality=modality, basis=basis)
    return [
        (_("Category"), parts.category_name(dataset.category)),
        (_("Unit"), _unit(dataset)),
        (_("Modality"), modality),
        (_("Languages"), parts.language_names(dataset.languages) or None),
        (_("Access"), parts.text(dataset.access_zh, dataset.access_en)),
        (_("Released"), dataset.released),
        (_("Paper"), dataset.paper),
    ]


def _unit(dataset: Dataset) -> str | None:
    """Return the unit of the first quantity, and how it is known."""
    first = next(iter(dataset.quantities), None)
    if first is None:
        return None
    if first.unit is None:
        if first.assumed_unit is None:
            return None
        return _("%(unit)s, assumed", unit=quantities.unit_name(first.assumed_unit))
    unit = quantities.unit_name(first.unit)
    if first.unit_confirmed_by:
        return _("%(unit)s, confirmed by %(who)s", unit=unit, who=first.unit_confirmed_by)
    return _("%(unit)s, stated", unit=unit)


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


def _is_web_address(address: str | None) -> bool:
    return bool(address) and str(address).startswith(("https://", "http://"))
