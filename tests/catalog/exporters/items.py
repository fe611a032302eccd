"""Items of any shape for the writers, made by hypothesis and by hand."""

from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from app.catalog.exchange.items import Item, ProviderRecord, SourceRecord
from app.catalog.loading.records import (
    DatasetRecord,
    EstimateRecord,
    LicenceRecord,
    OverlapRecord,
    QuantityRecord,
    StatementRecord,
)
from app.catalog.words.labels import MODALITIES
from app.catalog.words.units import UNITS

# Anything that can be stored: no NUL, no half of a surrogate pair.
TEXT = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=40)
RISKY = st.sampled_from(
    [
        "=1+1",
        "+86",
        "-5",
        "@x",
        "'quoted",
        "''",
        "\tx",
        "\rx",
        "\nx",
        "＝1",
        '"',
        "a,b\r\nc",
        " x ",
        "",
        "|",
        "a | b",
        "{}",
        "\ufeff",
        "_x0041_",
        "]]>",
        "<b>&amp;",
    ]
)
TEXTS = TEXT | RISKY
MAYBE = st.none() | TEXTS
SLUGS = st.from_regex(r"[a-z0-9]{1,8}(-[a-z0-9]{1,8}){0,2}", fullmatch=True).filter(
    lambda slug: slug not in {"history", "locations", "export"}
)
COUNTS = st.integers(0, 2**63 - 1)
DECIMALS = st.decimals(0, 2**62, places=3) | st.integers(0, 2**62).map(Decimal)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | TEXTS
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
OBJECTS = st.dictionaries(TEXTS, JSON, max_size=3)


def tuples(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.lists(strategy, max_size=3).map(tuple)


QUANTITIES = st.builds(
    QuantityRecord,
    key=MAYBE,
    printed=TEXTS,
    value=st.none() | DECIMALS,
    unit=st.none() | st.sampled_from(sorted(UNITS)),
    assumed_unit=st.none() | st.sampled_from(sorted(UNITS)),
    unit_printed=MAYBE,
    qualifier_zh=MAYBE,
    qualifier_en=MAYBE,
    is_whole=st.booleans(),
    source=MAYBE,
)


@st.composite
def estimates(draw: st.DrawFn) -> EstimateRecord:
    low, mid, high = sorted(draw(st.tuples(COUNTS, COUNTS, COUNTS)))
    has_spread = draw(st.booleans())
    return EstimateRecord(
        key=draw(MAYBE),
        method=draw(st.sampled_from(["measured", "published", "stated"])),
        mid=mid,
        low=low if has_spread else None,
        high=high if has_spread else None,
        tokenizer=draw(MAYBE),
        printed=draw(MAYBE),
        rule=draw(st.none() | OBJECTS),
    )


RECORDS = st.builds(
    DatasetRecord,
    slug=SLUGS,
    name_zh=TEXTS,
    name_en=TEXTS,
    provider=st.just("acme"),
    category=TEXTS,
    modality=st.sampled_from(sorted(MODALITIES)),
    position=st.integers(0, 2**31 - 1),
    aliases=tuples(TEXTS),
    description_zh=MAYBE,
    description_en=MAYBE,
    languages=tuples(TEXTS),
    licence_spdx=MAYBE,
    licence_stated_zh=MAYBE,
    licence_stated_en=MAYBE,
    homepage=MAYBE,
    released=MAYBE,
    source_line_no=st.none() | st.integers(0, 10**6),
    notes=tuples(OBJECTS),
    figures=st.none() | OBJECTS,
    has_tokens=st.booleans(),
    visibility=st.sampled_from(["public", "team"]),
    quantities=tuples(QUANTITIES),
    estimates=tuples(estimates()),
    licence_claims=tuples(st.builds(LicenceRecord, key=MAYBE, stated_zh=MAYBE, spdx=MAYBE)),
    statements=tuples(st.builds(StatementRecord, text=TEXTS, verdict=TEXTS)),
    overlaps=tuples(st.builds(OverlapRecord, other=SLUGS, relation=TEXTS)),
    extra=st.just({}) | OBJECTS,
    origin=st.just({}),
)
ITEMS = st.lists(
    st.builds(
        Item,
        record=RECORDS,
        provider=st.builds(
            ProviderRecord, slug=st.just("acme"), name_zh=TEXTS, name_en=TEXTS, homepage=MAYBE
        ),
        sources=tuples(st.builds(SourceRecord, code=TEXTS, text=TEXTS, grade=TEXTS)),
        main=st.none() | estimates(),
    ),
    max_size=4,
    unique_by=lambda item: item.record.slug,
)


def item(**fields: Any) -> Item:
    """Return an item with sensible values for what the test does not say."""
    defaults = {
        "slug": "acme-books",
        "name_zh": "中文图书",
        "name_en": "Chinese books",
        "provider": "acme",
        "category": "books",
        "modality": "text",
        "languages": ("zh",),
        "quantities": (
            QuantityRecord(
                key="stated", printed="2500万本", value=Decimal(25_000_000), unit="book"
            ),
        ),
    }
    provider = ProviderRecord(slug="acme", name_zh="甲公司", name_en="Acme")
    outer = {name: fields.pop(name) for name in ("main", "sources") if name in fields}
    return Item(record=DatasetRecord(**(defaults | fields)), provider=provider, **outer)
