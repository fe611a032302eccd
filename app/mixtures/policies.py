"""
Rules of the team, judged on trained tokens: what holds, what is broken, what nobody can tell.

Pure. Fail-closed: tokens whose tag is not known may have the value, so a limit on a share holds
only if it holds with them, and a least share only without them.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.catalog.models.licences import LicenceClass
from app.mixtures.content import Tag
from app.mixtures.models import PolicyKind
from app.mixtures.rollups import Drawn, by_tag
from app.planning.composition.rollups import Portion
from app.planning.composition.tags import has

_ROUNDING = 1e-9


class Verdict(StrEnum):
    """How a mixture stands to a policy."""

    HOLDS = "holds"
    BROKEN = "broken"
    CANNOT_TELL = "cannot_tell"


@dataclass(frozen=True, slots=True)
class Rule:
    """A policy as a value: what it limits and by how much; `names` are its value's, zh and en."""

    kind: PolicyKind
    bound: float
    tag: str | None = None
    value: str | None = None
    policy_id: int | None = None
    names: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class PolicyResult:
    """
    A policy and how a mixture stands to it.

    `least` and `most` are the share that certainly, and at most, has the value; for passes
    both are the most passes over any component. `datasets` are the components that decide.
    """

    rule: Rule
    verdict: Verdict
    least: float
    most: float
    datasets: tuple[str, ...]

    @property
    def needs_reason(self) -> bool:
        """Whether a version is saved only with a written reason."""
        return self.verdict is not Verdict.HOLDS


def judge(
    rules: Sequence[Rule],
    drawn: Sequence[Drawn],
    passes: Mapping[str, float | None],
) -> tuple[PolicyResult, ...]:
    """
    Judge a mixture by its trained tokens.

    Parameters
    ----------
    rules : sequence of Rule
    drawn : sequence of Drawn
        What all phases draw together.
    passes : mapping of str to float or None
        Exposure by dataset; None without an estimate.
    """
    portions: dict[str, tuple[Portion, ...]] = {}
    found = []
    for rule in rules:
        if rule.kind is PolicyKind.EPOCHS_AT_MOST or rule.tag is None or rule.value is None:
            found.append(_epochs(rule, passes))
            continue
        if rule.tag not in portions:
            portions[rule.tag] = by_tag(drawn, rule.tag)
        found.append(_share(rule, rule.value, portions[rule.tag], drawn))
    return tuple(found)


def _share(
    rule: Rule, value: str, portions: Sequence[Portion], drawn: Sequence[Drawn]
) -> PolicyResult:
    certain = possible = 0.0
    deciding: list[int] = []
    for portion in portions:
        held = [has(rule.tag or "", stated, value) for stated in portion.values]
        is_certain = bool(held) and all(held)
        if any(held) or _is_unknown(rule, value, portion):
            possible += portion.ratio
            certain += portion.ratio if is_certain else 0
            deciding += portion.components
    if rule.kind is PolicyKind.SHARE_AT_MOST:
        verdict = _verdict(possible <= rule.bound + _ROUNDING, certain > rule.bound + _ROUNDING)
    else:
        verdict = _verdict(certain >= rule.bound - _ROUNDING, possible < rule.bound - _ROUNDING)
    datasets = tuple(dict.fromkeys(drawn[i].dataset for i in sorted(deciding)))
    return PolicyResult(rule, verdict, certain, possible, datasets)


def _is_unknown(rule: Rule, value: str, portion: Portion) -> bool:
    """Whether tokens whose tag is not known may have the value."""
    if not portion.values:
        return True
    return (
        rule.tag == Tag.LICENCE
        and portion.values == (LicenceClass.UNKNOWN,)
        and value != LicenceClass.UNKNOWN
    )


def _epochs(rule: Rule, passes: Mapping[str, float | None]) -> PolicyResult:
    over = [slug for slug, value in passes.items() if value is not None and value > rule.bound]
    unknown = [slug for slug, value in passes.items() if value is None]
    most = max((value for value in passes.values() if value is not None), default=0.0)
    verdict = _verdict(not over and not unknown, bool(over))
    return PolicyResult(rule, verdict, most, math.inf if unknown else most, tuple(over or unknown))


def _verdict(holds: bool, is_broken: bool) -> Verdict:
    if is_broken:
        return Verdict.BROKEN
    return Verdict.HOLDS if holds else Verdict.CANNOT_TELL
