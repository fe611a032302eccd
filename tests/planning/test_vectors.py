"""Published values: every case of vectors/mixture.json within its tolerance."""

import csv
import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.planning.errors import BudgetInfeasible
from app.planning.estimates import media_tokens
from app.planning.loss import data_constrained, presets, scaling
from app.planning.loss.presets import Preset
from app.planning.sampling import (
    apportionment,
    blending,
    mixing_laws,
    online_weights,
    schemes,
    upsampling,
)
from app.planning.sampling.shares import Shares, from_weights
from app.planning.supply import feasibility, repetition

HERE = Path(__file__).parent
CASES = json.loads((HERE / "vectors" / "mixture.json").read_text())["cases"]


def half_unit(expected: float) -> float:
    """Half a unit of the last printed digit."""
    if not isinstance(expected, float):
        return 0.0
    digits = repr(expected)
    mantissa, _, exponent = digits.partition("e")
    decimals = len(mantissa.partition(".")[2]) if "." in mantissa else 0
    if mantissa.endswith(".0"):
        decimals = 0
    return 0.5 * 10.0 ** (int(exponent or 0) - decimals)


def assert_close(actual: Any, expected: Any, tolerance: float) -> None:
    if isinstance(expected, dict):
        for key, value in expected.items():
            assert_close(actual[key], value, tolerance)
    elif isinstance(expected, list):
        assert len(actual) == len(expected)
        for one, other in zip(actual, expected, strict=True):
            assert_close(one, other, tolerance)
    elif isinstance(expected, bool):
        assert actual is expected
    else:
        assert abs(actual - expected) <= max(tolerance * abs(expected), half_unit(expected))


def optimum(law: Preset, given: dict[str, Any]) -> dict[str, float]:
    found = scaling.optimum(law, flops=given["C"])
    return {
        "N": found.parameters,
        "D": found.tokens,
        "tokens_per_param": found.tokens / found.parameters,
        "L": found.loss,
    }


def loss(law: Preset, given: dict[str, Any]) -> float:
    return scaling.predict_loss(
        law, parameters=given["N"], tokens=given["D"], unique_tokens=given.get("U")
    ).loss


def typo(given: dict[str, Any]) -> dict[str, Any]:
    gap = scaling.compute_gap(parameters=given["N"], tokens=given["D"], flops=given["C_printed"])
    return {"C_from_6ND": (gap + 1) * given["C_printed"], "flag": gap > 0.05}


def unimax(given: dict[str, Any]) -> list[float]:
    shares = schemes.unimax(given["chars"], budget=given["budget"], max_epochs=given["max_epochs"])
    return [float(shares.ratio(i) * given["budget"]) for i in range(len(given["chars"]))]


def unimax_shares(given: dict[str, Any]) -> dict[str, Any]:
    tokens = unimax(given)
    return {"tokens": tokens, "p": [count / given["budget"] for count in tokens]}


def waterfill(given: dict[str, Any]) -> dict[str, Any]:
    filling = schemes.cap_shares(
        from_weights(given["w"]), given["caps"], given["budget"], max_epochs=1
    )
    return {"x": [float(filling.ratio(i) * given["budget"]) for i in range(3)], "unmet": 0.0}


def olmo_sizes(given: dict[str, Any]) -> list[int]:
    caps = [s * m for s, m in zip(given["sizes"], given["max_repetition"], strict=True)]
    shares = from_weights(given["ratios"])
    return list(feasibility.sample_sizes(shares, caps, budget=given["target"]))


def olmo_error(given: dict[str, Any]) -> dict[str, Any]:
    with pytest.raises(BudgetInfeasible) as raised:
        olmo_sizes(given)
    found = feasibility.check_budget(
        Shares((1, 1)), given["sizes"], given["max_repetition"], budget=given["target"]
    )
    return {
        "error": True,
        "best": raised.value.capacity,
        "source": raised.value.binding[0],
        "needed": found.shortages[0].max_epochs_needed,
    }


def curve(given: dict[str, Any]) -> dict[str, Any]:
    found = upsampling.upsample(
        given["pool"],
        target=given["target"],
        max_factor=given["M"],
        throw_away=given["throwaway"],
    )
    return {
        "up": found.factors.tolist(),
        "p": found.exponent,
        "lam": found.rate,
        "C": found.scale,
    }


def doremi(given: dict[str, Any]) -> list[float]:
    return online_weights.doremi_step(
        given["alpha"], given["excess"], rate=given["eta"], smoothing=given["c"]
    ).tolist()


