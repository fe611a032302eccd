"""Judge weights as all formats do: numbers, finite, above zero, each dataset once, places real."""

import math
from collections.abc import Iterator, Sequence

from app.trainers.kit import findings, placing
from app.trainers.kit.findings import Finding
from app.trainers.kit.outputs import ReadComponent


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


def judge_weight(name: str, value: object, line: int | None) -> Iterator[Finding]:
    """Yield what is wrong with one weight."""
    weight = number(value)
    shown = str(value)[:60]
    if weight is None:
        yield findings.NOT_A_NUMBER.at(line, name=name, value=shown)
    elif not math.isfinite(weight):
        yield findings.NOT_FINITE.at(line, name=name, value=shown)
    elif weight < 0:
        yield findings.NEGATIVE.at(line, name=name, value=shown)
    elif weight == 0:
        yield findings.ZERO.at(line, name=name)


def judge(components: Sequence[ReadComponent]) -> Iterator[Finding]:
    """Yield what is wrong with the components of a phase: each alone, and all together."""
    seen: set[str] = set()
    for one in components:
        yield from judge_weight(one.name, one.weight, one.line)
        key = one.key or one.name
        if key in seen:
            yield findings.DUPLICATE_NAME.at(one.line, name=one.name)
        seen.add(key)
        if one.location is not None and placing.name_of(one.location):
            yield findings.PLACEHOLDER.at(one.line, name=one.name)
    if components and all(one.weight == 0 for one in components):
        yield findings.ALL_ZERO.at(components[0].line)


def judge_sum(
    components: Sequence[ReadComponent], *, tolerance: float, line: int | None = None
) -> Iterator[Finding]:
    """Yield what is wrong with the sum of weights that have to sum to 1."""
    total = math.fsum(one.weight for one in components)
    if components and not abs(total - 1) <= tolerance:
        yield findings.SUM_NOT_ONE.at(
            line or components[0].line, sum=f"{total:.10g}", tol=f"{tolerance:.2g}"
        )


def usable(components: Sequence[ReadComponent]) -> list[ReadComponent]:
    """Return the components with weights that can be computed with."""
    return [one for one in components if math.isfinite(one.weight) and one.weight > 0]
