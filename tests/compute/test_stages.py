"""Splits over stages: even, with the embeddings as layers, DeepSpeed's own, or listed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.compute.errors import InvalidLayout
from app.compute.layout.stages import propose_split, split_layers, splits


@pytest.mark.parametrize(
    ("layers", "pp", "expected"),
    [
        (72, 12, (6,) * 12),
        # BLOOM: 72 slots, an embedding on each end stage.
        (70, 12, (5, *[6] * 10, 5)),
        # Llama 3.1 405B: one layer fewer on each end.
        (126, 16, (7, *[8] * 14, 7)),
        (5, 1, (5,)),
    ],
)
def test_split_without_a_list(layers, pp, expected):
    assert split_layers(layers, pp).layers == expected


def test_deepspeed_fills_stages_from_the_front():
    """The 182 B candidate of BigScience ran 78 layers on 12 stages."""
    assert split_layers(78, 12, fill=True).layers == (*[7] * 11, 1)


def test_an_uneven_split_must_be_listed():
    """Megatron once rounded 30 layers on uneven stages down to 28 without a word."""
    with pytest.raises(InvalidLayout) as refused:
        split_layers(30, 7)

    (violation,) = refused.value.violations
    assert violation.rule == "layers_split_over_stages"
    assert violation.nearest == (6, 8)
    assert sum(violation.values["stages"]) == 30
    assert split_layers(30, 7, violation.values["stages"]).layers == violation.values["stages"]


@pytest.mark.parametrize("stages", [(10, 10, 9), (10, 20), (0, 15, 15), ()])
def test_a_list_must_sum_to_the_layers(stages):
    with pytest.raises(InvalidLayout, match="numbers above 0 with 30 layers"):
        split_layers(30, 3, stages)


def test_more_stages_than_layers():
    with pytest.raises(InvalidLayout) as refused:
        split_layers(6, 7)

    assert refused.value.violations[0].nearest == (6,)


@given(st.integers(1, 200), st.data())
def test_every_split_keeps_every_layer(layers, data):
    pp = data.draw(st.integers(1, layers))

    proposal = propose_split(layers, pp)
    assert sum(proposal) == layers
    assert max(proposal) - min(proposal) <= 1
    for fill in (False, True):
        if splits(layers, pp, fill=fill):
            split = split_layers(layers, pp, fill=fill)
            assert sum(split.layers) == layers
            assert min(split.layers) > 0
