"""The one entry: what POST /plan answers, by hand cases and published mixtures."""

import math

import numpy as np
import pytest

from app.planning.errors import (
    DuplicateName,
    EmptyGroup,
    MissingEstimate,
    Negative,
    NoComponents,
    NotFinite,
    NoWeight,
    OutOfRange,
    PlanningError,
    SchemeParameter,
    SharedComponent,
    TooManyComponents,
    TooManyGroups,
    UngroupedComponents,
    UnknownScheme,
)
from app.planning.plans.outcome import PlanResult, WarningCode
from app.planning.plans.plan import plan
from app.planning.plans.request import Component, Group, OnShortage, PlanRequest, Scheme
from app.planning.solving.problem import ConstraintKind

B = 10**9


def codes(found: PlanResult) -> dict[WarningCode, tuple[str, ...]]:
    return {warning.code: warning.names for warning in found.warnings}


def tokens(found: PlanResult) -> list[int]:
    return [component.tokens for component in found.components]


def test_a_plan_that_fits() -> None:
    parts = (Component("a", 100, weight=6, max_epochs=4), Component("b", 900, weight=4))
    found = plan(PlanRequest(500, parts))
    assert tokens(found) == [300, 200]
    assert [c.epochs for c in found.components] == [3.0, pytest.approx(2 / 9)]
    assert found.feasible
    assert found.binding == ()
    assert found.applied is None
    assert found.total_tokens == 500
    assert found.weights_sum == 10
    assert found.remedies.largest_budget == 666
    assert found.effective_tokens == pytest.approx(287.55 + 200, abs=0.01)


SHORT = (
    Component("a", 10, weight=1, max_epochs=4),
    Component("b", 30, weight=1, max_epochs=2),
    Component("c", 1000, weight=2),
)


def test_report_gives_the_tokens_asked_and_the_three_ways_out() -> None:
    found = plan(PlanRequest(400, SHORT))
    assert tokens(found) == [100, 100, 200]
    assert not found.feasible
    assert found.binding == ("a", "b")
    assert found.remedies.largest_budget == 160
    assert found.remedies.max_epochs_needed == {"a": 10.0, "b": pytest.approx(10 / 3)}
    assert found.remedies.respread == {"a": -60, "b": -40, "c": 100}
    assert [(m.source, m.target, m.tokens) for m in found.remedies.moves] == [
        ("a", "c", 60),
        ("b", "c", 40),
    ]
    assert found.remedies.more_unique_tokens == {"a": 15, "b": 20}
    assert [breach.kind for breach in found.breaches] == [ConstraintKind.MAX_EPOCHS] * 2


def test_shrink_keeps_the_ratios() -> None:
    found = plan(PlanRequest(400, SHORT, on_shortage=OnShortage.SHRINK))
    assert tokens(found) == [40, 40, 80]
    assert found.total_tokens == 160
    assert found.feasible
    assert found.applied == "shrink"
    assert found.binding == ("a", "b")


def test_respread_keeps_the_budget() -> None:
    found = plan(PlanRequest(400, SHORT, on_shortage=OnShortage.RESPREAD))
    assert tokens(found) == [40, 60, 300]
    assert found.feasible
    assert found.applied == "respread"


def test_respread_that_is_not_possible_says_how_much_is() -> None:
    parts = (Component("a", 10, max_epochs=4), Component("b", 30, max_epochs=2))
    found = plan(PlanRequest(400, parts, on_shortage=OnShortage.RESPREAD))
    assert WarningCode.RESPREAD_IMPOSSIBLE in codes(found)
    assert found.remedies.respread_capacity == 100
    assert tokens(found) == [200, 200]
    assert not found.feasible


def test_shrink_to_nothing_is_refused() -> None:
    parts = (Component("a", 0, max_epochs=4), Component("b", 30))
    found = plan(PlanRequest(400, parts, on_shortage=OnShortage.SHRINK))
    assert WarningCode.SHRINK_IMPOSSIBLE in codes(found)
    assert codes(found)[WarningCode.EMPTY_SOURCE] == ("a",)
    assert found.components[0].epochs == math.inf


