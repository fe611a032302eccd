"""What mixtures read of the catalogue: facts of datasets, how they overlap, tokenizers."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import bindparam, func, or_, select, sql
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlalchemy.orm import Session, aliased

from app.catalog import queries
from app.catalog.models.datasets import Category, Dataset, Overlap
from app.catalog.models.estimates import TokenEstimate
from app.catalog.models.licences import LicenceClaim
from app.catalog.models.priors import Tokenizer, TokenizerRatio
from app.catalog.models.providers import Provider
from app.catalog.models.sources import Source
from app.catalog.reference import tokenizer_label
from app.errors import InvalidInput
from app.mixtures.facts import DatasetFacts
from app.planning.estimates.text_rates import TextRate
from app.planning.supply.overlap import Origin, Relation

_FACTS = (
    select(
        Dataset.slug,
        Dataset.name_zh,
        Dataset.name_en,
        Provider.slug,
        Provider.short_name_zh,
        Provider.short_name_en,
        Category.code,
        Category.name_zh,
        Category.name_en,
        Category.hue,
        Dataset.modality,
        Dataset.languages,
        Dataset.licence_class,
        Dataset.licence_spdx,
        Dataset.licence_stated_zh,
        Dataset.licence_stated_en,
        Dataset.visibility,
        Dataset.revision,
        Dataset.archived_at.is_not(None),
        Dataset.no_estimate_reason,
        TokenEstimate.low,
        TokenEstimate.mid,
        TokenEstimate.high,
        TokenEstimate.method,
        TokenEstimate.tokenizer,
        TokenEstimate.tokenizer_printed,
        # Without an estimate the join leaves its flags null.
        func.coalesce(TokenEstimate.is_assumed, sql.false()),
        func.coalesce(TokenEstimate.is_scaled, sql.false()),
        func.coalesce(TokenEstimate.is_disputed, sql.false()),
        func.coalesce(TokenEstimate.has_repeats, sql.false()),
        TokenEstimate.bound,
    )
    .join(Provider, Provider.id == Dataset.provider_id)
    .join(Category, Category.id == Dataset.category_id)
    .outerjoin(TokenEstimate, (TokenEstimate.dataset_id == Dataset.id) & TokenEstimate.is_main)
)
# One array and not a list of parameters: one plan and one parse, whatever the size.
_SLUGS = bindparam("slugs", type_=ARRAY(TEXT))
_BY_SLUG = {
    with_team: _FACTS.where(Dataset.slug == _SLUGS.any_(), queries.visible(with_team=with_team))
    for with_team in (True, False)
}
_OTHER = aliased(Dataset)
_RELATIONS = (
    select(Overlap.relation, Dataset.slug, _OTHER.slug)
    .join(Dataset, Dataset.id == Overlap.dataset_id)
    .join(_OTHER, _OTHER.id == Overlap.other_id)
    .where(
        Overlap.relation != "may_overlap",
        or_(Dataset.slug == _SLUGS.any_(), _OTHER.slug == _SLUGS.any_()),
    )
)
_LANGUAGES = 11


@dataclass(frozen=True, slots=True)
class TokenizerFacts:
    """A tokenizer, and how many bytes of each measured text one of its tokens holds."""

    code: str
    label: str
    rates: tuple[TextRate, ...]


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why a dataset has its licence class: what a source says, and where."""

    licence_class: str
    stated_zh: str | None
    stated_en: str | None
    spdx: str | None
    source: str | None
    grade: str | None
    url: str | None


def load_facts(
    session: Session, slugs: Collection[str], *, with_team: bool
) -> dict[str, DatasetFacts]:
    """Return the facts of these datasets that exist and may be seen, in one statement."""
    if not slugs:
        return {}
    found = {}
    for row in session.execute(_BY_SLUG[with_team], {"slugs": list(slugs)}):
        values: list[Any] = list(row)
        values[_LANGUAGES] = tuple(values[_LANGUAGES])
        found[values[0]] = DatasetFacts(*values)
    return found


def load_relations(session: Session, slugs: Sequence[str]) -> list[Relation]:
    """Return how these datasets came from others: their parents, and the catalogue's overlaps."""
    relations = [
        Relation(slug, slug.partition("/")[0], Origin.SUBSET) for slug in slugs if "/" in slug
    ]
    if not slugs:
        return relations
    for relation, mine, theirs in session.execute(_RELATIONS, {"slugs": list(slugs)}):
        if relation == "derived_from":
            relations.append(Relation(mine, theirs, Origin.DERIVED))
        else:
            relations.append(Relation(theirs, mine, Origin.SUBSET))
    return relations


