"""The history of a draft as sentences: who changed what from what to what."""

from collections.abc import Mapping
from typing import Any

from app.mixtures.edits.results import Moved
from app.mixtures.phases import display_name
from app.mixtures.words.lists import PURPOSES, SCHEMES, SHORTAGES
from app.mixtures.words.plans import Facts, passes, share
from app.web import numbers
from app.web.i18n import gettext as _
from app.web.i18n import joined

Params = Mapping[str, Any]


def edit(action: str, params: Params, facts: Facts) -> str:
    """Say what an edit did; whatever is not known any more is named by its short name."""
    if action in {"undo", "redo"}:
        done = edit(params.get("action", ""), params.get("params", {}), facts)
        return (
            _("undone: %(edit)s", edit=done)
            if action == "undo"
            else _("done again: %(edit)s", edit=done)
        )
    for tell in (_cell, _component, _phase, _whole, _several):
        text = tell(action, params, facts)
        if text is not None:
            return text
    return _("the whole draft was replaced")


def moved(found: tuple[Moved, ...], dataset: str | None, facts: Facts) -> str:
    """Say how much room the others made, the largest change named; empty where none did."""
    # What was just added or taken out made no room: the sentence before says so.
    others = [one for one in found if one.dataset != dataset and one.before and one.after]
    if not others:
        return ""
    first = others[0]
    if len(others) == 1:
        return _(
            "%(name)s went from %(before)s to %(after)s.",
            name=display_name(first.dataset, facts.get(first.dataset)),
            before=share(first.before),
            after=share(first.after),
        )
    return _(
        "%(n)s other components made room or took it up; most of all %(name)s, from %(before)s to "
        "%(after)s.",
        n=len(others),
        name=display_name(first.dataset, facts.get(first.dataset)),
        before=share(first.before),
        after=share(first.after),
    )


def _cell(action: str, params: Params, facts: Facts) -> str | None:
    name = display_name(params.get("dataset", ""), facts.get(params.get("dataset", "")))
    after = params.get("after")
    match action:
        case "weight":
            return _(
                "weight of %(name)s %(before)s → %(after)s",
                name=name,
                before=f"{params['before']:g}",
                after=f"{params['after']:g}",
            )
        case "share":
            return _("share of %(name)s → %(after)s", name=name, after=share(params["after"]))
        case "tokens":
            return _(
                "tokens of %(name)s → %(after)s", name=name, after=numbers.short(params["after"])
            )
        case "epochs":
            return _("passes of %(name)s → %(after)s", name=name, after=passes(params["after"]))
        case "lock" | "unlock" if "count" in params:
            return (
                _("%(n)s components locked", n=params["count"])
                if action == "lock"
                else _("%(n)s components unlocked", n=params["count"])
            )
        case "lock":
            return _("%(name)s locked", name=name)
        case "unlock":
            return _("%(name)s unlocked", name=name)
        case "max_epochs" if isinstance(after, Mapping):
            value = after["max_epochs"]
            return (
                _("no limit of passes for %(name)s", name=name)
                if value is None
                else _("max epochs of %(name)s → %(after)s", name=name, after=passes(value))
            )
        case "ratio_limits":
            return _("least and most share of %(name)s changed", name=name)
        case "synthetic":
            return _("what is known of %(name)s being synthetic changed", name=name)
        case "price":
            return _("price of %(name)s changed", name=name)
        case _:
            return None


