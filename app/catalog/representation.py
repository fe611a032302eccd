"""Datasets as the API states them: the JSON of an item, and how it is made from the tables."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from pydantic import BaseModel, Field

from app.catalog.models.datasets import Dataset
from app.catalog.models.estimates import TokenEstimate
from app.catalog.models.licences import LicenceClaim
from app.catalog.models.providers import Provider
from app.catalog.models.quantities import Quantity
from app.catalog.models.sources import Source
from app.catalog.models.statements import Statement
from app.catalog.queries import OverlapSide


class Names(BaseModel):
    """A name or text in both languages."""

    zh: str
    en: str


class SourceOut(BaseModel):
    """Where a figure comes from, with the grade of the source: A, B, C, V or -."""

    code: str
    text: str
    grade: str


class ProviderOut(BaseModel):
    """Who publishes or sells a dataset."""

    slug: str
    name: Names


class LicenceOut(BaseModel):
    """The stated licence: an SPDX id where one is stated, the source's words, and the class."""

    id: str | None
    stated: str | None
    licence_class: str = Field(serialization_alias="class")


class QuantityOut(BaseModel):
    """A count in a native unit. `unit` is null where none is stated; `assumed_unit` is a guess."""

    value: int | float | None
    unit: str | None
    assumed_unit: str | None
    printed: str
    qualifier: Names | None
    source: SourceOut | None


class TokensOut(BaseModel):
    """Unique tokens for a named tokenizer. Low and high are null where no spread is known."""

    low: int | None
    mid: int | None
    high: int | None
    method: str
    tokenizer: str | None
    tokenizer_printed: str | None
    bound: str | None
    scope: Names | None
    assumed: bool
    scaled: bool
    disputed: bool
    has_repeats: bool
    source: SourceOut | None
    rule: dict[str, Any] | None


class DatasetOut(BaseModel):
    """A dataset as lists show it. `tokens` null means that there is no estimate, never zero."""

    slug: str
    name: Names
    provider: ProviderOut
    category: str
    modality: str
    languages: list[str]
    licence: LicenceOut
    quantities: list[QuantityOut]
    tokens: TokensOut | None
    no_estimate_reason: str | None
    claims: list[TokensOut]
    parent: str | None
    subset_count: int
    visibility: str
    updated_at: datetime


class LicenceClaimOut(BaseModel):
    """What one source says of the licence, of the data or of the code."""

    scope: str
    stated: Names | None
    spdx: str | None
    licence_class: str = Field(serialization_alias="class")
    note: Names | None
    evidence_url: str | None
    checked_by: str | None
    source: SourceOut | None


class StatementOut(BaseModel):
    """A sentence that somebody says of the dataset, with a verdict against published facts."""

    text: str
    line: int | None
    verdict: str
    comment: Names | None
    contradicted: bool


class OverlapOut(BaseModel):
    """Another dataset that shares text; incoming ones are what the other says of this one."""

    relation: str
    is_outgoing: bool
    dataset: str
    note: Names | None


class SourceLine(BaseModel):
    """A verbatim line of the source's text."""

    line: int | None
    text: str


class DatasetDetailOut(DatasetOut):
    """A dataset with all that is known of it."""

    description: Names | None
    aliases: list[str]
    modality_basis: str | None
    languages_note: Names | None
    access: Names | None
    homepage: str | None
    paper: str | None
    released: str | None
    source: SourceOut | None
    source_lines: list[SourceLine]
    source_heading: SourceLine | None
    licence_claims: list[LicenceClaimOut]
    statements: list[StatementOut]
    overlaps: list[OverlapOut]
    anomalies: list[dict[str, Any]]
    notes: list[dict[str, Any]]
    checks: list[dict[str, Any]]
    figures: dict[str, Any] | None
    figure_fields: list[dict[str, Any]]
    subsets: list[str]
    revision: int


def names(zh: str | None, en: str | None) -> Names | None:
    """Return a bilingual text, or None where there is none."""
    return Names(zh=zh or en or "", en=en or zh or "") if zh or en else None


def number(value: Decimal | None) -> int | float | None:
    """Return a whole number as an integer of JSON, whatever its size."""
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)


def source_out(source: Source | None) -> SourceOut | None:
    """Return a source, if one is named."""
    if source is None:
        return None
    return SourceOut(code=source.code, text=source.text, grade=source.grade)


def provider_out(provider: Provider) -> ProviderOut:
    """Return a provider in short."""
    return ProviderOut(slug=provider.slug, name=Names(zh=provider.name_zh, en=provider.name_en))


