import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from app.mixtures import content as contents
from app.mixtures.content import Content
from tests.mixtures.making import component, content, phase


def test_same_content_has_same_hash_however_its_numbers_are_written():
    one = contents.read(
        {
            "phases": [
                {
                    "name": "Main",
                    "token_budget": 1e12,
                    "components": [{"dataset": "a", "weight": 5.0}],
                }
            ]
        }
    )
    other = contents.read(
        {
            "phases": [
                {
                    "components": [{"weight": 5, "dataset": "a", "locked": False}],
                    "token_budget": 10**12,
                    "name": " Main ",
                }
            ]
        }
    )
    assert contents.content_hash(one) == contents.content_hash(other)
    assert len(contents.content_hash(one)) == 64


def test_hash_moves_with_every_field_that_counts():
    base = content(phase([component("a"), component("b")]))
    others = [
        content(phase([component("b"), component("a")])),
        content(phase([component("a", 2), component("b")])),
        content(phase([component("a", max_epochs=4), component("b")])),
        content(phase([component("a", locked=True), component("b")])),
        content(phase([component("a", synthetic=False), component("b")])),
        content(phase([component("a"), component("b")], budget=5)),
        content(phase([component("a"), component("b")]), tokenizer="llama3"),
        content(phase([component("a"), component("b")]), model_parameters=7e9),
    ]
    hashes = {contents.content_hash(one) for one in [base, *others]}
    assert len(hashes) == len(others) + 1


@given(
    weights=st.lists(st.floats(0, 1e300, allow_subnormal=False), min_size=1, max_size=5),
    budget=st.integers(1, 10**18),
)
def test_json_of_a_content_reads_back_the_same(weights: list[float], budget: int):
    made = content(phase([component(f"d{i}", w) for i, w in enumerate(weights)], budget=budget))
    text = json.dumps(contents.to_json(made))
    assert contents.read(json.loads(text)) == made


@pytest.mark.parametrize(
    ("values", "place"),
    [
        ({"weight": -1}, "weight"),
        ({"weight": float("nan")}, "weight"),
        ({"weight": float("inf")}, "weight"),
        ({"weight": "5"}, "weight"),
        ({"weight": True}, "weight"),
        ({"max_epochs": 0}, "max_epochs"),
        ({"min_ratio": 1.5}, "min_ratio"),
        ({"locked": 1}, "locked"),
        ({"colour": "red"}, "colour"),
        ({"dataset": "Not A Slug"}, "dataset"),
    ],
)
def test_component_refuses_what_no_plan_takes_at_its_field(values: dict, place: str):
    body = {"phases": [{"name": "m", "token_budget": 5, "components": [{"dataset": "a"} | values]}]}
    with pytest.raises(ValidationError) as refused:
        contents.read(body)
    assert refused.value.errors()[0]["loc"] == ("phases", 0, "components", 0, place)


@pytest.mark.parametrize("budget", [0, -3, 1.5, "5", True, 10**18 + 1, float("inf")])
def test_phase_refuses_a_budget_that_is_none(budget: object):
    with pytest.raises(ValidationError):
        contents.read({"phases": [{"name": "m", "token_budget": budget}]})


def test_content_refuses_a_dataset_or_a_phase_twice():
    with pytest.raises(ValidationError, match="twice"):
        phase([component("a"), component("a")])
    with pytest.raises(ValidationError, match="Two phases"):
        content(phase([], name="x"), phase([], name="x"))


def test_content_refuses_no_phase_and_too_many_components():
    with pytest.raises(ValidationError):
        Content(phases=())
    with pytest.raises(ValidationError, match="5000"):
        phase([component(f"d{i}") for i in range(5_001)])


@pytest.mark.parametrize(
    "scheme",
    [{"name": "temperature"}, {"name": "uniform", "alpha": 0.3}, {"name": "unimax", "alpha": 1}],
)
def test_scheme_refuses_a_missing_or_foreign_parameter(scheme: dict):
    with pytest.raises(ValidationError):
        contents.read({"phases": [{"name": "m", "token_budget": 5, "scheme": scheme}]})