def test_a_component_without_an_estimate_is_not_counted_as_zero() -> None:
    found = plan(PlanRequest(100, (Component("a", 50), Component("b", None, max_epochs=1))))
    unknown = found.components[1]
    assert (unknown.epochs, unknown.effective_tokens, unknown.band) == (None, None, None)
    assert found.uncounted_tokens == 50
    assert found.effective_tokens == 50
    assert codes(found)[WarningCode.NO_ESTIMATE] == ("b",)
    assert found.feasible


def test_tokens_seen_elsewhere_count() -> None:
    parts = (Component("a", 10, max_epochs=4, seen_tokens=25), Component("b", 100))
    found = plan(PlanRequest(40, parts))
    assert found.components[0].epochs == 2.0
    assert found.components[0].exposure == 4.5
    assert found.components[0].cap_tokens == 15
    assert found.binding == ("a",)
    assert found.remedies.max_epochs_needed == {"a": 4.5}


def test_a_locked_component_keeps_its_ratio_under_a_scheme() -> None:
    parts = (
        Component("a", 100, weight=1, locked=True),
        Component("b", 300, weight=2),
        Component("c", 100, weight=1),
    )
    assert tokens(plan(PlanRequest(400, parts, Scheme("proportional")))) == [100, 225, 75]


def test_unimax_that_cannot_be_met_is_short_everywhere_alike() -> None:
    parts = (Component("a", 10, max_epochs=2), Component("b", 30, max_epochs=2))
    found = plan(PlanRequest(100, parts, Scheme("unimax", max_epochs=2)))
    assert tokens(found) == [25, 75]
    assert found.binding == ("a", "b")
    assert found.remedies.largest_budget == 80


def test_groups_with_weights_share_on_two_levels() -> None:
    parts = (
        Component("a", 100, weight=3, tags={"language": "en"}),
        Component("b", 100, weight=1, tags={"language": "en"}),
        Component("c", 100, weight=7, tags={"language": "zh"}),
    )
    groups = (
        Group("English", "language", "en", weight=60),
        Group("Chinese", "language", "zh", weight=40),
    )
    assert tokens(plan(PlanRequest(100, parts, groups=groups))) == [45, 15, 40]


def test_shares_of_groups_are_checked_on_trained_tokens() -> None:
    parts = (
        Component("a", 100, weight=9, tags={"language": "en"}),
        Component("b", 100, weight=1, tags={"language": {"zh": 0.5, "en": 0.5}}),
    )
    groups = (Group("Chinese", "language", "zh", min_share=0.3, max_share=0.9),)
    found = plan(PlanRequest(100, parts, groups=groups))
    assert not found.feasible
    assert found.binding == ("Chinese",)
    (breach,) = found.breaches
    assert (breach.kind, breach.bound, breach.actual) == (ConstraintKind.GROUP_MIN, 0.3, 0.05)


def test_several_values_count_towards_a_most_and_not_towards_a_least() -> None:
    parts = (
        Component("a", 100, tags={"language": ["en", "zh"]}),
        Component("b", 100, tags={"language": "zh"}),
    )
    least = Group("Chinese", "language", "zh", min_share=0.6)
    most = Group("Chinese", "language", "zh", max_share=0.6)
    assert not plan(PlanRequest(100, parts, groups=(least,))).feasible
    assert not plan(PlanRequest(100, parts, groups=(most,))).feasible


def test_a_component_without_the_tag_is_in_no_group_and_named() -> None:
    parts = (Component("a", 100), Component("b", 100, tags={"language": "zh"}))
    most = Group("Chinese", "language", "zh", max_share=0.6)
    found = plan(PlanRequest(100, parts, groups=(most,)))
    assert found.feasible
    assert codes(found)[WarningCode.UNTAGGED] == ("a",)


def test_cost_and_floor_are_checked() -> None:
    parts = (Component("a", 100 * B, price=2), Component("b", 10 * B))
    found = plan(PlanRequest(100 * B, parts, cost_ceiling=50_000, unique_floor=70 * B))
    assert found.binding == ("cost_ceiling", "unique_floor")
    assert [breach.actual for breach in found.breaches] == [100_000.0, 60 * B]
    assert codes(found)[WarningCode.UNPRICED] == ("b",)


def test_a_budget_of_three_tokens() -> None:
    found = plan(PlanRequest(3, tuple(Component(name, 10) for name in "abcde")))
    assert tokens(found) == [1, 1, 1, 0, 0]
    assert codes(found)[WarningCode.NO_TOKENS] == ("d", "e")


