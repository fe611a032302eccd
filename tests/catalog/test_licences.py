"""Classes of stated licences: the expectation is the table, and what is not known is unknown."""

import pytest

from app.catalog.licences import (
    NON_COMMERCIAL_SPDX,
    OPEN_SPDX,
    RESTRICTED_SPDX,
    SEVERITY,
    Claim,
    Terms,
    class_of,
    class_of_spdx,
    deciding_claim,
    read_field,
    severity,
    spdx_of,
)
from app.catalog.models.licences import LicenceClass
from app.catalog.seed import reading

OPEN = LicenceClass.OPEN
CUSTOM = LicenceClass.CUSTOM
PER_SOURCE = LicenceClass.PER_SOURCE
UNKNOWN = LicenceClass.UNKNOWN

# Every open corpus of the seed, with the SPDX id that decides where one does.
EXPECTED = {
    "the-pile": (PER_SOURCE, None),  # MIT covers the code
    "roots": (PER_SOURCE, None),
    "refinedweb": (OPEN, "ODC-By-1.0"),
    "redpajama-1t": (PER_SOURCE, None),  # Apache-2.0 covers the code
    "redpajama-v2": (CUSTOM, None),
    "slimpajama-627b": (PER_SOURCE, None),
    "dolma-v1-7": (OPEN, "ODC-By-1.0"),
    "olmo-mix-1124": (OPEN, "ODC-By-1.0"),
    "dolmino-mix-1124": (OPEN, "ODC-By-1.0"),
    "dolma3-pool": (OPEN, "ODC-By-1.0"),
    "dolma3-mix-6t": (OPEN, "ODC-By-1.0"),
    "dolma3-dolmino-100b": (OPEN, "ODC-By-1.0"),
    "dolma3-longmino": (OPEN, "ODC-By-1.0"),
    "fineweb": (OPEN, "ODC-By-1.0"),
    "fineweb-edu": (OPEN, "ODC-By-1.0"),
    "dclm-baseline": (OPEN, "CC-BY-4.0"),
    "dclm-pool": (CUSTOM, None),
    "nemotron-cc": (UNKNOWN, None),
    "nemotron-pretraining-v1": (CUSTOM, None),
    "nemotron-pretraining-v2-1": (UNKNOWN, None),  # assumed, not verified
    "the-stack-v2": (PER_SOURCE, None),
    "wudao-corpora": (UNKNOWN, None),  # MIT in a survey only
    "skypile-150b": (CUSTOM, None),
    "cci-1": (UNKNOWN, None),
    "cci-2": (CUSTOM, None),
    "cci-3": (OPEN, "Apache-2.0"),
    "cci-3-hq": (CUSTOM, None),
    "cci-4": (UNKNOWN, None),
    "chinese-fineweb-edu": (CUSTOM, None),  # Apache-2.0 + OpenCSG
    "chinese-fineweb-edu-v2": (CUSTOM, None),
    "chinese-fineweb-edu-v2-1": (CUSTOM, None),
    "map-cc": (LicenceClass.NON_COMMERCIAL, "CC-BY-NC-ND-4.0"),
    "madlad-400": (OPEN, "ODC-By-1.0"),
    "culturax": (PER_SOURCE, None),
    "common-pile-v0-1": (PER_SOURCE, None),
}


@pytest.fixture(scope="module")
def records():
    return reading.read_datasets()


def test_each_open_corpus_has_the_class_of_the_table(records):
    found = {
        r.slug: (LicenceClass(r.licence_class), r.licence_spdx)
        for r in records
        if r.parent is None and r.provider != "jinglianwen"
    }
    assert found == EXPECTED


def test_no_line_of_the_vendor_has_a_licence(records):
    vendor = [r for r in records if r.provider == "jinglianwen"]
    assert len(vendor) == 56
    assert {r.licence_class for r in vendor} == {"unknown"}
    assert {r.licence_stated_zh for r in vendor} == {None}


def test_a_subset_has_the_licence_of_its_parent_unless_it_states_one(records):
    by_slug = {r.slug: r for r in records}
    chinese = by_slug["roots/simplified-chinese"]
    assert (chinese.licence_class, chinese.licence_stated_zh) == (
        "per_source",
        "498 个来源，需申请",
    )
    assert by_slug["olmo-mix-1124/dclm-baseline"].licence_spdx == "CC-BY-4.0"
    assert by_slug["olmo-mix-1124/pes2o"].licence_spdx == "ODC-By-1.0"