def _component(action: str, params: Params, facts: Facts) -> str | None:
    names = [display_name(slug, facts.get(slug)) for slug in params.get("datasets", ())]
    n = params.get("count", len(names))
    shown = joined(names[:3]) + (" …" if n > 3 else "")  # noqa: PLR2004  as many as it names
    match action:
        case "add":
            return (
                _("%(names)s added to %(phase)s", names=shown, phase=params["phase"])
                if n == 1
                else _(
                    "%(n)s components added to %(phase)s: %(names)s",
                    n=n,
                    names=shown,
                    phase=params["phase"],
                )
            )
        case "remove":
            return (
                _("%(names)s taken out of %(phase)s", names=shown, phase=params["phase"])
                if n == 1
                else _(
                    "%(n)s components taken out of %(phase)s: %(names)s",
                    n=n,
                    names=shown,
                    phase=params["phase"],
                )
            )
        case "move":
            return _(
                "%(name)s put elsewhere in the list",
                name=display_name(params["dataset"], facts.get(params["dataset"])),
            )
        case "raise_epochs":
            after = passes(params["after"])
            return (
                _("max epochs of %(names)s raised to %(after)s", names=shown, after=after)
                if n == 1
                else _("max epochs of %(n)s components raised, up to %(after)s", n=n, after=after)
            )
        case "respread":
            return _(
                "%(tokens)s tokens moved to components with room",
                tokens=numbers.short(params["after"]),
            )
        case "solve":
            return _(
                "ratios solved: %(tokens)s tokens moved", tokens=numbers.short(params["after"])
            )
        case _:
            return None


def _phase(action: str, params: Params, facts: Facts) -> str | None:  # noqa: ARG001  as the others
    phase, after = params.get("phase", ""), params.get("after")
    match action:
        case "budget" | "shrink":
            return _(
                "budget of %(phase)s %(before)s → %(after)s",
                phase=phase,
                before=numbers.short(params["before"]),
                after=numbers.short(params["after"]),
            )
        case "scheme":
            words = {name.value: word for name, word in SCHEMES.items()}
            return _(
                "scheme of %(phase)s → %(after)s", phase=phase, after=_(words[params["after"]])
            )
        case "on_shortage":
            words = {name.value: word for name, word in SHORTAGES.items()}
            return _(
                "on a shortage in %(phase)s → %(after)s",
                phase=phase,
                after=_(words[params["after"]]),
            )
        case "purpose":
            words = {name.value: word for name, word in PURPOSES.items()}
            return _(
                "purpose of %(phase)s → %(after)s", phase=phase, after=_(words[params["after"]])
            )
        case "groups":
            return _("groups of %(phase)s changed", phase=phase)
        case "whole_limits":
            return _("limits of %(phase)s changed", phase=phase)
        case "add_phase":
            return _("phase %(phase)s added", phase=phase)
        case "copy_phase":
            return _("phase %(phase)s copied as %(after)s", phase=phase, after=after)
        case "remove_phase":
            return _("phase %(phase)s taken out", phase=phase)
        case "rename_phase":
            return _("phase %(phase)s renamed %(after)s", phase=phase, after=after)
        case "move_phase":
            return _("phase %(phase)s put at place %(after)s", phase=phase, after=after)
        case _:
            return None


def _whole(action: str, params: Params, facts: Facts) -> str | None:  # noqa: ARG001  as the others
    match action:
        case "create":
            return _("mixture made")
        case "total_budget":
            return _(
                "budget of all phases %(before)s → %(after)s",
                before=numbers.short(params["before"]),
                after=numbers.short(params["after"]),
            )
        case "tokenizer":
            return _("tokenizer → %(after)s", after=params["after"])
        case "carried":
            names = joined(params["after"])
            return (
                _("seen in earlier runs: %(names)s", names=names)
                if names
                else _("no earlier runs count any more")
            )
        case "model_parameters":
            return _("size of the model changed")
        case "import":
            return _("draft read from a text")
        case "revert":
            return _("draft set back to version %(number)s", number=params["number"])
        case "rebase":
            return _("draft put on the catalogue as it is now")
        case _:
            return None


def _several(action: str, params: Params, facts: Facts) -> str | None:  # noqa: ARG001  as the others
    match action:
        case "cells":
            return _("%(n)s cells of %(phase)s changed", n=params["count"], phase=params["phase"])
        case "settings":
            return _("%(n)s settings changed", n=params["count"])
        case _:
            return None
