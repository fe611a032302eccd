"""Everything that a computed mixture has to say, as one list: the page, the API and the CLI."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.mixtures.phases import display_name
from app.mixtures.policies import Verdict
from app.mixtures.views import MixtureView, PhaseView
from app.mixtures.words import plans as words
from app.mixtures.words import policies as policy_words
from app.planning.plans.outcome import WarningCode
from app.planning.solving.problem import ConstraintKind
from app.planning.supply.overlap import Overlap
from app.web.errors import sentence
from app.web.i18n import gettext as _

# The composer names the worst overlaps: hundreds of sentences would hide all others.
MOST_OVERLAPS = 20


class Severity(StrEnum):
    """How bad a finding is: an error fails a check, the others do not."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """One sentence about a mixture; `phase` is empty where it is about the whole."""

    severity: Severity
    code: str
    phase: str
    message: str
    dataset: str | None = None


def list_findings(
    view: MixtureView, *, only_active: bool = False, without: frozenset[str] = frozenset()
) -> list[Finding]:
    """
    Return the findings, errors first, in the order of the phases.

    With `only_active` those of the phase that is looked at and of the whole mixture, and of many
    overlaps those that count most tokens twice. `without` are codes of findings to leave out.
    """
    found = [one for one in _whole(view) if one.code not in without]
    for phase in (view.phase,) if only_active else view.phases:
        found += _phase(phase, view, without)
        found += _overlaps(phase, view, most=MOST_OVERLAPS if only_active else None)
    return sorted(found, key=lambda one: one.severity is not Severity.ERROR)


def has_errors(findings: list[Finding]) -> bool:
    """Whether a check fails."""
    return any(one.severity is Severity.ERROR for one in findings)


def lacks_estimates(findings: list[Finding]) -> bool:
    """Whether some data has no estimate, so that nobody knows how much of it there is."""
    return any(one.code == WarningCode.NO_ESTIMATE for one in findings)


def _whole(view: MixtureView) -> Iterator[Finding]:
    for slug in view.missing:
        yield Finding(
            Severity.ERROR,
            "missing_dataset",
            "",
            _("The catalogue has no %(name)s, or you may not see it.", name=slug),
            slug,
        )
    for run in view.missing_runs:
        yield Finding(
            Severity.WARNING,
            "missing_run",
            "",
            _(
                "There is no earlier run %(run)s, or you may not see it: what it drew is not "
                "counted.",
                run=f"{run.mixture}@{run.version}",
            ),
        )
    if not view.is_tokenizer_known:
        yield Finding(
            Severity.ERROR,
            "unknown_tokenizer",
            "",
            _("There is no tokenizer %(name)s.", name=view.content.tokenizer),
        )
    for policy in view.policies:
        if policy.verdict is Verdict.HOLDS:
            continue
        yield Finding(
            Severity.ERROR,
            f"policy_{policy.verdict.value}",
            "",
            _(
                "Policy “%(rule)s”: %(standing)s",
                rule=policy_words.rule(policy.rule, view.facts),
                standing=policy_words.standing(policy, view.facts),
            ),
        )
    for slug, one in view.facts.items():
        if one.is_archived:
            yield Finding(
                Severity.WARNING,
                "archived_dataset",
                "",
                _("%(name)s is archived in the catalogue.", name=display_name(slug, one)),
                slug,
            )


def _phase(phase: PhaseView, view: MixtureView, without: frozenset[str]) -> Iterator[Finding]:
    if phase.problem is not None:
        yield Finding(Severity.ERROR, "problem", phase.name, sentence(phase.problem))
        return
    if phase.plan is None:
        yield Finding(Severity.ERROR, "empty", phase.name, _("The phase has no components yet."))
        return
    for breach in phase.plan.breaches:
        if breach.kind.value in without:
            continue
        is_component = breach.kind is ConstraintKind.MAX_EPOCHS
        message = words.shortage(phase, breach.subject, view.facts) if is_component else ""
        yield Finding(
            Severity.ERROR,
            breach.kind.value,
            phase.name,
            message or words.breach(breach, view.facts),
            breach.subject if is_component else None,
        )
    for name in phase.empty_groups:
        yield Finding(
            Severity.WARNING,
            "empty_group",
            phase.name,
            _("The group %(name)s has no member, so it limits nothing.", name=name),
        )
    for warning in phase.warnings:
        yield Finding(
            Severity.WARNING,
            warning.code.value,
            phase.name,
            words.warning(warning, view.facts),
        )
    yield from _counts(phase, view)


def _overlaps(phase: PhaseView, view: MixtureView, *, most: int | None) -> Iterator[Finding]:
    found: Sequence[Overlap] = phase.detail.overlaps if phase.detail else ()
    if most is not None and len(found) > most:
        found = sorted(found, key=lambda one: -(one.double_tokens or 0))
    for overlap in found[:most]:
        yield Finding(
            Severity.WARNING,
            f"overlap_{overlap.kind.value}",
            phase.name,
            words.overlap(overlap, phase, view.facts),
        )
    left = found[len(found) if most is None else most :]
    if left:
        yield Finding(
            Severity.WARNING,
            "more_overlaps",
            phase.name,
            _(
                "%(n)s more overlaps count fewer tokens twice.",
                n=len(left),
            ),
        )


def _counts(phase: PhaseView, view: MixtureView) -> Iterator[Finding]:
    """Say which counts are not what they seem: of another tokenizer, assumed, with repeats."""
    groups = (
        (
            "foreign_tokenizer",
            [c.dataset for c in phase.components if c.unique and c.unique.is_foreign],
            _("Counted with another tokenizer, or one that is not named: %(names)s."),
        ),
        (
            "rescaled",
            [c.dataset for c in phase.components if c.unique and c.unique.rescaled_from],
            _("Rescaled from another tokenizer by bytes per token: %(names)s."),
        ),
        (
            "assumed_unit",
            [c.dataset for c in phase.components if c.unique and c.unique.is_assumed],
            _("The unit is assumed, not stated: %(names)s."),
        ),
        (
            "has_repeats",
            [c.dataset for c in phase.components if c.unique and c.unique.has_repeats],
            _("The count holds text more than once, so passes are more than shown: %(names)s."),
        ),
    )
    for code, slugs, text in groups:
        if slugs:
            names = words.name_list(slugs, view.facts)
            yield Finding(Severity.WARNING, code, phase.name, text % {"names": names})
