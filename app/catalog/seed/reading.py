"""The datasets of the seed, from its files to records."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from app.catalog import licences
from app.catalog.licences import Claim, Terms
from app.catalog.loading.records import (
    DatasetRecord,
    EstimateRecord,
    LicenceRecord,
    OverlapRecord,
    QuantityRecord,
    StatementRecord,
)
from app.catalog.models.estimates import EstimateMethod
from app.catalog.seed import files

Entry = Mapping[str, Any]

_CONTRADICTED = "contradicted"


def read_datasets(data: Path = files.DATA) -> list[DatasetRecord]:
    """Return every dataset and subset of the seed, parents before their subsets."""
    sources = files.read_mapping("sources.yaml", data)
    grades = {code: source["grade"] for code, source in sources.items()}
    records = list(_vendor(files.read_mapping("vendor_jinglianwen.yaml", data)))
    for corpus in files.read_corpora(data):
        records += _corpus(corpus, grades)
    return records


def _vendor(catalogue: Entry) -> Iterator[DatasetRecord]:
    """Read a vendor's catalogue text: one dataset a line, no licence stated for any."""
    source = catalogue["source"]
    for position, entry in enumerate(catalogue["datasets"]):
        yield DatasetRecord(
            **_shared(entry, position),
            provider=catalogue["provider"],
            modality=entry["modality"],
            modality_basis=entry["modality_basis"],
            languages=tuple(entry.get("languages", ())),
            source=source,
            source_line=entry["line"],
            source_line_no=entry["line_no"],
            source_heading=entry["heading"],
            source_heading_no=entry["heading_no"],
            other_source_lines=tuple(entry.get("other_lines", ())),
            has_tokens=entry.get("tokens", True),
            quantities=_quantities(entry, source),
            estimates=_estimates(entry, source),
            origin={"origin": "vendor_text", "line_no": entry["line_no"]},
        )


def _corpus(corpus: Entry, grades: Mapping[str, str]) -> Iterator[DatasetRecord]:
    """Read a corpus and its subsets, which inherit what they do not state."""
    parent = DatasetRecord(
        **_shared(corpus, 0),
        provider=corpus["provider"],
        modality=corpus["modality"],
        languages=tuple(corpus.get("languages", ())),
        **_licence(corpus, grades),
        **_words(corpus, "access"),
        homepage=corpus.get("homepage"),
        paper=corpus.get("paper"),
        released=corpus.get("released"),
        checks=tuple(_check(check) for check in corpus.get("checks", ())),
        figures=corpus.get("figures"),
        figure_fields=tuple(_figure_field(field) for field in corpus.get("figure_fields", ())),
        quantities=_quantities(corpus, None),
        estimates=_estimates(corpus, None),
        statements=_statements(corpus),
        origin={"origin": "published_sources"},
    )
    yield parent
    for position, subset in enumerate(corpus["subsets"]):
        yield _subset(subset, position, parent, grades)


def _subset(
    subset: Entry, position: int, parent: DatasetRecord, grades: Mapping[str, str]
) -> DatasetRecord:
    source = subset.get("source")
    inherited: dict[str, Any] = {
        "licence_class": parent.licence_class,
        "licence_spdx": parent.licence_spdx,
        "licence_stated_zh": parent.licence_stated_zh,
        "licence_stated_en": parent.licence_stated_en,
        "licence_claims": tuple(c for c in parent.licence_claims if c.scope == "data"),
    }
    shared = _shared(subset, position)
    return DatasetRecord(
        **shared | {"slug": f"{parent.slug}/{subset['slug']}"},
        parent=parent.slug,
        provider=parent.provider,
        modality=subset.get("modality", parent.modality),
        languages=tuple(subset.get("languages", parent.languages)),
        **(_licence(subset, grades) if "licences" in subset else inherited),
        source=source,
        figures=subset.get("figures"),
        quantities=_quantities(subset, source),
        estimates=_estimates(subset, source),
        origin={"origin": "published_sources"},
    )