def regmix(given: dict[str, Any]) -> dict[str, float]:
    with (HERE / "regmix" / given["runs"]).open() as file:
        header, *rows = csv.reader(file)
    with (HERE / "regmix" / given["losses"]).open() as file:
        losses = {row["index"]: float(row[header_name(row)]) for row in csv.DictReader(file)}
    law = mixing_laws.fit_linear(
        [[float(cell) for cell in row[1:]] for row in rows], [losses[row[0]] for row in rows]
    )
    named = dict(zip(header[1:], law.coefficients.tolist(), strict=True))
    return {
        "intercept": law.intercept,
        "pile_cc": named["train_the_pile_pile_cc"],
        "enron": named["train_the_pile_enron_emails"],
    }


def header_name(row: dict[str, str]) -> str:
    return next(name for name in row if name != "index")


def gpt3(given: dict[str, Any]) -> dict[str, float]:
    # The printed column differs from the formula; both are expected, within the case's tolerance.
    passes = repetition.epochs(round(given["w"] * given["B"]), round(given["U"]))
    assert passes is not None
    return {"formula": passes, "printed": passes}


def ratio_of(given: dict[str, Any]) -> float:
    passes = repetition.epochs(round(given["mix_B"] * 10**9), round(given["pool_B"] * 10**9))
    assert passes is not None
    return passes


RULES: dict[str, Callable[[dict[str, Any]], Any]] = {
    "dc_loss": lambda g: loss(presets.MUENNIGHOFF, g),
    "dc_opt": lambda g: optimum(presets.MUENNIGHOFF, g),
    "dc_UN": lambda g: scaling.matching_parameters(presets.MUENNIGHOFF, g["U"]),
    "dc_eff": lambda g: repetition.effective_tokens([g["epochs"] * 1e9], [1e9])[0] / 1e9,
    "chin_rounded": lambda g: optimum(presets.HOFFMANN_PRINTED, g),
    "chin_rounded_L": lambda g: loss(presets.HOFFMANN_PRINTED, g),
    "chin_precise": lambda g: optimum(presets.HOFFMANN_UNROUNDED, g),
    "chin_precise_L": lambda g: loss(presets.HOFFMANN_UNROUNDED, g),
    "chin_besiroglu": lambda g: optimum(presets.BESIROGLU_2024, g),
    "chin_besiroglu_L": lambda g: loss(presets.BESIROGLU_2024, g),
    "chin_table3": lambda g: (
        1 + scaling.compute_gap(parameters=g["N"], tokens=g["D"], flops=g["C"])
    ),
    "chin_typo": typo,
    "temperature": lambda g: schemes.temperature(
        [round(p * 10**6) for p in g["p"]], alpha=g["alpha"]
    ).ratios.tolist(),
    "seqio": lambda g: schemes.seqio(
        g["n"], temperature=g["T"], maximum=g["maximum"]
    ).ratios.tolist(),
    "neox_w": lambda g: blending.neox_weights(g["num_docs"], alpha=g["alpha"]).tolist(),
    "neox_w_uniform": lambda g: blending.neox_weights(g["num_docs"], alpha=g["alpha"]).tolist(),
    "neox_n": lambda g: list(blending.neox_samples(g["weights"], g["N"])),
    "megatron_blend": lambda g: list(blending.megatron_order(g["weights"], g["size"])),
    "unimax": unimax,
    "unimax2": unimax_shares,
    "unimax3": unimax,
    "waterfill": waterfill,
    "olmo_sizes": olmo_sizes,
    "olmo_sizes_err": olmo_error,
    "llama1_implied": lambda g: repetition.implied_unique_tokens(g["w"], g["B"], g["epochs"]),
    "gpt3_epochs": gpt3,
    "dolma3_epochs": ratio_of,
    "pile_eff": lambda g: (
        apportionment.token_caps([round(g["raw"] * 10**9)], [g["epochs"]], count=1)[0] / 10**9
    ),
    "dolma3_curve": curve,
    "two_domain_opt": lambda g: mixing_laws.two_source_optimum(
        b1=g["b1"], k1=g["k1"], b2=g["b2"], k2=g["k2"]
    ),
    "doremi_step": doremi,
    "doremi_step_repo": doremi,
    "mixmin": lambda g: mixing_laws.mixmin(g["P"]).tolist(),
    "olmix_cap": lambda g: schemes.largest_ratios(
        g["N"], budget=g["R"], max_epochs=g["k"]
    ).tolist(),
    "regmix_linear_coef": regmix,
    "bimix": lambda g: mixing_laws.bimix_loss(
        a=g["A"], alpha=g["alpha"], b=g["B"], beta=g["beta"], c=g["C"], share=g["r"], steps=g["s"]
    ),
    "ado": lambda g: online_weights.ado_preferences(
        g["mu"], g["h"], g["n"], g["beta"], g["alpha"], smoothing=g["s"]
    ).tolist(),
    "img_openai": lambda g: [media_tokens.openai_image(*size) for size in g["images"]],
    "img_gemini": lambda g: [media_tokens.gemini_image(*size) for size in g["images"]],
    "img_qwen2vl": lambda g: [media_tokens.qwen2_vl_image(*size) for size in g["images"]],
    "img_patch": lambda g: [media_tokens.patch_image(*case) for case in g["cases"]],
    "speech_words": lambda g: [
        media_tokens.speech_text(1, words_per_minute=rate) for rate in g["wpm"]
    ],
    "deepseek_chars": lambda g: [
        media_tokens.deepseek_text(english_characters=g["en_chars"]),
        media_tokens.deepseek_text(chinese_characters=g["zh_chars"]),
    ],
}


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['case']}-{case['number']}")
def test_published_value(case: dict[str, Any]) -> None:
    assert_close(RULES[case["case"]](case["given"]), case["expected"], case["tolerance"])


