"""Judge weights as all formats do: numbers, finite, above zero, each dataset once, places real."""

import math
from collections.abc import Iterator, Sequence

from app.trainers.kit import findings, placing
from app.trainers.kit.findings import Finding, FindingKind
from app.trainers.kit.outputs import ReadComponent, WeightUnit

# Weights that somebody rounded to six digits sum to 1 as they meant them.
ROUNDED_SUM = 1e-4


def number(value: object) -> float | None:
    """
    Return a number that a text states, None where it is none.

    >>> number("1e-05"), number(2), number(True), number("many")
    (1e-05, 2.0, None, None)
    """
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        return float(value)
    except (ValueError, OverflowError):
        return None


def judge_weight(
    name: str, value: object, line: int | None, *, zero: FindingKind = findings.ZERO
) -> Iterator[Finding]:
    """Yield what is wrong with one weight; `zero` says what the framework does with none."""
    weight = number(value)
    shown = str(value)[:60]
    if weight is None:
        yield findings.NOT_A_NUMBER.at(line, name=name, value=shown)
    elif not math.isfinite(weight):
        yield findings.NOT_FINITE.at(line, name=name, value=shown)
    elif weight < 0:
        yield findings.NEGATIVE.at(line, name=name, value=shown)
    elif weight == 0:
        yield zero.at(line, name=name)


def judge(
    components: Sequence[ReadComponent],
    *,
    zero: FindingKind = findings.ZERO,
    normalises: bool = False,
) -> Iterator[Finding]:
    """
    Yield what is wrong with the components of a phase: each alone, and all together.

    `normalises` is whether the framework divides weights by their sum, which is then said.
    """
    seen: set[str] = set()
    for one in components:
        yield from judge_weight(one.name, one.weight, one.line, zero=zero)
        key = one.key or one.name
        if key in seen:
            yield findings.DUPLICATE_NAME.at(one.line, name=one.name)
        seen.add(key)
        if one.location is not None and placing.name_of(one.location):
            yield findings.PLACEHOLDER.at(one.line, name=one.name)
    if components and all(one.weight == 0 for one in components):
        yield findings.ALL_ZERO.at(components[0].line)
    if normalises:
        yield from _normalised(components)


def judge_sum(
    components: Sequence[ReadComponent], *, tolerance: float, line: int | None = None
) -> Iterator[Finding]:
    """Yield what is wrong with the sum of weights that have to sum to 1."""
    total = math.fsum(one.weight for one in components)
    if components and not abs(total - 1) <= tolerance:
        yield findings.SUM_NOT_ONE.at(
            line or components[0].line, sum=f"{total:.10g}", tol=f"{tolerance:.2g}"
        )


def _normalised(components: Sequence[ReadComponent]) -> Iterator[Finding]:
    """Yield that weights are divided by their sum, where that is not 1 and they are shares."""
    total = math.fsum(one.weight for one in components)
    if all(one.weight == 1 for one in components):
        return  # nobody gave weights, or all the same on purpose
    are_shares = all(one.unit in (WeightUnit.TOKENS, WeightUnit.ROWS) for one in components)
    if are_shares and math.isfinite(total) and total > 0 and abs(total - 1) > ROUNDED_SUM:
        yield findings.NORMALISED.at(components[0].line, sum=f"{total:.10g}")


def usable(components: Sequence[ReadComponent]) -> list[ReadComponent]:
    """Return the components with weights that can be computed with."""
    return [one for one in components if math.isfinite(one.weight) and one.weight > 0]