def quantity_out(quantity: Quantity) -> QuantityOut:
    """Return one quantity."""
    return QuantityOut(
        value=number(quantity.value),
        unit=quantity.unit,
        assumed_unit=quantity.assumed_unit,
        printed=quantity.printed,
        qualifier=names(quantity.qualifier_zh, quantity.qualifier_en),
        source=source_out(quantity.source),
    )


def tokens_out(estimate: TokenEstimate) -> TokensOut:
    """Return one estimate or claim."""
    return TokensOut(
        low=estimate.low,
        mid=estimate.mid,
        high=estimate.high,
        method=estimate.method,
        tokenizer=estimate.tokenizer,
        tokenizer_printed=estimate.tokenizer_printed,
        bound=estimate.bound,
        scope=names(estimate.scope_zh, estimate.scope_en),
        assumed=estimate.is_assumed,
        scaled=estimate.is_scaled,
        disputed=estimate.is_disputed,
        has_repeats=estimate.has_repeats,
        source=source_out(estimate.source),
        rule=estimate.rule,
    )


def licence_out(dataset: Dataset) -> LicenceOut:
    """Return the stated licence in short."""
    return LicenceOut(
        id=dataset.licence_spdx,
        stated=dataset.licence_stated_en,
        licence_class=dataset.licence_class,
    )


def licence_claim_out(claim: LicenceClaim) -> LicenceClaimOut:
    """Return what one source says of the licence."""
    return LicenceClaimOut(
        scope=claim.scope,
        stated=names(claim.stated_zh, claim.stated_en),
        spdx=claim.spdx,
        licence_class=claim.licence_class,
        note=names(claim.note_zh, claim.note_en),
        evidence_url=claim.evidence_url,
        checked_by=claim.checked_by,
        source=source_out(claim.source),
    )


def statement_out(statement: Statement) -> StatementOut:
    """Return a sentence about the dataset and the verdict on it."""
    return StatementOut(
        text=statement.text,
        line=statement.line_no,
        verdict=statement.verdict,
        comment=names(statement.comment_zh, statement.comment_en),
        contradicted=statement.is_contradicted,
    )


def overlap_out(side: OverlapSide) -> OverlapOut:
    """Return an overlap seen from this dataset."""
    return OverlapOut(
        relation=side.relation,
        is_outgoing=side.is_outgoing,
        dataset=side.other.slug,
        note=names(side.note_zh, side.note_en),
    )


def dataset_out(dataset: Dataset, subset_count: int) -> DatasetOut:
    """Return a dataset as lists show it."""
    main = next((estimate for estimate in dataset.estimates if estimate.is_main), None)
    return DatasetOut(
        slug=dataset.slug,
        name=Names(zh=dataset.name_zh, en=dataset.name_en),
        provider=provider_out(dataset.provider),
        category=dataset.category.code,
        modality=dataset.modality,
        languages=dataset.languages,
        licence=licence_out(dataset),
        quantities=[quantity_out(quantity) for quantity in dataset.quantities],
        tokens=main and tokens_out(main),
        no_estimate_reason=dataset.no_estimate_reason,
        claims=[tokens_out(claim) for claim in dataset.estimates if not claim.is_main],
        parent=dataset.slug.rpartition("/")[0] or None,
        subset_count=subset_count,
        visibility=dataset.visibility,
        updated_at=dataset.updated_at,
    )


def dataset_detail_out(
    dataset: Dataset, overlaps: Sequence[OverlapSide], subset_slugs: list[str]
) -> DatasetDetailOut:
    """Return a dataset with all that is known of it."""
    item = dataset_out(dataset, len(subset_slugs))
    lines = [SourceLine(line=dataset.source_line_no, text=dataset.source_line or "")]
    lines += [SourceLine(line=o["line_no"], text=o["text"]) for o in dataset.other_source_lines]
    return DatasetDetailOut(
        **item.model_dump(),
        description=names(dataset.description_zh, dataset.description_en),
        aliases=dataset.aliases,
        modality_basis=dataset.modality_basis,
        languages_note=names(dataset.languages_note_zh, dataset.languages_note_en),
        access=names(dataset.access_zh, dataset.access_en),
        homepage=dataset.homepage,
        paper=dataset.paper,
        released=dataset.released,
        source=source_out(dataset.source),
        source_lines=lines if dataset.source_line else [],
        source_heading=SourceLine(line=dataset.source_heading_no, text=dataset.source_heading)
        if dataset.source_heading
        else None,
        licence_claims=[licence_claim_out(claim) for claim in dataset.licence_claims],
        statements=[statement_out(statement) for statement in dataset.statements],
        overlaps=[overlap_out(side) for side in overlaps],
        anomalies=dataset.anomalies,
        notes=dataset.notes,
        checks=dataset.checks,
        figures=dataset.figures,
        figure_fields=dataset.figure_fields,
        subsets=subset_slugs,
        revision=dataset.revision,
    )
