from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import InvalidInput
from app.mixtures import text_form
from app.mixtures.content import Carried, Component, Group, Phase, Purpose, Scheme, Tag
from app.mixtures.text_form import Document
from app.planning.plans.request import OnShortage, SchemeName
from tests.mixtures.making import component, content, phase

NAMES = st.text(
    st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), min_size=1, max_size=20
).filter(lambda text: " ".join(text.split()) and " ".join(text.split()).isprintable())
SHARES = st.one_of(st.none(), st.floats(0, 1))
COMPONENTS = st.builds(
    Component,
    dataset=st.from_regex(r"[a-z0-9]{1,8}(/[a-z0-9]{1,8})?", fullmatch=True),
    weight=st.floats(0, 1e300, allow_subnormal=False),
    max_epochs=st.one_of(st.none(), st.floats(0.01, 1e6)),
    min_ratio=SHARES,
    max_ratio=SHARES,
    locked=st.booleans(),
    synthetic=st.one_of(st.none(), st.booleans()),
)
GROUPS = st.builds(Group, name=NAMES, tag=st.sampled_from(Tag), value=NAMES, min=SHARES, max=SHARES)
PHASES = st.builds(
    Phase,
    name=NAMES,
    purpose=st.sampled_from(Purpose),
    token_budget=st.integers(1, 10**18),
    scheme=st.sampled_from([Scheme(), Scheme(name=SchemeName.TEMPERATURE, alpha=0.3)]),
    on_shortage=st.sampled_from(OnShortage),
    components=st.lists(COMPONENTS, max_size=4, unique_by=lambda one: one.dataset).map(tuple),
    groups=st.lists(GROUPS, max_size=2, unique_by=lambda one: one.name).map(tuple),
)


@given(
    phases=st.lists(PHASES, min_size=1, max_size=3, unique_by=lambda one: one.name),
    name=st.one_of(st.none(), NAMES),
    revision=st.one_of(st.none(), st.integers(1, 10**9)),
)
def test_text_reads_back_as_it_was_written(
    phases: list[Phase], name: str | None, revision: int | None
):
    document = Document(
        content(*phases, carried_from=(Carried(mixture="x", version=2),)),
        "slug",
        name,
        None,
        revision,
    )
    text = text_form.write(document)
    assert text_form.read(text) == document
    assert text_form.write(text_form.read(text)) == text


def test_a_component_is_a_line_so_that_git_shows_what_changed():
    one = text_form.write(Document(content(phase([component("a", 5), component("b", 7)]))))
    other = text_form.write(Document(content(phase([component("a", 5), component("b", 8)]))))
    changed = [(x, y) for x, y in zip(one.splitlines(), other.splitlines(), strict=True) if x != y]
    assert changed == [("      - {dataset: b, weight: 7}", "      - {dataset: b, weight: 8}")]


def test_comments_and_typed_budgets_are_read():
    text = (
        "# ours\nphases:  # one\n- name: Main\n  token_budget: 1.5T  # or 1.5万亿\n"
        "  components:\n  - {dataset: a}\n"
    )
    assert text_form.read(text).content.phases[0].token_budget == 1_500_000_000_000
    # YAML reads 7e9 as a text, and people write 7B.
    for typed in ("7B", "70亿", "7e9", "7000000000"):
        found = text_form.read(f"model_parameters: {typed}\n{text}").content
        assert found.model_parameters == 7e9, typed


@pytest.mark.parametrize(
    ("text", "field", "words"),
    [
        ("a: [", "text", "Line 1"),
        ("x: 1\nx: 2", "text", "Line 2 of the text cannot be read: the key x appears twice"),
        ("phases: &a [*a]", "text", "aliases"),
        ("- 1", "text", "not a mixture"),
        ("1: 2", "text", "not a mixture"),
        ("[" * 3000, "text", "cannot be read|not YAML"),
        ("? [a, b]\n: 1", "text", "."),
        ("!!python/object:os.system {}", "text", "Line 1"),
        ("format: 9\nphases: []", "format", "format 9"),
        ("phases:\n- {name: a, token_budget: 300GB}", "phases.1.token_budget", "size in bytes"),
        (
            "phases:\n- {name: a, token_budget: 5, components: [{dataset: b, weight: .nan}]}",
            "phases.1.components.1.weight",
            "finite",
        ),
        ("phases:\n- {name: a, token_budget: 5, wieght: 3}", "phases.1.wieght", "no such field"),
        ("phases: []", "phases", "too short"),
        ("name: [1]\nphases:\n- {name: a, token_budget: 5}", "name", "is a text"),
        ("revision: x\nphases:\n- {name: a, token_budget: 5}", "revision", "whole number"),
        ("x" * 900_001, "text", "more than 900000"),
    ],
)
def test_texts_that_are_no_mixture_are_refused_with_the_place(text: str, field: str, words: str):
    with pytest.raises(InvalidInput, match=words) as refused:
        text_form.read(text)
    assert refused.value.field == field


@given(st.text(max_size=200))
def test_no_text_makes_anything_but_a_refusal(text: str):
    with suppress(InvalidInput):
        text_form.read(text)