def load_tokenizers(session: Session) -> dict[str, TokenizerFacts]:
    """Return every tokenizer with its measured rates, by code, in their order."""
    rates: dict[str, list[TextRate]] = {}
    labels: dict[str, str] = {}
    rows = session.execute(
        select(
            Tokenizer.code,
            Tokenizer.name,
            Tokenizer.vocabulary,
            TokenizerRatio.text_name,
            TokenizerRatio.kind,
            TokenizerRatio.language,
            TokenizerRatio.bytes_per_token,
        )
        .outerjoin(TokenizerRatio, TokenizerRatio.tokenizer_code == Tokenizer.code)
        .order_by(Tokenizer.position)
    )
    for code, name, vocabulary, text, kind, language, bytes_per_token in rows:
        labels[code] = tokenizer_label(name, vocabulary)
        if text is not None:
            rates.setdefault(code, []).append(TextRate(text, kind, language, bytes_per_token))
    return {
        code: TokenizerFacts(code, label, tuple(rates.get(code, ())))
        for code, label in labels.items()
    }


def thawed_tokenizer(code: str, stored: Mapping[str, Any]) -> TokenizerFacts:
    """Return a tokenizer as a version kept it."""
    rates = tuple(
        TextRate(text, kind, language, Decimal(bytes_per_token))
        for text, kind, language, bytes_per_token in stored["rates"]
    )
    return TokenizerFacts(code, stored["label"], rates)


def load_evidence(session: Session, slugs: Collection[str]) -> dict[str, list[Evidence]]:
    """Return what sources say of the licences of the data, by dataset; code is left aside."""
    if not slugs:
        return {}
    found: dict[str, list[Evidence]] = {}
    rows = session.execute(
        select(
            Dataset.slug,
            LicenceClaim.licence_class,
            LicenceClaim.stated_zh,
            LicenceClaim.stated_en,
            LicenceClaim.spdx,
            Source.text,
            Source.grade,
            LicenceClaim.evidence_url,
        )
        .join(Dataset, Dataset.id == LicenceClaim.dataset_id)
        .outerjoin(Source, Source.id == LicenceClaim.source_id)
        .where(Dataset.slug == _SLUGS.any_(), LicenceClaim.scope == "data")
        .order_by(LicenceClaim.dataset_id, LicenceClaim.position),
        {"slugs": list(slugs)},
    )
    for row in rows:
        found.setdefault(row[0], []).append(Evidence(*row[1:]))
    return found


def list_subset_slugs(session: Session, slug: str, *, with_team: bool) -> list[str]:
    """Return the subsets of a dataset that may be seen, in the order of their source."""
    parent = aliased(Dataset)
    return list(
        session.scalars(
            select(Dataset.slug)
            .join(parent, parent.id == Dataset.parent_id)
            .where(
                parent.slug == slug,
                Dataset.archived_at.is_(None),
                queries.visible(with_team=with_team),
            )
            .order_by(Dataset.position, Dataset.id)
        )
    )


def count_subsets(session: Session, slugs: Sequence[str], *, with_team: bool) -> dict[str, int]:
    """Return how many subsets each of these datasets has that may be seen."""
    if not slugs:
        return {}
    parent = aliased(Dataset)
    rows = session.execute(
        select(parent.slug, func.count())
        .join(Dataset, Dataset.parent_id == parent.id)
        .where(
            parent.slug.in_(slugs),
            Dataset.archived_at.is_(None),
            queries.visible(with_team=with_team),
        )
        .group_by(parent.slug)
    )
    return {slug: count for slug, count in rows}  # noqa: C416  a row is no pair for the checker


def slugs_of_ids(session: Session, ids: Sequence[int]) -> list[str]:
    """Return the slugs of datasets in the order of their ids."""
    rows = session.execute(select(Dataset.id, Dataset.slug).where(Dataset.id.in_(ids)))
    by_id: Mapping[int, str] = {row.id: row.slug for row in rows}
    return [by_id[dataset_id] for dataset_id in ids if dataset_id in by_id]


def find_by_name(
    session: Session, names: Collection[str], *, with_team: bool
) -> dict[str, list[str]]:
    """Return the slugs of datasets by a name or alias that somebody typed, in small letters."""
    if not names:
        return {}
    wanted = {name.casefold() for name in names}
    found: dict[str, list[str]] = {}
    rows = session.execute(
        select(Dataset.slug, Dataset.name_zh, Dataset.name_en, Dataset.aliases).where(
            Dataset.archived_at.is_(None), queries.visible(with_team=with_team)
        )
    )
    for slug, name_zh, name_en, aliases in rows:
        for name in {name_zh.casefold(), name_en.casefold(), *(a.casefold() for a in aliases)}:
            if name in wanted:
                found.setdefault(name, []).append(slug)
    return found


def list_tokenizers(session: Session) -> list[tuple[str, str]]:
    """Return the code and the label of every tokenizer, in their order."""
    rows = session.execute(
        select(Tokenizer.code, Tokenizer.name, Tokenizer.vocabulary).order_by(Tokenizer.position)
    )
    return [(row.code, tokenizer_label(row.name, row.vocabulary)) for row in rows]


def require_tokenizer(session: Session, code: str) -> None:
    """
    Refuse a tokenizer that no count is given in.

    Raises
    ------
    InvalidInput
        If there is none of that code.
    """
    known = [one for one, _label in list_tokenizers(session)]
    if code not in known:
        raise InvalidInput(
            "There is no tokenizer %(code)s. Choose one of: %(known)s.",
            field="tokenizer",
            code=code[:100],
            known=", ".join(known),
        )