def test_a_subset_does_not_inherit_a_licence_of_code(records):
    books = next(r for r in records if r.slug == "the-pile/books3")
    assert [claim.scope for claim in books.licence_claims] == ["data"]


@pytest.mark.parametrize("terms", list(Terms))
@pytest.mark.parametrize("spdx", [None, "MIT", "CC-BY-NC-4.0"])
def test_a_licence_of_code_never_covers_data(terms, spdx):
    assert class_of(Claim(terms, spdx, scope="code")) is UNKNOWN


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        (Claim(Terms.NAMED, "Apache-2.0"), OPEN),
        (Claim(Terms.NAMED, "CC-BY-NC-SA-4.0"), LicenceClass.NON_COMMERCIAL),
        (Claim(Terms.NAMED, "CC-BY-ND-4.0"), CUSTOM),
        (Claim(Terms.NAMED, "LicenseRef-llama3"), CUSTOM),
        (Claim(Terms.NAMED, "Apache-2.0 OR Whatever"), UNKNOWN),
        (Claim(Terms.NAMED, None), UNKNOWN),
        (Claim(Terms.CUSTOM), CUSTOM),
        (Claim(Terms.PER_SOURCE), PER_SOURCE),
        (Claim(Terms.CONTRACT), LicenceClass.CONTRACT),
        (Claim(Terms.UNVERIFIED, "MIT"), UNKNOWN),
        (Claim(Terms.NOT_STATED), UNKNOWN),
    ],
)
def test_the_class_of_a_claim(claim, expected):
    assert class_of(claim) is expected


def test_every_class_has_a_place_in_the_order_and_unknown_is_the_worst():
    assert sorted(SEVERITY) == sorted(LicenceClass)
    assert severity(UNKNOWN) == 0
    assert severity(OPEN) == len(LicenceClass) - 1


def test_the_lists_of_identifiers_do_not_overlap():
    assert not OPEN_SPDX & NON_COMMERCIAL_SPDX
    assert not (OPEN_SPDX | NON_COMMERCIAL_SPDX) & RESTRICTED_SPDX
    assert not [spdx for spdx in OPEN_SPDX if "-NC" in spdx or "-ND" in spdx]


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ("apache-2.0", "Apache-2.0"),
        ("Apache  2.0", "Apache-2.0"),
        ("cc-by-4.0", "CC-BY-4.0"),
        ("cdla-permissive-2.0", "CDLA-Permissive-2.0"),
        ("pddl", "PDDL-1.0"),
        ("bsl-1.0", "BSL-1.0"),  # Boost, not the Business Source Licence
        ("odc-by", None),  # a family without its version
        ("cc", None),
        ("gpl-3.0", None),  # does not say -only or -or-later
        ("llama3", None),
        ("other", None),
        ("", None),
        (None, None),
    ],
)
def test_only_an_exact_identifier_maps_to_spdx(stated, expected):
    assert spdx_of(stated) == expected


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ("mit", OPEN),
        ("cc-by-nc-4.0", LicenceClass.NON_COMMERCIAL),
        ("openrail", UNKNOWN),
        ("Apache-2.0 and more", UNKNOWN),
        ("unknown", UNKNOWN),
        ("  ", UNKNOWN),
        (None, UNKNOWN),
    ],
)
def test_a_licence_field_that_is_not_recognised_is_unknown(stated, expected):
    assert class_of(read_field(stated)) is expected


def test_the_best_source_decides_and_the_most_restrictive_of_equals():
    survey = Claim(Terms.NAMED, "MIT", grade="C")
    card = Claim(Terms.CUSTOM, grade="A")
    other_card = Claim(Terms.NAMED, "Apache-2.0", grade="A")
    assert deciding_claim([survey, card]) is card
    assert deciding_claim([other_card, card]) is card
    assert deciding_claim([Claim(Terms.NAMED, "MIT", scope="code")]) is None


def test_an_unrecognised_identifier_is_unknown():
    assert class_of_spdx("Nobody-Knows-1.0") is UNKNOWN
    assert class_of_spdx("LicenseRef-") is UNKNOWN
