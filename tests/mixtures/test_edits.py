"""Edits without a database: what a typed number does to the tokens."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import AppError, Conflict, InvalidInput, NotFound
from app.mixtures.content import Group, Scheme, Tag
from app.mixtures.edits import cells, components, phases, remedies, weights
from app.mixtures.edits.results import Bench as AnyBench
from app.planning.plans.request import OnShortage, SchemeName
from tests.mixtures.making import Bench, component, content, phase, tokens

BUDGET = 1_000


def make_bench(
    *typed: float, sizes: list[int | None] | None = None, budget: int = BUDGET, **limits: object
) -> Bench:
    """A phase of components a, b, c, ... with these weights."""
    names = [chr(ord("a") + i) for i in range(len(typed))]
    made = content(
        phase([component(n, w, **limits) for n, w in zip(names, typed, strict=True)], budget=budget)
    )
    sized = sizes or [10**6] * len(typed)
    return Bench(made, dict(zip(names, sized, strict=True)))


def with_locked(bench: Bench, *names: str) -> Bench:
    for name in names:
        bench.content = cells.set_lock("Main", name, locked=True)(bench).content
    return bench


def test_typed_share_is_given_exactly_and_the_rest_keeps_its_proportions():
    bench = make_bench(50, 30, 20)
    edited = cells.type_entry("Main", "a", "60 %")(bench)
    assert tokens(bench, edited.content) == {"a": 600, "b": 240, "c": 160}
    assert [(m.dataset, round(m.change, 6)) for m in edited.moved] == [
        ("a", 0.1),
        ("b", -0.06),
        ("c", -0.04),
    ]
    assert sum(c.weight for c in edited.content.phases[0].components) == 100


def test_locked_rows_stay_whatever_is_typed_elsewhere():
    bench = with_locked(make_bench(50, 30, 20), "b")
    for text in ("70 %", "7", "700 tokens", "0.0004x"):
        edited = cells.type_entry("Main", "a", text)(bench)
        assert tokens(bench, edited.content)["b"] == 300, text


def test_typed_tokens_are_given_to_the_last_one():
    bench = make_bench(1, 1, 1, budget=1_600_000_000_007)
    edited = cells.type_entry("Main", "b", "333333333331 tokens")(bench)
    found = tokens(bench, edited.content)
    assert found["b"] == 333_333_333_331
    assert sum(found.values()) == 1_600_000_000_007


@given(
    typed=st.lists(st.floats(0.001, 1_000), min_size=2, max_size=8),
    budget=st.integers(1_000, 10**15),
    share=st.fractions(0, Fraction(99, 100), max_denominator=10**6),
)
def test_any_typed_tokens_are_given_exactly(typed: list[float], budget: int, share: Fraction):
    bench = make_bench(*typed, budget=budget, sizes=[10**15] * len(typed))
    wanted = int(budget * share)
    edited = cells.type_entry("Main", "a", f"{wanted} tokens")(bench)
    found = tokens(bench, edited.content)
    assert found["a"] == wanted
    assert sum(found.values()) == budget


def test_typed_passes_keep_a_limit_of_the_same_number_to_the_token():
    bench = make_bench(
        1, 5, 5, sizes=[23_800_000_001, 10**13, 10**13], budget=1_600_000_000_000, max_epochs=4
    )
    edited = cells.type_entry("Main", "a", "4x")(bench)
    view = Bench(edited.content, {"a": 23_800_000_001, "b": 10**13, "c": 10**13}).view()
    assert view.phase.components[0].tokens == 4 * 23_800_000_001
    assert view.phase.is_feasible


def test_typed_passes_need_an_estimate():
    bench = make_bench(1, 1, sizes=[None, 10])
    with pytest.raises(InvalidInput, match="no token estimate"):
        cells.type_entry("Main", "a", "2x")(bench)


def test_typing_under_a_scheme_makes_its_ratios_weights_and_says_so():
    bench = make_bench(1, 1, 1, sizes=[100, 300, 600])
    bench.content = phases.set_scheme("Main", Scheme(name=SchemeName.PROPORTIONAL))(bench).content
    edited = cells.type_entry("Main", "a", "10 %")(bench)
    assert edited.content.phases[0].scheme.name is SchemeName.AS_WEIGHTED
    assert edited.notes
    assert tokens(bench, edited.content) == {"a": 100, "b": 300, "c": 600}


def test_by_quality_a_typed_weight_only_moves_a_component_in_the_order():
    bench = make_bench(1, 2, 3, sizes=[400, 400, 400], budget=1200)
    scheme = Scheme(name=SchemeName.QUALITY, max_epochs=7)
    bench.content = phases.set_scheme("Main", scheme)(bench).content
    before = tokens(bench, bench.content)
    assert before["a"] == 0 < before["b"] < before["c"]

    edited = cells.type_entry("Main", "a", "9")(bench)

    after = tokens(bench, edited.content)
    assert edited.content.phases[0].scheme == scheme
    assert (after["b"], after["c"], after["a"]) == (before["a"], before["b"], before["c"])


def test_going_back_to_weights_keeps_the_ratios_of_the_scheme():
    bench = make_bench(1, 1, 1, sizes=[100, 300, 600])
    bench.content = phases.set_scheme("Main", Scheme(name=SchemeName.PROPORTIONAL))(bench).content
    edited = phases.set_scheme("Main", Scheme())(bench)
    assert tokens(bench, edited.content) == {"a": 100, "b": 300, "c": 600}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("-3", "below zero"),
        ("150 %", "between 0 and 100 per cent"),
        ("abc", "no weight \\(3\\), share"),
        ("1,5T", "more than one way"),
        ("300GB", "size in bytes"),
        ("1.5 tokens", "whole number"),
        ("2000 tokens", "more than the phase's budget"),
        ("nan", "no weight"),
        ("1e400", "not between"),
    ],
)
def test_bad_entries_are_refused_at_the_cell(text: str, words: str):
    bench = make_bench(1, 1)
    with pytest.raises(InvalidInput, match=words) as refused:
        cells.type_entry("Main", "a", text)(bench)
    assert refused.value.field == "weight"


def test_locked_rows_that_leave_less_are_named_with_what_they_leave():
    bench = with_locked(make_bench(50, 30, 20), "b", "c")
    with pytest.raises(InvalidInput, match=r"leave 50\.00 %"):
        cells.type_entry("Main", "a", "60 %")(bench)


def test_locked_rows_that_hold_everything_keep_it_from_a_typed_weight():
    bench = with_locked(make_bench(1, 0), "a")
    with pytest.raises(InvalidInput, match=r"leave 0\.00 % of the budget for b"):
        cells.type_entry("Main", "b", "5")(bench)


def test_a_row_alone_cannot_take_less_than_everything():
    with pytest.raises(InvalidInput, match="No other component"):
        cells.type_entry("Main", "a", "60 %")(make_bench(5))


def test_weights_that_are_all_zero_can_still_be_typed():
    edited = cells.type_entry("Main", "b", "3")(make_bench(0, 0))
    assert [c.weight for c in edited.content.phases[0].components] == [0, 3]


def test_groups_with_weights_refuse_shares_but_take_weights():
    bench = make_bench(1, 1)
    group = Group(name="en", tag=Tag.LANGUAGE, value="en", weight=1)
    bench.content = phases.set_groups("Main", (group,))(bench).content
    with pytest.raises(InvalidInput, match="groups first"):
        cells.type_entry("Main", "a", "30 %")(bench)
    assert cells.type_entry("Main", "a", "3")(bench).content.phases[0].components[0].weight == 3


def test_unknown_phase_or_component_is_not_found():
    bench = make_bench(1, 1)
    for edit in (
        cells.type_entry("Gone", "a", "3"),
        cells.type_entry("Main", "gone", "3"),
        components.remove_components("Main", ["gone"]),
        phases.remove_phase("Gone"),
    ):
        with pytest.raises(NotFound):
            edit(bench)


# Budgets and phases.


def test_budget_reads_what_people_type_and_keeps_ratios():
    bench = make_bench(3, 1)
    edited = phases.set_budget("Main", phases.read_budget("3000亿"))(bench)
    assert tokens(bench, edited.content) == {"a": 225_000_000_000, "b": 75_000_000_000}


@pytest.mark.parametrize("text", ["", "0", "-1", "1e30", "300GB", "1,5T", "NaN"])
def test_budget_refuses_at_its_field(text: str):
    with pytest.raises(InvalidInput) as refused:
        phases.read_budget(text)
    assert refused.value.field == "token_budget"


@given(
    budgets=st.lists(st.integers(1, 10**15), min_size=1, max_size=6),
    total=st.integers(1, 10**15),
)
def test_total_budget_is_shared_in_proportion_to_the_token(budgets: list[int], total: int):
    made = content(*(phase([], budget=b, name=str(i)) for i, b in enumerate(budgets)))
    bench = Bench(made, {})
    edit = phases.set_total_budget(total)
    if total < len(budgets):
        with pytest.raises(InvalidInput):
            edit(bench)
        return
    edited = edit(bench).content
    assert edited.total_tokens == total
    assert all(one.token_budget >= 1 for one in edited.phases)


def test_phases_are_added_copied_renamed_moved_and_removed():
    bench = make_bench(1, 1)
    for edit in (
        phases.add_phase("Anneal", tokens=5),
        phases.copy_phase("Main", "Second"),
        phases.rename_phase("Anneal", "Annealing"),
        phases.move_phase("Annealing", 0),
    ):
        bench.content = edit(bench).content
    assert [p.name for p in bench.content.phases] == ["Annealing", "Main", "Second"]
    assert bench.content.phases[2].components == bench.content.phases[1].components
    for name in ("Annealing", "Main"):
        bench.content = phases.remove_phase(name)(bench).content
    with pytest.raises(Conflict):
        phases.remove_phase("Second")(bench)


def test_phase_names_are_unique():
    bench = make_bench(1)
    for edit in (phases.add_phase("Main", tokens=5), phases.copy_phase("Main", "Main")):
        with pytest.raises(InvalidInput):
            edit(bench)
    copied = phases.copy_phase("Main")(bench).content
    assert [p.name for p in copied.phases] == ["Main", "Main 2"]


# Components.


def test_added_components_take_the_mean_weight_and_skip_those_that_are_there():
    bench = make_bench(30, 10)
    bench.known["c"] = bench.known["a"]
    edited = components.add_components("Main", ["a", "c", "c"])(bench)
    assert [(c.dataset, c.weight) for c in edited.content.phases[0].components] == [
        ("a", 30),
        ("b", 10),
        ("c", 20),
    ]
    assert edited.params["count"] == 1
    with pytest.raises(Conflict):
        components.add_components("Main", ["a"])(bench)
    with pytest.raises(InvalidInput, match="no nowhere"):
        components.add_components("Main", ["nowhere"])(bench)


def test_pasted_list_reads_weights_after_any_separator():
    text = "the-pile/arxiv\t8.96\nFineWeb Edu, 12\n\n# note\n维基百科：3\nplain\nx 5%"
    assert components.read_list(text) == [
        ("the-pile/arxiv", "8.96"),
        ("FineWeb Edu", "12"),
        ("维基百科", "3"),
        ("plain", None),
        ("x", "5%"),
    ]


# Remedies: each makes the phase fit.


@pytest.mark.parametrize("name", ["shrink", "epochs", "respread", "solve"])
def test_each_remedy_makes_the_phase_fit(name: str):
    sizes = {"a": 50, "b": 10**6, "c": 10**6}
    made = content(
        phase(
            [component("a", 5, max_epochs=4), component("b", 3), component("c", 2)], budget=BUDGET
        )
    )
    bench = Bench(made, sizes)
    assert bench.view().phase.is_feasible is False
    edited = remedies.REMEDIES[name]("Main")(bench)
    after = Bench(edited.content, sizes).view().phase
    assert after.is_feasible
    expected = {"shrink": 400, "epochs": BUDGET, "respread": BUDGET, "solve": BUDGET}
    assert after.total_tokens == expected[name]
    if name in {"respread", "solve"}:
        assert after.components[0].tokens == 200
        assert after.components[1].tokens == 480


@pytest.mark.parametrize("name", ["shrink", "epochs", "respread"])
def test_remedies_refuse_where_nothing_is_short(name: str):
    with pytest.raises(Conflict):
        remedies.REMEDIES[name]("Main")(make_bench(1, 1))


def test_remedies_refuse_an_empty_phase_and_one_that_shrinks_by_itself():
    with pytest.raises(Conflict, match="no components"):
        remedies.shrink("Main")(make_bench())
    bench = make_bench(1, 1, sizes=[10, 10], max_epochs=4)
    bench.content = phases.set_on_shortage("Main", OnShortage.SHRINK)(bench).content
    with pytest.raises(Conflict, match="fit already"):
        remedies.shrink("Main")(bench)


def test_solver_says_that_limits_contradict():
    bench = make_bench(1, 1, sizes=[10, 10], max_epochs=4)
    with pytest.raises(Conflict, match="contradict"):
        remedies.solve("Main")(bench)


@given(st.lists(st.integers(0, 10**14), min_size=1, max_size=30).filter(any))
def test_weights_of_tokens_give_back_the_tokens(counts: list[int]):
    assert weights.tokens_of(weights.from_tokens(counts), sum(counts)) == tuple(counts)


ENTRIES = st.one_of(
    st.floats(allow_nan=True).map(str),
    st.floats(0, 100).map(lambda x: f"{x} %"),
    st.integers(-5, 10**16).map(lambda n: f"{n} tokens"),
    st.floats(0, 10).map(lambda x: f"{x}x"),
    st.text(max_size=8),
)


@given(
    typed=st.lists(
        st.tuples(st.floats(0, 100), st.booleans(), st.one_of(st.none(), st.integers(0, 10**9))),
        min_size=1,
        max_size=6,
    ),
    entries=st.lists(st.tuples(st.integers(0, 5), ENTRIES), max_size=5),
)
def test_any_sequence_of_entries_keeps_the_budget_and_the_locks(typed: list, entries: list):
    names = [f"d{i}" for i in range(len(typed))]
    made = content(
        phase(
            [
                component(n, w, locked=locked)
                for n, (w, locked, _) in zip(names, typed, strict=True)
            ],
            budget=BUDGET,
        )
    )
    bench: AnyBench = Bench(made, {n: size for n, (_, _, size) in zip(names, typed, strict=True)})
    for place, text in entries:
        name = names[place % len(names)]
        before = tokens(bench, bench.content)
        try:
            edited = cells.type_entry("Main", name, text)(bench)
        except AppError:
            continue
        bench.content = edited.content
        after = tokens(bench, bench.content)
        if sum(after.values()):
            assert sum(after.values()) == BUDGET
        for other, (_, locked, _) in zip(names, typed, strict=True):
            if locked and other != name and sum(before.values()) and sum(after.values()):
                assert abs(after[other] - before[other]) <= 1
