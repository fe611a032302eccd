"""Edits of phases: their budget, scheme and purpose, and which there are in which order."""

from app.errors import Conflict, InvalidInput
from app.mixtures import sentences
from app.mixtures.content import (
    MAX_NAME,
    MAX_PHASES,
    Carried,
    Content,
    Group,
    Phase,
    Purpose,
    Scheme,
)
from app.mixtures.edits.cells import freeze
from app.mixtures.edits.results import Bench, Edit, Edited, spot
from app.planning.errors import PlanningError
from app.planning.limits import MAX_TOKENS
from app.planning.notation.parsing import parse_tokens
from app.planning.plans.request import OnShortage, SchemeName
from app.web.i18n import gettext as _


def read_budget(text: str, *, field: str = "token_budget") -> int:
    """
    Read a budget as people type it: 1.5T, 300B, 3000亿, 1.5万亿, 1e12.

    Raises
    ------
    InvalidInput
        If it is no whole number of tokens above zero, or could be two.
    """
    try:
        return parse_tokens(text, low=1)
    except PlanningError as error:
        raise sentences.explain(error, field=field) from None


def set_budget(phase: str, tokens: int) -> Edit:
    """Return the edit that gives a phase another budget; ratios stay."""
    _check_budget(tokens)

    def edit(bench: Bench) -> Edited:
        at = spot(bench.content, phase)
        floor = at.phase.unique_floor
        return Edited(
            content=at.with_phase(
                at.phase.with_(
                    token_budget=tokens,
                    unique_floor=None if floor is None else min(floor, tokens),
                )
            ),
            action="budget",
            params={"phase": phase, "before": at.phase.token_budget, "after": tokens},
        )

    return edit


