"""What repeats are worth, per source and over phases; both forms of the law."""

import dataclasses
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.planning.errors import OutOfRange, PlanningError, UnknownPreset
from app.planning.loss import data_constrained, overfitting, presets, scaling
from app.planning.loss.scaling import Caveat
from app.planning.supply import repetition
from app.planning.supply.repetition import EpochBand

AMOUNT = st.floats(0, 1e15, allow_nan=False)


def test_never_on_the_blended_average() -> None:
    """Two equal pools, once and 13 times: 5.1664 passes, where the average of 7 gives 5.9685."""
    per_source = repetition.effective_tokens([1, 13], [1, 1]).sum() / 2
    blended = repetition.effective_tokens([14], [2])[0] / 2
    assert per_source == pytest.approx(5.1664, abs=5e-5)
    assert blended == pytest.approx(5.9685, abs=5e-5)


@given(AMOUNT, st.floats(1, 1e15))
def test_worth_lies_between_one_pass_and_all_tokens(tokens: float, unique: float) -> None:
    worth = repetition.effective_tokens([tokens], [unique])[0]
    assert min(tokens, unique) * (1 - 1e-12) <= worth <= tokens * (1 + 1e-12)
    assert worth <= unique * (1 + repetition.MUENNIGHOFF.decay_repeats) * (1 + 1e-12)


@given(st.lists(st.floats(0, 1e13), min_size=2, max_size=5), st.floats(1e3, 1e13))
def test_phases_add_up_to_the_whole(phases: list[float], unique: float) -> None:
    seen, added = 0.0, 0.0
    for tokens in phases:
        added += repetition.added_tokens([tokens], [unique], [seen])[0]
        seen += tokens
    whole = repetition.effective_tokens([seen], [unique])[0]
    assert added == pytest.approx(whole, rel=1e-9, abs=1e-3)


def test_the_marginal_value_is_the_slope() -> None:
    tokens = np.array([50.0, 150.0, 1500.0])
    step = 1e-4
    slope = (
        repetition.effective_tokens(tokens + step, [100] * 3)
        - repetition.effective_tokens(tokens, [100] * 3)
    ) / step
    assert repetition.marginal_value(tokens, [100] * 3) == pytest.approx(slope, rel=1e-5)


def test_an_empty_source_is_worth_nothing() -> None:
    assert repetition.effective_tokens([10], [0]).tolist() == [0.0]
    assert repetition.marginal_value([10], [0]).tolist() == [0.0]


@pytest.mark.parametrize("bad", [-1.0, math.nan, math.inf])
def test_amounts_that_are_none_are_refused(bad: float) -> None:
    with pytest.raises(OutOfRange) as raised:
        repetition.effective_tokens([1, bad], [1, 1])
    assert (raised.value.field, raised.value.index) == ("tokens", 1)


def test_bands_have_their_bounds_inside() -> None:
    bands = [repetition.band(passes) for passes in (0, 0.5, 1, 1.01, 4, 4.01, 7, 7.01, math.inf)]
    assert bands == [
        EpochBand.UNSEEN,
        EpochBand.UNDER_ONE,
        EpochBand.UNDER_ONE,
        EpochBand.REPEATS,
        EpochBand.REPEATS,
        EpochBand.HEAVY,
        EpochBand.HEAVY,
        EpochBand.EXCESSIVE,
        EpochBand.EXCESSIVE,
    ]


@pytest.mark.parametrize("law", presets.PRESETS.values(), ids=lambda law: law.name)
def test_the_optimum_beats_its_neighbours_and_spends_the_compute(law: presets.Preset) -> None:
    best = scaling.optimum(law, flops=1e22)
    assert 6 * best.parameters * best.tokens == pytest.approx(1e22)
    for factor in (0.9, 1.1):
        near = scaling.predict_loss(
            law, parameters=best.parameters * factor, tokens=best.tokens / factor
        )
        assert near.loss > best.loss


@pytest.mark.parametrize("law", presets.PRESETS.values(), ids=lambda law: law.name)
def test_compute_optimal_sizes_agree_in_both_directions(law: presets.Preset) -> None:
    best = scaling.optimum(law, flops=1e22)
    assert scaling.optimal_tokens(law, parameters=best.parameters) == pytest.approx(best.tokens)
    assert scaling.matching_parameters(law, best.tokens) == pytest.approx(best.parameters)


def test_the_presets_disagree_as_published() -> None:
    """At 10^21 FLOP 1.824e9, 2.217e9 and 2.778e9 parameters."""
    sizes = [
        scaling.optimum(law, flops=1e21).parameters
        for law in (presets.HOFFMANN_PRINTED, presets.HOFFMANN_UNROUNDED, presets.BESIROGLU_2024)
    ]
    assert sizes == pytest.approx([1.824e9, 2.217e9, 2.778e9], rel=5e-4)


