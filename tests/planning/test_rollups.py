"""Sums by tag, licences fail-closed, cost, overlaps."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.planning.composition import tags
from app.planning.composition.licences import roll_up_licences
from app.planning.composition.rollups import cost, roll_up
from app.planning.errors import DuplicateName, Negative, NotFinite, OutOfRange, UnknownLicenceClass
from app.planning.supply.overlap import Origin, OverlapKind, Relation, find_overlaps

TAG = st.one_of(
    st.none(),
    st.sampled_from(["en", "zh", "de"]),
    st.lists(st.sampled_from(["en", "zh", "de"]), max_size=3),
    st.dictionaries(st.sampled_from(["en", "zh"]), st.floats(0, 0.5), max_size=2),
)


@given(st.lists(st.tuples(st.integers(0, 10**15), TAG), min_size=1, max_size=12))
def test_portions_sum_to_all_tokens(sources: list[tuple[int, tags.Tag]]) -> None:
    tokens = [count for count, _ in sources]
    found = roll_up(tokens, [tag for _, tag in sources])
    assert sum(portion.tokens for portion in found) == sum(tokens)
    assert all(portion.tokens for portion in found)
    assert len({portion.values for portion in found}) == len(found)


@given(TAG)
def test_certain_never_exceeds_possible(tag: tags.Tag) -> None:
    for value in ("en", "zh", "fr"):
        certain, possible = tags.share_of(tag, value)
        assert 0 <= certain <= possible <= 1


def test_what_is_not_divided_stays_undivided() -> None:
    found = roll_up([100, 50], [["zh", "en"], "en"])
    assert [(portion.values, portion.tokens) for portion in found] == [
        (("en", "zh"), 100),
        (("en",), 50),
    ]


def test_shares_that_leave_a_rest_leave_it_unknown() -> None:
    assert tags.portions({"en": 0.3}) == {("en",): Fraction(3, 10), (): Fraction(7, 10)}


def test_shares_beyond_one_are_refused() -> None:
    with pytest.raises(OutOfRange):
        tags.portions({"en": 0.7, "zh": 0.5})


def test_an_unknown_licence_blocks_every_use() -> None:
    found = roll_up_licences(
        [90, 10],
        ["open", None],
        order=["open", "non_commercial"],
        allowed={"research": {"open", "non_commercial"}, "commercial": {"open"}},
    )
    assert [use.is_allowed for use in found.uses] == [False, False]
    assert found.strictest is None
    assert found.binding == (1,)
    assert found.uses[1].blocked_ratio == 0.1


def test_a_class_that_means_unknown_allows_nothing_whatever_is_claimed() -> None:
    found = roll_up_licences(
        [1],
        ["unknown"],
        order=["open", "unknown"],
        allowed={"commercial": {"open", "unknown"}},
        unknown={"unknown"},
    )
    assert not found.uses[0].is_allowed


def test_components_without_tokens_do_not_bind() -> None:
    found = roll_up_licences(
        [100, 0], ["open", None], order=["open"], allowed={"commercial": {"open"}}
    )
    assert found.uses[0].is_allowed
    assert found.strictest == "open"


def test_blockers_come_by_tokens_and_conditions_by_component() -> None:
    found = roll_up_licences(
        [10, 70, 20],
        ["nc", "nc", "open"],
        order=["open", "nc"],
        allowed={"commercial": ["open"]},
        conditions=[["attribution"], [], ["attribution", "share_alike"]],
    )
    assert [blocker.index for blocker in found.uses[0].blockers] == [1, 0]
    assert found.conditions == {"attribution": (0, 2), "share_alike": (2,)}
    assert found.binding == (0, 1)


def test_a_new_class_never_passes_for_a_harmless_one() -> None:
    with pytest.raises(UnknownLicenceClass):
        roll_up_licences([1], ["copyleft"], order=["open"], allowed={"commercial": {"open"}})
    with pytest.raises(UnknownLicenceClass):
        roll_up_licences([1], ["open"], order=["open"], allowed={"commercial": {"opne"}})


def test_only_unique_tokens_are_paid() -> None:
    found = cost([10**9, 10**6, 5], [10**8, None, 10], [Decimal("0.5"), Decimal(2), None])
    assert found.amount == Decimal("52.0000")
    assert found.bought_tokens == 10**8 + 10**6
    assert (found.unpriced, found.unpriced_tokens) == ((2,), 5)


@pytest.mark.parametrize(("price", "error"), [(Decimal("NaN"), NotFinite), (Decimal(-1), Negative)])
def test_prices_that_are_none_are_refused(price: Decimal, error: type[Exception]) -> None:
    with pytest.raises(error):
        cost([1], [1], [price])


PILE = [
    Relation("pile-cc", "pile", Origin.SUBSET),
    Relation("pile-wiki", "pile", Origin.SUBSET),
    Relation("pile-cc", "common-crawl", Origin.DERIVED),
    Relation("fineweb", "common-crawl", Origin.DERIVED),
    Relation("fineweb-edu", "fineweb", Origin.DERIVED),
]


def test_a_subset_beside_its_parent_counts_twice() -> None:
    (found,) = find_overlaps(["pile", "pile-cc"], [300, 100], [300, 50], PILE[:2])
    assert found.kind is OverlapKind.CONTAINS
    assert (found.components, found.double_tokens, found.epochs) == ((0, 1), 50, 3.0)


def test_a_derived_dataset_shares_an_unknown_part() -> None:
    (found,) = find_overlaps(["fineweb-edu", "fineweb"], [10, 10], [5, 100], PILE)
    assert found.kind is OverlapKind.DERIVED_FROM
    assert (found.components, found.epochs) == ((1, 0), None)


def test_disjoint_subsets_of_an_absent_parent_are_no_overlap() -> None:
    assert find_overlaps(["pile-cc", "pile-wiki"], [1, 1], [1, 1], PILE) == ()


def test_a_shared_root_is_named_once() -> None:
    found = find_overlaps(["pile-cc", "fineweb-edu", "other"], [1, 1, 1], [10, 20, None], PILE)
    assert [(o.kind, o.components, o.root, o.double_tokens) for o in found] == [
        (OverlapKind.SHARED_ROOT, (0, 1), "common-crawl", 10)
    ]


def test_circles_and_components_without_tokens_do_no_harm() -> None:
    circle = [Relation("a", "b", Origin.DERIVED), Relation("b", "a", Origin.DERIVED)]
    assert find_overlaps(["a", "b"], [1, 0], [1, 1], circle) == ()
    both = find_overlaps(["a", "b"], [1, 1], [1, 1], circle)
    assert {overlap.components for overlap in both} == {(0, 1), (1, 0)}


def test_one_name_twice_is_refused() -> None:
    with pytest.raises(DuplicateName):
        find_overlaps(["a", "a"], [1, 1], [1, 1], [])
