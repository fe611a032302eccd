"""The solver behind POST /plan/solve: answers in the planner's words and units."""

import pytest

from app.planning.plans import solve as solving
from app.planning.plans.request import Component, Group, PlanRequest
from app.planning.plans.solve import SolvedPlan, solve
from app.planning.solving.problem import ConstraintKind

EN, ZH = {"language": "en"}, {"language": "zh"}


def tokens(found: SolvedPlan) -> list[int]:
    return [component.tokens for component in found.plan.components]


def conflict(found: SolvedPlan) -> list[tuple[str, float, float | None]]:
    return [(item.limit.name, item.bound, item.needed) for item in found.conflict]


def test_nothing_to_solve_is_the_plan_as_asked() -> None:
    found = solve(PlanRequest(10, (Component("a", 10, weight=1), Component("b", 10, weight=1))))
    assert tokens(found) == [5, 5]
    assert found.plan.applied is None
    assert found.moved_share == 0
    assert found.shadow_prices == ()


def test_another_pass_over_the_capped_source_in_words() -> None:
    """
    Six tenths asked of 100 unique tokens at 4 passes of 1000: 400 tokens, 200 move.

    A fifth pass would leave 100 to move.
    """
    parts = (Component("a", 100, weight=6, max_epochs=4), Component("b", 900, weight=4))
    found = solve(PlanRequest(1000, parts))
    assert tokens(found) == [400, 600]
    assert found.feasible
    assert found.plan.applied == "solve"
    (price,) = found.shadow_prices
    assert price.limit.name == "max_epochs: a"
    assert (price.bound, price.relaxed_bound) == (4.0, 5.0)
    assert (price.share, price.relaxed_share) == pytest.approx((0.4, 0.5))
    assert (price.moved_share, price.relaxed_moved_share) == pytest.approx((0.2, 0.1))
    # ln(0.6 / 0.4) - ln(0.4 / 0.6), times one pass = a tenth of the budget.
    assert price.price == pytest.approx(0.0811, abs=1e-4)


def test_every_kind_of_limit_at_once() -> None:
    parts = (
        Component("web", 5000, weight=60, tags=EN),
        Component("books", 50, weight=20, max_epochs=4, tags=EN),
        Component("wiki", 100, weight=10, locked=True, tags=EN, max_epochs=4),
        Component("chinese", 300, weight=10, tags=ZH, price=10**6),
        Component("code", 500, weight=5, min_ratio=0.1, max_ratio=0.3),
    )
    groups = (Group("Chinese", "language", "zh", min_share=0.3),)
    request = PlanRequest(1000, parts, groups=groups, cost_ceiling=400, unique_floor=700)
    found = solve(request)
    assert found.feasible
    assert sum(tokens(found)) == 1000
    ratios = [count / 1000 for count in tokens(found)]
    assert ratios[1] <= 0.2
    assert ratios[2] == pytest.approx(10 / 105, abs=1e-3)
    assert 0.3 <= ratios[3] + 1e-3 <= 0.402
    assert ratios[4] + 1e-3 >= 0.1
    names = {price.limit.name for price in found.shadow_prices}
    assert "group_min: Chinese" in names


def test_a_contradiction_in_passes_and_shares() -> None:
    """Chinese must be half of 1000, but 100 unique tokens at 4 passes give 400."""
    parts = (Component("en", 5000, tags=EN), Component("zh", 100, max_epochs=4, tags=ZH))
    groups = (Group("Chinese", "language", "zh", min_share=0.5),)
    found = solve(PlanRequest(1000, parts, groups=groups))
    assert not found.feasible
    assert conflict(found) == [
        ("group_min: Chinese", 0.5, pytest.approx(0.4)),
        ("max_epochs: zh", 4.0, pytest.approx(5.0)),
    ]
    assert found.largest_budget == 800
    assert found.plan.binding == ("Chinese", "zh")
    assert tokens(found) == [500, 500]


def test_passes_of_a_contradiction_count_what_was_seen() -> None:
    parts = (
        Component("en", 5000, tags=EN),
        Component("zh", 100, max_epochs=5, tags=ZH, seen_tokens=100),
    )
    groups = (Group("Chinese", "language", "zh", min_share=0.5),)
    found = solve(PlanRequest(1000, parts, groups=groups))
    assert conflict(found)[1] == ("max_epochs: zh", 5.0, pytest.approx(6.0))


def test_a_floor_in_tokens() -> None:
    found = solve(PlanRequest(1000, (Component("a", 300), Component("b", 300)), unique_floor=700))
    assert conflict(found) == [("unique_floor", pytest.approx(700), pytest.approx(600))]
    assert found.largest_budget is None


def test_a_ceiling_in_currency() -> None:
    parts = (Component("a", 10**9, price=2), Component("b", 10**9, price=3))
    found = solve(PlanRequest(10**9, parts, cost_ceiling=1000))
    assert conflict(found) == [("cost_ceiling", 1000.0, pytest.approx(2000.0))]
    assert found.largest_budget == 500_000_000


def test_caps_that_miss_the_budget_by_one_token_contradict() -> None:
    """The solver works to 1e-9 of the budget; whole tokens know better."""
    half = 5 * 10**14
    parts = (Component("a", half, max_epochs=1), Component("b", half - 1, max_epochs=1))
    found = solve(PlanRequest(10**15, parts))
    assert not found.feasible
    assert [item.limit.kind for item in found.conflict] == [ConstraintKind.MAX_EPOCHS] * 2
    assert found.largest_budget == pytest.approx(10**15 - 1, rel=1e-9)


def test_caps_that_just_suffice_are_met_to_the_token() -> None:
    half = 5 * 10**14
    parts = (Component("a", half, max_epochs=1, weight=9), Component("b", half, max_epochs=1))
    found = solve(PlanRequest(10**15, parts))
    assert tokens(found) == [half, half]
    assert found.feasible


def test_prices_can_be_left_out() -> None:
    parts = (Component("a", 100, weight=6, max_epochs=4), Component("b", 900, weight=4))
    found = solving.solve(PlanRequest(1000, parts), with_prices=False)
    assert found.feasible
    assert found.shadow_prices == ()


def test_a_group_of_a_language_takes_in_its_kinds() -> None:
    """The three tags name Chinese; Zhuang (za) and what may be English too are no certain part."""
    parts = (
        Component("simplified", 1000, weight=1, tags={"language": "zh-Hans"}),
        Component("mandarin", 1000, weight=1, tags={"language": "cmn"}),
        Component("both", 1000, weight=1, tags={"language": {"zh": 0.5, "zh-Hant": 0.5}}),
        Component("either", 1000, weight=1, tags={"language": ["en", "zh-Hans"]}),
        Component("zhuang", 1000, weight=4, tags={"language": "za"}),
    )
    group = Group("Chinese", "language", "zh", min_share=0.6)
    request = PlanRequest(1000, parts, groups=(group,))
    assert [(place, certain) for place, certain, _ in request.members(group)] == [
        (0, 1),
        (1, 1),
        (2, 1),
        (3, 0),
    ]
    found = solve(request)
    assert found.feasible
    assert sum(tokens(found)[:3]) == pytest.approx(600, abs=1)
