"""
Save a version of a mixture: it never changes, and keeps the facts it was computed with.

A version that breaks a policy, or of which nobody can tell, is saved only with a reason.
"""

import math
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy.orm import Session

from app import audit
from app.accounts.viewers import Viewer
from app.errors import Conflict, InvalidInput
from app.mixtures import access, catalogue, counting, loading
from app.mixtures import content as contents
from app.mixtures import facts as dataset_facts
from app.mixtures.content import Content
from app.mixtures.drafts import StaleDraft
from app.mixtures.loading import Known
from app.mixtures.masking import mask
from app.mixtures.models import Mixture, MixtureVersion, PolicyKind
from app.mixtures.policies import PolicyResult, Rule, Verdict
from app.mixtures.queries import drafts as draft_queries
from app.mixtures.queries import versions as version_queries
from app.mixtures.views import MixtureView, PhaseView
from app.planning.supply.overlap import Origin, Relation

MAX_MESSAGE = 2_000


@dataclass(frozen=True)
class Opened:
    """A version with what it was computed to be, from the facts that it keeps."""

    version: MixtureVersion
    content: Content
    view: MixtureView


def save_version(
    session: Session,
    mixture: Mixture,
    *,
    message: str,
    viewer: Viewer,
    revision: int | None = None,
    reason: str | None = None,
) -> MixtureVersion:
    """
    Save the draft as the next version.

    Parameters
    ----------
    revision : int, optional
        The revision that the author has seen; without it, whatever the draft is now.
    reason : str, optional
        Why it is saved although a policy is broken, or nobody can tell.

    Raises
    ------
    StaleDraft
        If the draft is not at `revision` any more.
    Conflict
        If it has no components, cannot be planned, or is the same as the last version.
    InvalidInput
        If it has no message, or needs a reason and has none.
    """
    access.require_edit(viewer, mixture)
    draft = draft_queries.get_draft(session, mixture.id, for_change=True)
    if revision is not None and draft.revision != revision:
        raise StaleDraft(draft, draft_queries.list_edits(session, mixture.id, since=revision))
    clean = _read_text(message, field="message")
    content = contents.read(draft.content)
    known = loading.load_known(session, content, viewer)
    view = loading.compute(content, known, is_whole=True)
    _refuse_incomplete(view)
    written = _read_reason(view.policies, reason)
    session.refresh(mixture, attribute_names=["last_version"], with_for_update=True)
    found_hash = contents.content_hash(content)
    facts = freeze(known, session, content)
    if mixture.last_version:
        _refuse_same(
            version_queries.get_version(session, mixture, mixture.last_version), found_hash, facts
        )
    mixture.last_version += 1
    version = MixtureVersion(
        mixture_id=mixture.id,
        number=mixture.last_version,
        message=clean,
        author_id=viewer.account_id,
        author_name=viewer.name,
        content=contents.to_json(content),
        content_hash=found_hash,
        dataset_slugs=content.datasets(),
        facts=facts,
        results=results_of(view),
        policies=[_policy(one) for one in view.policies],
        reason=written,
    )
    draft.base_version = version.number
    session.add(version)
    session.flush()
    audit.record(
        session,
        actor=viewer,
        action="mixture.version_saved",
        object_type="mixture",
        object_id=str(mixture.id),
        after={"version": version.number, "hash": found_hash, "reason": written},
    )
    return version


def open_version(
    version: MixtureVersion,
    *,
    phase: int = 0,
    is_whole: bool = True,
    with_team: bool = True,
) -> Opened:
    """
    Return a version computed again from what it keeps: the same numbers, whatever changed.

    Without `with_team`, datasets that only the team may know of have no name.
    """
    content, known = contents.read(version.content), thaw(version)
    if not with_team:
        content, known = mask(content, known)
    view = loading.compute(content, known, phase=phase, is_whole=is_whole)
    return Opened(version, content, view)


def freeze(known: Known, session: Session, content: Content) -> dict[str, Any]:
    """Return the JSON of everything that a content was computed with."""
    evidence = catalogue.load_evidence(session, content.datasets())
    counted = counting.tokenizers_of(known.facts, content.tokenizer)
    return {
        "datasets": {slug: dataset_facts.frozen(one) for slug, one in known.facts.items()},
        "evidence": {slug: [asdict(one) for one in found] for slug, found in evidence.items()},
        "relations": [[one.child, one.parent, one.origin.value] for one in known.relations],
        "tokenizers": {
            code: {
                "label": one.label,
                "rates": [
                    [rate.text, rate.kind, rate.language, str(rate.bytes_per_token)]
                    for rate in one.rates
                ],
            }
            for code, one in known.tokenizers.items()
            if code in counted
        },
        "carried": dict(known.carried),
    }


