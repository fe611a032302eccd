from hypothesis import given
from hypothesis import strategies as st

from app.mixtures import diffs, loading
from app.mixtures.content import Content
from app.mixtures.views import MixtureView
from app.mixtures.words import diffs as words
from app.mixtures.words.settings import settings
from tests.mixtures.making import component, content, facts, phase

KNOWN = {
    "a": facts("a", 100, licence_class="open"),
    "b": facts("b", 1000, licence_class="non_commercial", languages=("zh",)),
    "c": facts("c", 1000, languages=("zh",)),
}


def view(made: Content) -> MixtureView:
    return loading.compute(made, loading.Known(KNOWN, [], {}, [], {}), is_whole=True)


def weights(budget: int = 1000, **typed: float) -> Content:
    return content(
        phase([component(name, weight) for name, weight in typed.items()], budget=budget)
    )


def test_diff_names_what_was_added_removed_and_changed():
    found = diffs.compare(view(weights(a=50, b=50)), view(weights(a=30, c=70)))
    assert [(c.dataset, c.kind, c.token_change) for c in found.components] == [
        ("c", "added", 700),
        ("b", "removed", -500),
        ("a", "changed", -200),
    ]
    # Seven tenths of the budget must move: 0.2 from a, 0.5 from b.
    assert round(found.distance, 12) == 0.7
    a = found.components[2]
    assert (a.before_epochs, a.after_epochs) == (5.0, 3.0)
    licence = {one.values: (one.before, one.after) for one in found.shares["licence"]}
    assert licence[("non_commercial",)] == (0.5, 0.0)
    assert found.shares["language"][0].values in {("en",), ("zh",)}


def test_diff_of_the_same_content_is_nothing():
    found = diffs.compare(view(weights(a=1, b=1)), view(weights(a=1, b=1)))
    assert found.is_same
    assert words.text(found, before="x@1", after="x@2") == "x@1 and x@2 are the same.\n"


def test_another_estimate_alone_is_a_difference():
    other = loading.compute(
        weights(a=1, b=1),
        loading.Known(KNOWN | {"a": facts("a", 7)}, [], {}, [], {}),
        is_whole=True,
    )
    found = diffs.compare(view(weights(a=1, b=1)), other)
    assert not found.is_same
    assert [c.kind for c in found.components if c.dataset == "a"] == ["changed"]


def test_text_has_a_line_for_each_change():
    text = words.text(
        diffs.compare(view(weights(a=50, b=50)), view(weights(a=30, c=70))),
        before="m@1",
        after="m@2",
    )
    lines = text.splitlines()
    assert lines[0] == "m@1 → m@2"
    assert "+ Data c  700  0.7×" in lines
    assert "- Data b  500  0.5×" in lines
    assert "~ Data a  500 → 300 (−200)  5× →  3×" in lines
    assert any(line.startswith("Stated licence:") for line in lines)


TYPED = st.dictionaries(st.sampled_from(["a", "b", "c"]), st.floats(0.01, 100), min_size=1)


@given(TYPED, TYPED, st.integers(1, 10**6), st.integers(1, 10**6))
def test_distance_is_a_distance_and_changes_add_up(one: dict, other: dict, first: int, second: int):
    left, right = view(weights(first, **one)), view(weights(second, **other))
    found, back = diffs.compare(left, right), diffs.compare(right, left)
    assert 0 <= found.distance <= 1 + 1e-9
    assert abs(found.distance - back.distance) < 1e-9
    assert sum(c.token_change for c in found.components) == second - first
    assert diffs.compare(left, left).is_same
    kinds = {"added": "removed", "removed": "added", "changed": "changed", "same": "same"}
    assert {c.dataset: kinds[c.kind] for c in found.components} == {
        c.dataset: c.kind for c in back.components
    }


def test_settings_that_move_no_token_are_differences_in_words():
    before = content(phase([component("a", 1, max_epochs=4), component("b", 1)], budget=100))
    after = content(
        phase(
            [component("a", 1, max_epochs=5), component("b", 1)],
            budget=100,
            purpose="long_context",
            scheme={"name": "temperature", "alpha": 1},
        ),
        phase([component("b", 1)], budget=10, name="Anneal", purpose="mid_training"),
        model_parameters=7 * 10**9,
        carried_from=[{"mixture": "old", "version": 3}],
    )
    found = diffs.compare(view(before), view(after))
    assert not found.is_same
    assert settings(found, found.facts) == [
        "size of the model none → 7B",
        "seen in earlier runs: none → old@3",
        # Proportional to 100 and 1,000 unique tokens: 9 % and 91 % instead of two halves.
        "phase Main: 41% of its budget lies elsewhere",
        "phase Main: purpose Pre-training → Long context",
        "phase Main: scheme As weighted → Temperature (α = 1)",
        "phase Main: limits or marks changed of Data a",
        "phase Anneal added: Mid-training, annealing, 10 tokens",
    ]


def test_earlier_runs_alone_are_a_difference():
    before = weights(a=1, b=1)
    after = content(*before.phases, carried_from=[{"mixture": "old", "version": 3}])
    text = words.text(diffs.compare(view(before), view(after)), before="x@1", after="x@2")
    assert "seen in earlier runs: none → old@3" in text
