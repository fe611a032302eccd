"""The reference tables that estimates are derived with: priors, tokenizers, the category tree."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalog.models.datasets import Category
from app.catalog.models.estimates import NoEstimateReason
from app.catalog.models.priors import ConversionPrior, Tokenizer, TokenizerRatio
from app.planning.estimates.conversion import Factors
from app.planning.estimates.priors import Prior
from app.planning.estimates.text_rates import TextRate

# A unit, the category of the data with those above it, and their languages.
Kind = tuple[str, tuple[str, ...], tuple[str, ...]]
# The factors of a kind of data with the rule that shows them, or what is missing.
Found = tuple[Factors, dict[str, Any]] | NoEstimateReason


@dataclass(frozen=True, slots=True)
class TokenizerTables:
    """Premiums over English by language, and bytes per token by text, of one tokenizer."""

    code: str
    name: str
    vocabulary: int
    premiums: Mapping[str, Decimal]
    rates: Sequence[TextRate]
    # What a derivation found for a kind of data, kept for the next dataset of that kind.
    factors: dict[Kind, Found] = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class ReferenceTables:
    """Everything that a conversion needs besides the quantity itself."""

    priors: Sequence[Prior]
    prior_words: Mapping[str, Mapping[str, Any]]
    tokenizers: Mapping[str, TokenizerTables]
    default_tokenizer: str | None
    category_paths: Mapping[int, tuple[str, ...]]

    @property
    def default(self) -> TokenizerTables | None:
        """The tokenizer that catalogue estimates are given in; None before there are any."""
        return self.tokenizers[self.default_tokenizer] if self.default_tokenizer else None


def load(session: Session) -> ReferenceTables:
    """Read the reference tables, once per operation."""
    rows = list(session.scalars(select(ConversionPrior).order_by(ConversionPrior.id)))
    tokenizers = list(session.scalars(select(Tokenizer).order_by(Tokenizer.position)))
    ratios: dict[str, list[TokenizerRatio]] = {}
    for ratio in session.scalars(select(TokenizerRatio)):
        ratios.setdefault(ratio.tokenizer_code, []).append(ratio)
    return ReferenceTables(
        priors=[_prior(row) for row in rows],
        prior_words={row.code: _words(row) for row in rows},
        tokenizers={t.code: _tokenizer(t, ratios.get(t.code, [])) for t in tokenizers},
        default_tokenizer=next((t.code for t in tokenizers if t.is_default), None),
        category_paths=_paths(list(session.scalars(select(Category)))),
    )


def _prior(row: ConversionPrior) -> Prior:
    return Prior(
        code=row.code,
        unit=row.unit,
        mid=row.mid,
        low=row.low,
        high=row.high,
        multiplier=row.multiplier,
        language=row.language,
        categories=frozenset(row.categories),
        is_default=row.is_default,
    )


def _words(row: ConversionPrior) -> dict[str, Any]:
    return {
        "code": row.code,
        "name_zh": row.name_zh,
        "name_en": row.name_en,
        "language": row.language,
        "grade": row.grade,
        "source": row.source_text,
        "tokenizer_basis_zh": row.tokenizer_basis_zh,
        "tokenizer_basis_en": row.tokenizer_basis_en,
        "note_zh": row.note_zh,
        "note_en": row.note_en,
    }


def _tokenizer(row: Tokenizer, ratios: list[TokenizerRatio]) -> TokenizerTables:
    return TokenizerTables(
        code=row.code,
        name=row.name,
        vocabulary=row.vocabulary,
        premiums={r.language: r.premium for r in ratios if r.language and r.premium is not None},
        rates=[TextRate(r.text_name, r.kind, r.language, r.bytes_per_token) for r in ratios],
    )


def _paths(categories: list[Category]) -> dict[int, tuple[str, ...]]:
    by_id = {category.id: category for category in categories}
    paths: dict[int, tuple[str, ...]] = {}
    for category in categories:
        path: list[str] = []
        node: Category | None = category
        while node is not None:
            path.append(node.code)
            node = by_id.get(node.parent_id) if node.parent_id is not None else None
        paths[category.id] = tuple(path)
    return paths
