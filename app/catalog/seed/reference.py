"""The small tables of the seed: sources, providers, categories, tokenizers, priors."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.catalog.estimating.derivation import decimal_text
from app.catalog.loading import bulk
from app.catalog.loading.merging import merge_fields
from app.catalog.models.datasets import Category
from app.catalog.models.priors import ConversionPrior, Tokenizer, TokenizerRatio
from app.catalog.models.providers import Provider, ProviderService
from app.catalog.models.sources import Source
from app.catalog.seed import files
from app.db import Base

Json = dict[str, Any]

_EXACT = frozenset({"low", "mid", "high", "multiplier"})


def apply(session: Session, data: Path = files.DATA) -> list[tuple[str, str]]:
    """Write the small tables; return what stays as people left it, as (row, field)."""
    _write_sources(session, data)
    _write_categories(session, data)
    _write_tokenizers(session, data)
    kept = _merge_rows(session, Provider, "slug", _providers(data))
    providers = bulk.ids_by(session, Provider, "slug")
    kept += _merge_rows(session, ProviderService, "slug", _services(data, providers))
    kept += _merge_rows(session, ConversionPrior, "code", _priors(data))
    return kept


def _write_sources(session: Session, data: Path) -> None:
    rows = [
        {"code": code, "text": s["text"], "grade": s["grade"], **_words(s, "note")}
        for code, s in files.read_mapping("sources.yaml", data).items()
    ]
    _upsert(session, Source, ["code"], rows)


def _write_categories(session: Session, data: Path) -> None:
    entries = files.read_entries("categories.yaml", data)
    rows = [
        {"code": e["code"], "hue": e["hue"], "position": position, **_words(e, "name")}
        for position, e in enumerate(entries)
    ]
    _upsert(session, Category, ["code"], rows)
    ids = bulk.ids_by(session, Category, "code")
    for entry in entries:
        parent = ids.get(entry.get("parent", ""))
        session.execute(
            update(Category).where(Category.code == entry["code"]).values(parent_id=parent)
        )


def _write_tokenizers(session: Session, data: Path) -> None:
    rows = [
        {
            "code": e["code"],
            "name": e["name"],
            "vocabulary": e["vocabulary"],
            "is_default": e.get("default", False),
            "position": position,
        }
        for position, e in enumerate(files.read_entries("tokenizers.yaml", data))
    ]
    # The default may have been moved by an administrator: only a first seed sets it.
    _upsert(session, Tokenizer, ["code"], rows, keep={"is_default"})
    ratios = [
        {
            "tokenizer_code": r["tokenizer"],
            "text_name": r["text"],
            "kind": r["kind"],
            "language": r["language"] or None,
            "bytes_per_token": Decimal(r["bytes_per_token"]),
            "characters_per_token": Decimal(r["characters_per_token"]),
            "premium": Decimal(r["premium"]) if r["premium"] else None,
        }
        for r in files.read_rates(data)
    ]
    _upsert(session, TokenizerRatio, ["tokenizer_code", "text_name"], ratios)


def _providers(data: Path) -> Iterable[Json]:
    for entry in files.read_entries("providers.yaml", data):
        yield {
            "slug": entry["slug"],
            **_words(entry, "name"),
            **_words(entry, "short_name"),
            **_words(entry, "description"),
            "homepage": entry.get("homepage"),
        }


def _services(data: Path, providers: Mapping[str, int]) -> Iterable[Json]:
    for provider in files.read_entries("providers.yaml", data):
        for entry in provider.get("services", ()):
            yield {
                "slug": entry["slug"],
                "provider_id": providers[provider["slug"]],
                "kind": entry["kind"],
                **_words(entry, "name"),
                **_words(entry, "description"),
                "source_line": entry["line"],
                "source_line_no": entry["line_no"],
                "anomalies": [
                    {"code": anomaly["code"], **_words(anomaly, "note")}
                    for anomaly in entry["anomalies"]
                ],
            }


def _priors(data: Path) -> Iterable[Json]:
    for entry in files.read_entries("priors.yaml", data):
        yield {
            "code": entry["code"],
            **_words(entry, "name"),
            "unit": entry["unit"],
            "multiplier": str(entry.get("multiplier", 1)),
            "categories": entry.get("categories", []),
            "modality": entry["modality"],
            "language": entry.get("language"),
            "is_default": entry.get("default", True),
            "low": entry.get("low"),
            "mid": entry["mid"],
            "high": entry.get("high"),
            **_words(entry, "tokenizer_basis"),
            "source_text": entry["source"],
            "grade": entry["grade"],
            **_words(entry, "note"),
        }


def _words(entry: Mapping[str, Any], name: str) -> Json:
    text = entry.get(name) or {}
    return {f"{name}_zh": text.get("zh"), f"{name}_en": text.get("en")}


def _upsert(
    session: Session,
    model: type[Base],
    key: list[str],
    rows: list[Json],
    keep: frozenset[str] | set[str] = frozenset(),
) -> None:
    statement = insert(model).values(rows)
    changed = {
        name: statement.excluded[name] for name in rows[0] if name not in key and name not in keep
    }
    session.execute(statement.on_conflict_do_update(index_elements=key, set_=changed))


def _merge_rows(
    session: Session, model: type[Base], key: str, entries: Iterable[Json]
) -> list[tuple[str, str]]:
    """Merge rows that people may edit; `seeded` tells what they changed."""
    table = model.__table__
    present = {row[key]: row for row in session.execute(select(*table.c)).mappings()}
    kept: list[tuple[str, str]] = []
    for entry in entries:
        row = present.get(entry[key])
        if row is None:
            session.execute(insert(model).values(**_typed(entry), seeded=entry))
            continue
        mine = {name: _plain(row[name]) for name in entry}
        outcome = merge_fields(row["seeded"], mine, entry)
        kept += [(entry[key], name) for name in outcome.kept]
        if outcome.changes or row["seeded"] != entry:
            values = _typed(outcome.changes) | {"seeded": entry}
            if outcome.changes and "revision" in table.c:
                values["revision"] = row["revision"] + 1
            session.execute(update(model).where(table.c.id == row["id"]).values(**values))
    return kept


def _plain(value: object) -> object:
    return decimal_text(Fraction(value)) if isinstance(value, Decimal) else value


def _typed(entry: Json) -> Json:
    return {
        name: Decimal(value) if name in _EXACT and value is not None else value
        for name, value in entry.items()
    }