@pytest.mark.parametrize("weights", [(60, 22, 8, 8, 3), (0.6, 0.22, 0.08, 0.08, 0.03)])
def test_printed_sums_that_are_not_one_are_shown(weights: tuple[float, ...]) -> None:
    """GPT-3's printed weights sum to 101 %."""
    parts = tuple(Component(str(i), 10**12, weight=w) for i, w in enumerate(weights))
    found = plan(PlanRequest(300 * B, parts))
    assert WarningCode.WEIGHTS_SUM in codes(found)
    assert found.weights_sum in {101.0, 1.01}


def test_plain_proportions_are_not_taken_for_shares() -> None:
    parts = (Component("a", 100, weight=3), Component("b", 100, weight=2))
    assert WarningCode.WEIGHTS_SUM not in codes(plan(PlanRequest(10, parts)))


def test_llama_1_as_printed() -> None:
    """
    Table 1 of arXiv 2302.13971 at 1.4T tokens, with the unique tokens that it implies.

    Epochs come back as printed, to the rounding of the shares.
    """
    table = {
        "CommonCrawl": (67, 852.7, 1.10),
        "C4": (15, 198.1, 1.06),
        "GitHub": (4.5, 98.4, 0.64),
        "Wikipedia": (4.5, 25.7, 2.45),
        "Books": (4.5, 28.3, 2.23),
        "ArXiv": (2.5, 33.0, 1.06),
        "StackExchange": (2, 27.2, 1.03),
    }
    parts = tuple(
        Component(name, round(unique * B), weight=weight, max_epochs=4)
        for name, (weight, unique, _) in table.items()
    )
    found = plan(PlanRequest(1400 * B, parts))
    assert found.feasible
    assert sum(tokens(found)) == 1400 * B
    for component, (_, _, printed) in zip(found.components, table.values(), strict=True):
        assert component.epochs == pytest.approx(printed, abs=0.006)


def test_heavy_repeats_are_warned_of_in_two_steps() -> None:
    parts = (Component("a", 10), Component("b", 20), Component("c", 1000))
    warned = codes(plan(PlanRequest(300, parts)))
    assert warned[WarningCode.OVER_USUAL] == ("a",)
    assert warned[WarningCode.OVER_NEARLY_FREE] == ("b",)
    parts = (Component("four", 10, weight=4), Component("seven", 10, weight=7))
    warned = codes(plan(PlanRequest(110, parts)))
    assert warned == {WarningCode.OVER_NEARLY_FREE: ("seven",)}


def test_weights_that_a_scheme_ignores_may_be_zero() -> None:
    parts = (Component("a", 100, weight=0), Component("b", 300, weight=0))
    assert tokens(plan(PlanRequest(400, parts, Scheme("proportional")))) == [100, 300]


def test_weights_of_every_size_in_weighted_groups_sum_exactly() -> None:
    """Exact shares of 600 decimal digits, 5,000 components, 200 groups."""
    rng = np.random.default_rng(1)
    weights = (10.0 ** rng.uniform(-299, 299, 5200)).tolist()
    sizes = rng.integers(1, 10**15, 5000).tolist()
    parts = tuple(
        Component(str(i), sizes[i], weights[i], 4, tags={"t": str(i % 200)}) for i in range(5000)
    )
    groups = tuple(Group(str(k), "t", str(k), weight=weights[5000 + k]) for k in range(200))
    found = plan(PlanRequest(10**15, parts, groups=groups, on_shortage=OnShortage.RESPREAD))
    assert sum(tokens(found)) == 10**15
    assert found.feasible


