from hypothesis import given
from hypothesis import strategies as st

from app.mixtures import diffs, loading
from app.mixtures.content import Content
from app.mixtures.views import MixtureView
from app.mixtures.words import diffs as words
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