def thaw(version: MixtureVersion) -> Known:
    """Return what a version was computed with."""
    stored = version.facts
    return Known(
        facts={slug: dataset_facts.thawed(one) for slug, one in stored["datasets"].items()},
        relations=[
            Relation(child, parent, Origin(origin)) for child, parent, origin in stored["relations"]
        ],
        tokenizers={
            code: catalogue.thawed_tokenizer(code, one)
            for code, one in stored["tokenizers"].items()
        },
        rules=[rule_of(one) for one in version.policies],
        carried=stored["carried"],
    )


def rule_of(stored: dict[str, Any]) -> Rule:
    """Return the policy that a version was judged by."""
    # Versions that were saved before policies had names have none.
    names = stored.get("names")
    return Rule(
        PolicyKind(stored["kind"]),
        stored["bound"],
        stored["tag"],
        stored["value"],
        names=(names[0], names[1]) if names else None,
    )


def results_of(view: MixtureView) -> dict[str, Any]:
    """Return what was computed, as lists and the API show it without computing it again."""
    return {
        "tokens": {one.dataset: sum(one.phase_tokens) for one in view.exposures},
        "total_tokens": view.total_tokens,
        "is_feasible": view.is_feasible,
        "component_count": len(view.exposures),
        "commercial": _allows(view, "commercial"),
        "phases": [phase_results(phase) for phase in view.phases],
    }


def phase_results(view: PhaseView) -> dict[str, Any]:
    """Return what was computed of a phase."""
    plan = view.plan
    return {
        "name": view.name,
        "total_tokens": view.total_tokens,
        "feasible": view.is_feasible,
        "binding": list(plan.binding) if plan else [],
        "weights_sum": plan.weights_sum if plan else 0,
        "effective_tokens": plan.effective_tokens if plan else 0,
        "components": [
            {
                "dataset": one.dataset,
                "ratio": one.ratio,
                "tokens": one.tokens,
                "epochs": finite(one.epochs.mid) if one.epochs else None,
                "exposure": finite(one.exposure.mid) if one.exposure else None,
                "effective_tokens": one.planned.effective_tokens if one.planned else None,
            }
            for one in view.components
        ],
    }


def finite(value: float | None) -> float | None:
    """Return a number as JSON can hold it: passes over an empty source have none."""
    return value if value is not None and math.isfinite(value) else None


def _allows(view: MixtureView, use: str) -> bool:
    return any(
        one.use == use and one.is_allowed for one in (view.licences.uses if view.licences else ())
    )


def _refuse_incomplete(view: MixtureView) -> None:
    for phase in view.phases:
        if not phase.components:
            raise Conflict(
                "The phase %(phase)s has no components, so there is nothing to save yet. Add some "
                "or take the phase out.",
                phase=phase.name,
            )
        if phase.problem is not None:
            raise phase.problem
    if view.missing:
        raise Conflict(
            "The catalogue has no %(names)s any more, or you may not see it. Take it out first.",
            names=", ".join(view.missing[:5]),
        )


def _refuse_same(last: MixtureVersion, found_hash: str, facts: dict[str, Any]) -> None:
    if last.content_hash == found_hash and last.facts == facts:
        raise Conflict(
            "Nothing changed since version %(number)s, so there is nothing to save.",
            number=last.number,
        )


def _read_reason(results: tuple[PolicyResult, ...], reason: str | None) -> str | None:
    broken = [one for one in results if one.verdict is not Verdict.HOLDS]
    clean = (reason or "").strip()
    if len(clean) > MAX_MESSAGE:
        raise InvalidInput(
            "Write the reason in at most %(most)s characters.", field="reason", most=MAX_MESSAGE
        )
    if broken and not clean:
        raise InvalidInput(
            "%(count)s policies of the team do not hold. Write why the version is saved all the "
            "same.",
            field="reason",
            count=len(broken),
        )
    return clean or None if broken else None


def _read_text(text: str, *, field: str) -> str:
    clean = text.strip()
    if not clean or len(clean) > MAX_MESSAGE:
        raise InvalidInput(
            "Say what changed, in at most %(most)s characters.", field=field, most=MAX_MESSAGE
        )
    return clean


def _policy(result: PolicyResult) -> dict[str, Any]:
    rule = result.rule
    return {
        "kind": rule.kind.value,
        "tag": rule.tag,
        "value": rule.value,
        "names": rule.names,
        "bound": rule.bound,
        "verdict": result.verdict.value,
        "least": finite(result.least),
        "most": finite(result.most),
        "datasets": list(result.datasets),
    }
