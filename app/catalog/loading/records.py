"""
Datasets on their way into the catalogue: what the seed, an import or a benchmark hands over.

Everything refers to other rows by slug or code, so that a record can be made without a database.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class QuantityRecord:
    """A count as its source prints it. `key` names it among the quantities of its dataset."""

    key: str | None = None
    printed: str
    value: Decimal | None = None
    unit: str | None = None
    assumed_unit: str | None = None
    unit_printed: str | None = None
    qualifier_zh: str | None = None
    qualifier_en: str | None = None
    is_whole: bool = True
    content: str | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EstimateRecord:
    """A token count that a source gives, or that was computed from what it gives."""

    key: str | None = None
    method: str
    mid: int | None = None
    low: int | None = None
    high: int | None = None
    bound: str | None = None
    tokenizer: str | None = None
    tokenizer_printed: str | None = None
    scope_zh: str | None = None
    scope_en: str | None = None
    printed: str | None = None
    is_whole: bool = True
    is_disputed: bool = False
    has_repeats: bool = False
    rule: Json | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenceRecord:
    """What one source says of the licence."""

    key: str | None = None
    scope: str = "data"
    stated_zh: str | None = None
    stated_en: str | None = None
    spdx: str | None = None
    licence_class: str = "unknown"
    note_zh: str | None = None
    note_en: str | None = None
    evidence_url: str | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementRecord:
    """A verbatim sentence about the dataset, with the verdict on it."""

    key: str | None = None
    text: str
    line_no: int | None = None
    verdict: str
    comment_zh: str | None = None
    comment_en: str | None = None
    is_contradicted: bool = False
    source: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OverlapRecord:
    """Another dataset that shares text with this one, by its slug."""

    other: str
    relation: str
    note_zh: str | None = None
    note_en: str | None = None

    @property
    def key(self) -> str:
        """What names the overlap among those of its dataset."""
        return f"{self.relation}:{self.other}"


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetRecord:
    """
    A dataset or subset with all that belongs to it.

    `extra` keeps what a format says and we do not model, by format, so that an export gives it
    back. `origin` says where the record comes from, for the first line of the dataset's history.
    """

    slug: str
    name_zh: str
    name_en: str
    provider: str
    category: str
    modality: str
    parent: str | None = None
    position: int = 0
    aliases: tuple[str, ...] = ()
    description_zh: str | None = None
    description_en: str | None = None
    modality_basis: str | None = None
    languages: tuple[str, ...] = ()
    languages_note_zh: str | None = None
    languages_note_en: str | None = None
    licence_class: str = "unknown"
    licence_spdx: str | None = None
    licence_stated_zh: str | None = None
    licence_stated_en: str | None = None
    access_zh: str | None = None
    access_en: str | None = None
    homepage: str | None = None
    paper: str | None = None
    released: str | None = None
    source: str | None = None
    source_line: str | None = None
    source_line_no: int | None = None
    source_heading: str | None = None
    source_heading_no: int | None = None
    other_source_lines: tuple[Json, ...] = ()
    anomalies: tuple[Json, ...] = ()
    notes: tuple[Json, ...] = ()
    checks: tuple[Json, ...] = ()
    figures: Json | None = None
    figure_fields: tuple[Json, ...] = ()
    has_tokens: bool = True
    visibility: str = "public"
    quantities: tuple[QuantityRecord, ...] = ()
    estimates: tuple[EstimateRecord, ...] = ()
    licence_claims: tuple[LicenceRecord, ...] = ()
    statements: tuple[StatementRecord, ...] = ()
    overlaps: tuple[OverlapRecord, ...] = ()
    extra: Json = field(default_factory=dict)
    origin: Mapping[str, Any] = field(default_factory=dict)