def _shared(entry: Entry, position: int) -> dict[str, Any]:
    return {
        "slug": entry["slug"],
        "position": position,
        "name_zh": entry["name"]["zh"],
        "name_en": entry["name"]["en"],
        "aliases": tuple(entry.get("aliases", ())),
        **_words(entry, "description"),
        "category": entry["category"],
        **_words(entry, "languages_note"),
        "anomalies": tuple(
            {"code": anomaly["code"], **_words(anomaly, "note")}
            for anomaly in entry.get("anomalies", ())
        ),
        "notes": tuple(dict(note) for note in entry.get("notes", ())),
        "overlaps": tuple(
            OverlapRecord(other=o["other"], relation=o["relation"], **_words(o, "note"))
            for o in entry.get("overlaps", ())
        ),
    }


def _words(entry: Entry, name: str, column: str | None = None) -> dict[str, Any]:
    """Return a bilingual text of a file as the two columns of a record."""
    text = entry.get(name) or {}
    column = column or name
    return {f"{column}_zh": text.get("zh"), f"{column}_en": text.get("en")}


def _quantities(entry: Entry, source: str | None) -> tuple[QuantityRecord, ...]:
    return tuple(
        QuantityRecord(
            key=q["key"],
            printed=q["printed"],
            value=None if q.get("value") is None else Decimal(q["value"]),
            unit=q.get("unit"),
            assumed_unit=q.get("assumed_unit"),
            unit_printed=q.get("unit_printed"),
            **_words(q, "qualifier"),
            is_whole=q.get("whole", True),
            content=q.get("content"),
            source=q.get("source", source),
        )
        for q in entry.get("quantities", ())
    )


def _estimates(entry: Entry, source: str | None) -> tuple[EstimateRecord, ...]:
    return tuple(
        EstimateRecord(
            key=e["key"],
            method=e.get("method", EstimateMethod.PUBLISHED.value),
            low=e.get("low"),
            mid=e.get("mid"),
            high=e.get("high"),
            bound=e.get("bound"),
            tokenizer_printed=e.get("tokenizer_printed"),
            **_words(e, "scope"),
            printed=e.get("printed"),
            is_whole=e.get("whole", True),
            is_disputed=e.get("disputed", False),
            has_repeats=e.get("repeats", False),
            rule=e.get("rule"),
            source=e.get("source", source),
        )
        for e in entry.get("estimates", ())
    )


def _licence(entry: Entry, grades: Mapping[str, str]) -> dict[str, Any]:
    """Return the licence columns of a dataset: its claims, and the class that they come to."""
    claims: Sequence[Entry] = entry["licences"]
    read = [
        Claim(
            terms=Terms(claim["terms"]),
            spdx=claim.get("spdx"),
            scope=claim["scope"],
            grade=grades.get(claim.get("source", ""), "-"),
        )
        for claim in claims
    ]
    deciding = licences.deciding_claim(read)
    return {
        "licence_class": licences.class_of(deciding or Claim(Terms.NOT_STATED)).value,
        "licence_spdx": deciding.spdx if deciding else None,
        **_words(entry, "licence", "licence_stated"),
        "licence_claims": tuple(
            LicenceRecord(
                key=claim["key"],
                scope=claim["scope"],
                **_words(claim, "stated"),
                spdx=claim.get("spdx"),
                licence_class=licences.class_of(fact).value,
                **_words(claim, "note"),
                source=claim.get("source"),
            )
            for claim, fact in zip(claims, read, strict=True)
        ),
    }


def _statements(entry: Entry) -> tuple[StatementRecord, ...]:
    return tuple(
        StatementRecord(
            key=s["key"],
            text=s["text"],
            line_no=s["line_no"],
            verdict=s["verdict"],
            **_words(s, "comment"),
            is_contradicted=s["verdict"] == _CONTRADICTED,
            source=s["source"],
        )
        for s in entry.get("statements", ())
    )


def _check(check: Entry) -> dict[str, Any]:
    return {
        **_words(check, "check"),
        "value": check["value"],
        "is_ok": check["ok"],
        **_words(check, "comment"),
    }


def _figure_field(field: Entry) -> dict[str, Any]:
    return {
        "code": field["code"],
        **_words(field, "label"),
        "unit": field.get("unit"),
        "decimals": field.get("decimals"),
        "is_share": field.get("share", False),
        **_words(field, "note"),
    }