@pytest.mark.parametrize(
    ("passes", "worth", "average", "marginal"),
    [
        (1, 1, 1, 1),
        (3, 2.8755, 0.958, 0.878),
        (7, 5.9685, 0.853, 0.677),
        (8, 6.6241, 0.828, 0.635),
        (10, 7.8141, 0.781, 0.557),
        (20, 11.9113, 0.596, 0.291),
        (40, 15.1675, 0.379, 0.079),
        (44, 15.4468, 0.351, 0.061),
    ],
)
def test_worth_of_repeats(passes: int, worth: float, average: float, marginal: float) -> None:
    found = repetition.effective_tokens([passes], [1])[0]
    assert found == pytest.approx(worth, abs=5e-5)
    assert found / passes == pytest.approx(average, abs=5e-4)
    assert repetition.marginal_value([passes], [1])[0] == pytest.approx(marginal, abs=5e-4)


@pytest.mark.parametrize(
    ("parameters", "flops", "tokens"),
    [
        (400e6, 1.92e19, 8.0e9),
        (1e9, 1.21e20, 20.2e9),
        (10e9, 1.23e22, 205.1e9),
        (67e9, 5.76e23, 1.5e12),
        (175e9, 3.85e24, 3.7e12),
        (280e9, 9.90e24, 5.9e12),
        (520e9, 3.43e25, 11.0e12),
        (1e12, 1.27e26, 21.2e12),
        (10e12, 1.30e28, 216.2e12),
    ],
)
def test_table_3_of_hoffmann_passes_the_compute_check(
    parameters: float, flops: float, tokens: float
) -> None:
    """Hoffmann et al., arXiv 2203.15556, Table 3: every row of approach one."""
    assert scaling.compute_gap(parameters=parameters, tokens=tokens, flops=flops) < 0.05


def test_linear_law_of_regmix_has_the_measured_coefficients() -> None:
    """Ordinary least squares on the 512 runs, to 1e-4: the design is badly conditioned."""
    with (HERE / "regmix" / "train_mixture_1m.csv").open() as file:
        header, *rows = csv.reader(file)
    with (HERE / "regmix" / "pile_cc_loss.csv").open() as file:
        _, *losses = csv.reader(file)
    assert [row[0] for row in rows] == [row[0] for row in losses]
    law = mixing_laws.fit_linear(
        [[float(cell) for cell in row[1:]] for row in rows], [float(row[1]) for row in losses]
    )
    named = {
        name.removeprefix("train_the_pile_"): value
        for name, value in zip(header[1:], law.coefficients.tolist(), strict=True)
    }
    assert law.intercept == pytest.approx(11.305984, abs=1e-4)
    assert named["arxiv"] == pytest.approx(-5.173507, abs=1e-4)
    assert named["hackernews"] == pytest.approx(-6.713470, abs=1e-4)
    assert named["philpapers"] == pytest.approx(-6.965720, abs=1e-4)
    sums = np.array([[float(cell) for cell in row[1:]] for row in rows]).sum(axis=1)
    assert not math.isclose(sums.min(), sums.max(), abs_tol=1e-12)


def test_data_constrained_optimum_without_a_limit_is_the_closed_form() -> None:
    free = scaling.optimum(presets.MUENNIGHOFF, flops=1e21)
    limited = data_constrained.optimum(presets.MUENNIGHOFF, flops=1e21, unique_tokens=1e15)
    assert limited.tokens == pytest.approx(free.tokens, rel=4e-3)
    assert limited.epochs == 1.0