def test_as_many_unique_tokens_as_tokens_is_no_limit() -> None:
    law = presets.MUENNIGHOFF
    free = scaling.predict_loss(law, parameters=1e9, tokens=20e9)
    once = scaling.predict_loss(law, parameters=1e9, tokens=20e9, unique_tokens=20e9)
    more = scaling.predict_loss(law, parameters=1e9, tokens=20e9, unique_tokens=1e15)
    assert free.loss == once.loss == more.loss


def test_a_preset_without_repeats_says_that_it_ignores_them() -> None:
    found = scaling.predict_loss(
        presets.HOFFMANN_PRINTED, parameters=1e9, tokens=20e9, unique_tokens=1e9
    )
    assert Caveat.REPEATS_IGNORED in found.caveats
    assert found.effective_tokens == 20e9


def test_a_mixture_brings_its_own_effective_tokens() -> None:
    found = scaling.predict_loss(
        presets.MUENNIGHOFF, parameters=1e9, tokens=20e9, effective_tokens=15e9
    )
    assert found.effective_tokens == 15e9
    assert found.caveats == (Caveat.SINGLE_CORPUS_LAW,)


def test_outside_the_fitted_range_is_said() -> None:
    found = scaling.predict_loss(presets.MUENNIGHOFF, parameters=70e9, tokens=15e12)
    assert set(found.caveats) == {Caveat.MODEL_OUTSIDE_FIT, Caveat.TOKENS_OUTSIDE_FIT}


def test_scarce_data_makes_repeating_a_smaller_model_better() -> None:
    law = presets.MUENNIGHOFF
    free = scaling.optimum(law, flops=1e22)
    scarce = data_constrained.optimum(law, flops=1e22, unique_tokens=25e9)
    assert scarce.parameters < free.parameters
    assert scarce.epochs is not None
    assert 4 < scarce.epochs < 20
    for factor in (0.97, 1.03):
        near = scaling.predict_loss(
            law,
            parameters=scarce.parameters * factor,
            tokens=scarce.tokens / factor,
            unique_tokens=25e9,
        )
        assert near.loss >= scarce.loss


def test_a_grid_that_is_too_narrow_is_widened_and_says_so() -> None:
    """Repeats worth nothing and parameters that never saturate push far out of the grid."""
    law = dataclasses.replace(presets.MUENNIGHOFF, decay_repeats=1e-3, decay_excess=1e9)
    found = data_constrained.optimum(law, flops=1e22, unique_tokens=1e9)
    assert Caveat.GRID_EDGE in found.caveats
    assert found.parameters > 3 * scaling.optimum(law, flops=1e22).parameters


def test_more_passes_can_make_a_model_worse_in_the_newer_form() -> None:
    losses = [
        overfitting.predict_loss(parameters=8e9, tokens=tokens, unique_tokens=1e9).loss
        for tokens in (1e9, 4e9, 400e9)
    ]
    assert losses[1] > losses[0]
    older = [
        scaling.predict_loss(
            presets.MUENNIGHOFF, parameters=8e9, tokens=tokens, unique_tokens=1e9
        ).loss
        for tokens in (1e9, 4e9, 400e9)
    ]
    assert older == sorted(older, reverse=True)


def test_the_overfitting_term_by_hand() -> None:
    """Four repeats, as many unique tokens as parameters: P 4^delta on top."""
    found = overfitting.predict_loss(parameters=1e9, tokens=5e9, unique_tokens=1e9)
    plain = overfitting.predict_loss(parameters=1e9, tokens=5e9, unique_tokens=5e9)
    assert found.loss - plain.loss == pytest.approx(0.3206 * 4**0.1595)
    wider = overfitting.predict_loss(parameters=4e9, tokens=5e9, unique_tokens=1e9)
    plain = overfitting.predict_loss(parameters=4e9, tokens=5e9, unique_tokens=5e9)
    assert wider.loss - plain.loss == pytest.approx(0.3206 * 4**0.1595 * 4**0.2887)


@pytest.mark.parametrize("bad", [0, -1, math.nan, math.inf, 1e400, None])
def test_sizes_that_make_no_sense_are_refused(bad: float) -> None:
    for call in (
        lambda: scaling.predict_loss(presets.MUENNIGHOFF, parameters=bad, tokens=1e9),
        lambda: scaling.predict_loss(presets.MUENNIGHOFF, parameters=1e9, tokens=bad),
        lambda: scaling.optimum(presets.MUENNIGHOFF, flops=bad),
        lambda: data_constrained.optimum(presets.MUENNIGHOFF, flops=1e20, unique_tokens=bad),
        lambda: overfitting.predict_loss(parameters=bad, tokens=1e9, unique_tokens=1e9),
    ):
        with pytest.raises(PlanningError):
            call()


def test_there_is_no_preset_called_chinchilla() -> None:
    with pytest.raises(UnknownPreset):
        presets.find("chinchilla")