ONE = (Component("a", 10),)


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (lambda: PlanRequest(0, ONE), OutOfRange),
        (lambda: PlanRequest(-5, ONE), PlanningError),
        (lambda: PlanRequest(10**19, ONE), OutOfRange),
        (lambda: PlanRequest(float("nan"), ONE), NotFinite),
        (lambda: PlanRequest(1e400, ONE), NotFinite),
        (lambda: PlanRequest(1.5, ONE), NotFinite),
        (lambda: PlanRequest(10, ()), NoComponents),
        (
            lambda: PlanRequest(10, tuple(Component(str(i), 1) for i in range(10_000))),
            TooManyComponents,
        ),
        (lambda: PlanRequest(10, (*ONE, *ONE)), DuplicateName),
        (lambda: PlanRequest(10, (Component("a", -1),)), Negative),
        (lambda: PlanRequest(10, (Component("a", 10, weight=-1),)), Negative),
        (lambda: PlanRequest(10, (Component("a", 10, weight=1e400),)), NotFinite),
        (lambda: PlanRequest(10, (Component("a", 10, weight=1e-301),)), OutOfRange),
        (
            lambda: PlanRequest(10, ONE, groups=tuple(Group(str(i), "t", "v") for i in range(201))),
            TooManyGroups,
        ),
        (lambda: PlanRequest(10, (Component("a", 10, max_epochs=-1),)), Negative),
        (lambda: PlanRequest(10, (Component("a", 10, max_epochs=float("nan")),)), NotFinite),
        (lambda: PlanRequest(10, (Component("a", 10, min_ratio=1.2),)), OutOfRange),
        (lambda: PlanRequest(10, (Component("a", 10, max_ratio=float("nan")),)), NotFinite),
        (lambda: PlanRequest(10, ONE, groups=(Group("zh", "language", "zh"),)), EmptyGroup),
        (lambda: PlanRequest(10, ONE, cost_ceiling=-1), Negative),
        (lambda: PlanRequest(10, ONE, unique_floor=float("inf")), NotFinite),
        (lambda: PlanRequest(10, ONE, unique_floor=11), OutOfRange),
        (lambda: Scheme("doremi"), UnknownScheme),
        (lambda: Scheme("temperature"), SchemeParameter),
        (lambda: Scheme("unimax", alpha=0.3, max_epochs=1), SchemeParameter),
        (lambda: Scheme("unimax", max_epochs=0), OutOfRange),
        (lambda: plan(PlanRequest(10, (Component("a", 10, weight=0),))), NoWeight),
        (lambda: plan(PlanRequest(10, (Component("a"),), Scheme("proportional"))), MissingEstimate),
        (lambda: plan(PlanRequest(10, (Component("a", 0),), Scheme("uniform"))), NoWeight),
        (
            lambda: plan(PlanRequest(10, (Component("a", 0),), Scheme("unimax", max_epochs=4))),
            NoWeight,
        ),
    ],
)
def test_bad_input_is_refused_with_its_name(make: object, error: type[PlanningError]) -> None:
    with pytest.raises(error):
        make()  # type: ignore[operator]


def test_the_refusal_says_which_component() -> None:
    with pytest.raises(Negative) as raised:
        PlanRequest(10, (Component("a", 10), Component("b", 10, max_epochs=-2)))
    assert (raised.value.field, raised.value.index) == ("max_epochs", 1)


def test_weighted_groups_must_be_a_partition() -> None:
    both = (Component("a", 10, tags={"language": "en", "category": "web"}), Component("b", 10))
    by_language = Group("en", "language", "en", weight=1)
    by_category = Group("web", "category", "web", weight=1)
    with pytest.raises(UngroupedComponents):
        plan(PlanRequest(10, both, groups=(by_language,)))
    with pytest.raises(SharedComponent):
        plan(PlanRequest(10, both[:1], groups=(by_language, by_category)))


def test_a_plan_without_the_respread_is_the_same_otherwise():
    parts = (Component("a", 10, weight=5, max_epochs=4), Component("b", 100, weight=5))
    whole, brief = (plan(PlanRequest(100, parts), has_respread=one) for one in (True, False))
    assert whole.remedies.respread == {"a": -10, "b": 10}
    assert brief.remedies.respread == {}
    assert brief.components == whole.components
    assert brief.breaches == whole.breaches
    assert brief.remedies.largest_budget == whole.remedies.largest_budget
    assert brief.remedies.more_unique_tokens == whole.remedies.more_unique_tokens


def test_a_phase_that_shall_respread_does_so_in_every_case():
    parts = (Component("a", 10, weight=5, max_epochs=4), Component("b", 100, weight=5))
    request = PlanRequest(100, parts, on_shortage=OnShortage.RESPREAD)
    assert [one.tokens for one in plan(request, has_respread=False).components] == [40, 60]