def set_total_budget(tokens: int) -> Edit:
    """Return the edit that gives the whole mixture another budget, phases in proportion."""
    _check_budget(tokens)

    def edit(bench: Bench) -> Edited:
        content = bench.content
        before = content.total_tokens
        if tokens < len(content.phases):
            raise InvalidInput(
                "%(count)s phases need at least one token each.",
                field="token_budget",
                count=len(content.phases),
            )
        budgets = [max(phase.token_budget * tokens // before, 1) for phase in content.phases]
        # What rounding down left goes to the largest phase.
        largest = max(range(len(budgets)), key=lambda i: budgets[i])
        budgets[largest] += tokens - sum(budgets)
        phases = tuple(
            phase.with_(
                token_budget=budget,
                unique_floor=None
                if phase.unique_floor is None
                else min(phase.unique_floor, budget),
            )
            for phase, budget in zip(content.phases, budgets, strict=True)
        )
        return Edited(
            content=content.with_(phases=phases),
            action="total_budget",
            params={"before": before, "after": tokens},
        )

    return edit


def set_scheme(phase: str, scheme: Scheme) -> Edit:
    """
    Return the edit that chooses a sampling scheme.

    Going back to `as_weighted` keeps the ratios of the scheme before as weights.
    """

    def edit(bench: Bench) -> Edited:
        at = spot(bench.content, phase)
        before = at.phase.scheme
        if scheme.name is SchemeName.AS_WEIGHTED and before.name is not SchemeName.AS_WEIGHTED:
            after = freeze(bench, at)
        else:
            after = at.phase.with_(scheme=scheme)
        return Edited(
            content=at.with_phase(after),
            action="scheme",
            params={"phase": phase, "before": before.name.value, "after": scheme.name.value},
        )

    return edit


def set_on_shortage(phase: str, choice: OnShortage) -> Edit:
    """Return the edit that says what to do where a component is short."""

    def edit(bench: Bench) -> Edited:
        at = spot(bench.content, phase)
        return Edited(
            content=at.with_phase(at.phase.with_(on_shortage=choice)),
            action="on_shortage",
            params={"phase": phase, "before": at.phase.on_shortage.value, "after": choice.value},
        )

    return edit


def set_purpose(phase: str, purpose: Purpose) -> Edit:
    """Return the edit that says what a phase is for."""

    def edit(bench: Bench) -> Edited:
        at = spot(bench.content, phase)
        return Edited(
            content=at.with_phase(at.phase.with_(purpose=purpose)),
            action="purpose",
            params={"phase": phase, "before": at.phase.purpose.value, "after": purpose.value},
        )

    return edit


def set_whole_limits(phase: str, *, unique_floor: int | None, cost_ceiling: float | None) -> Edit:
    """Return the edit that sets the least fresh tokens of a phase, and the most it may cost."""

    def edit(bench: Bench) -> Edited:
        at = spot(bench.content, phase)
        if unique_floor is not None and not 0 < unique_floor <= at.phase.token_budget:
            raise InvalidInput(
                "The tokens seen for the first time cannot be more than the budget.",
                field="unique_floor",
            )
        return Edited(
            content=at.with_phase(
                at.phase.with_(unique_floor=unique_floor, cost_ceiling=cost_ceiling)
            ),
            action="whole_limits",
            params={"phase": phase},
        )

    return edit


def set_groups(phase: str, groups: tuple[Group, ...]) -> Edit:
    """Return the edit that replaces the groups of a phase and their limits."""
    for group in groups:
        if group.min is not None and group.max is not None and group.min > group.max:
            raise InvalidInput(
                "The least share of %(name)s is above its most.", field="groups", name=group.name
            )

    def edit(bench: Bench) -> Edited:
        at = spot(bench.content, phase)
        changed = Phase.model_validate(at.phase.model_dump() | {"groups": groups})
        return Edited(
            content=at.with_phase(changed),
            action="groups",
            params={
                "phase": phase,
                "before": [group.name for group in at.phase.groups],
                "after": [group.name for group in groups],
            },
        )

    return edit


def add_phase(name: str, *, tokens: int, purpose: Purpose = Purpose.PRE_TRAINING) -> Edit:
    """Return the edit that adds an empty phase at the end."""
    clean = read_name(name)
    _check_budget(tokens)

    def edit(bench: Bench) -> Edited:
        _refuse_taken(bench.content, clean)
        _refuse_more(bench.content)
        phase = Phase(name=clean, purpose=purpose, token_budget=tokens)
        return Edited(
            content=bench.content.with_(phases=(*bench.content.phases, phase)),
            action="add_phase",
            params={"phase": clean, "after": tokens},
        )

    return edit


def copy_phase(phase: str, name: str | None = None) -> Edit:
    """Return the edit that puts a copy of a phase behind it."""
    wanted = read_name(name) if name else None

    def edit(bench: Bench) -> Edited:
        content = bench.content
        _refuse_more(content)
        at = spot(content, phase)
        clean = wanted or free_name(content, phase)
        _refuse_taken(content, clean)
        phases = list(content.phases)
        phases.insert(at.index + 1, at.phase.with_(name=clean))
        return Edited(
            content=content.with_(phases=tuple(phases)),
            action="copy_phase",
            params={"phase": phase, "after": clean},
        )

    return edit


def remove_phase(phase: str) -> Edit:
    """Return the edit that takes a phase out; the last one stays."""

    def edit(bench: Bench) -> Edited:
        at = spot(bench.content, phase)
        if len(bench.content.phases) == 1:
            raise Conflict("A mixture has at least one phase, so this one stays.")
        phases = [one for one in bench.content.phases if one.name != phase]
        return Edited(
            content=bench.content.with_(phases=tuple(phases)),
            action="remove_phase",
            params={"phase": phase, "count": len(at.phase.components)},
        )

    return edit


def rename_phase(phase: str, name: str) -> Edit:
    """Return the edit that gives a phase another name."""
    clean = read_name(name)

    def edit(bench: Bench) -> Edited:
        at = spot(bench.content, phase)
        if clean != phase:
            _refuse_taken(bench.content, clean)
        return Edited(
            content=at.with_phase(at.phase.with_(name=clean)),
            action="rename_phase",
            params={"phase": phase, "after": clean},
        )

    return edit


def move_phase(phase: str, to: int) -> Edit:
    """Return the edit that puts a phase at another position, 0 being the first."""

    def edit(bench: Bench) -> Edited:
        at = spot(bench.content, phase)
        phases = [one for one in bench.content.phases if one.name != phase]
        place = min(max(to, 0), len(phases))
        phases.insert(place, at.phase)
        return Edited(
            content=bench.content.with_(phases=tuple(phases)),
            action="move_phase",
            params={"phase": phase, "before": at.index + 1, "after": place + 1},
        )

    return edit


def set_tokenizer(code: str) -> Edit:
    """Return the edit that counts the mixture in another tokenizer."""

    def edit(bench: Bench) -> Edited:
        return Edited(
            content=bench.content.with_(tokenizer=code),
            action="tokenizer",
            params={"before": bench.content.tokenizer, "after": code},
        )

    return edit


def set_carried(carried: tuple[Carried, ...]) -> Edit:
    """Return the edit that says which versions were trained on before."""

    def edit(bench: Bench) -> Edited:
        return Edited(
            content=bench.content.with_(carried_from=carried),
            action="carried",
            params={"after": [f"{one.mixture} v{one.version}" for one in carried]},
        )

    return edit


def set_model_parameters(parameters: float | None) -> Edit:
    """Return the edit that says how large the model is, for predictions."""

    def edit(bench: Bench) -> Edited:
        return Edited(
            content=bench.content.with_(model_parameters=parameters),
            action="model_parameters",
            params={"before": bench.content.model_parameters, "after": parameters},
        )

    return edit


def read_name(name: str) -> str:
    """
    Return the name of a phase as it is kept.

    Raises
    ------
    InvalidInput
        If it is empty, too long or not one line.
    """
    clean = " ".join(name.split())
    if not clean or len(clean) > MAX_NAME or not clean.isprintable():
        raise InvalidInput(
            "A phase has a name of 1 to %(most)s characters.", field="phase_name", most=MAX_NAME
        )
    return clean


def free_name(content: Content, phase: str) -> str:
    """Return a name for a copy of a phase that no other has."""
    taken = {one.name for one in content.phases}
    number = 2
    while (found := _("%(phase)s %(number)s", phase=phase[: MAX_NAME - 8], number=number)) in taken:
        number += 1
    return found


def _refuse_taken(content: Content, name: str) -> None:
    if any(phase.name == name for phase in content.phases):
        raise InvalidInput("Another phase is called %(name)s.", field="phase_name", name=name)


def _refuse_more(content: Content) -> None:
    if len(content.phases) >= MAX_PHASES:
        raise Conflict("A mixture has at most %(most)s phases.", most=MAX_PHASES)


def _check_budget(tokens: int) -> None:
    if not 1 <= tokens <= MAX_TOKENS:
        raise InvalidInput(
            "A budget lies between 1 and %(most)s tokens.", field="token_budget", most=MAX_TOKENS
        )
