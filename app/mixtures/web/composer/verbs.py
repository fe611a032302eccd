"""What the composer's forms ask for, by the value of their field `do`, as edits of the draft."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from app.accounts.viewers import Viewer
from app.errors import InvalidInput
from app.mixtures import catalogue, sources
from app.mixtures.content import Content, Purpose
from app.mixtures.edits import cells as cell_edits
from app.mixtures.edits import components as component_edits
from app.mixtures.edits import phases as phase_edits
from app.mixtures.edits import remedies
from app.mixtures.edits.results import Bench, Edit, Edited
from app.mixtures.edits.several import Step, several
from app.mixtures.queries import runs as run_queries
from app.mixtures.sources import Found
from app.mixtures.web.composer import cells, groups, settings
from app.mixtures.web.composer.adding import read_filter
from app.mixtures.words.plans import MAX_NAMED
from app.web.forms import FormData

# Where the page goes after an edit: the position of a phase, from the content after it.
Show = Callable[[Content, int], int]


@dataclass(frozen=True)
class Asked:
    """One edit that somebody asks for: the form, the phase that it is about, and who asks."""

    form: FormData
    phase: str
    session: Session
    viewer: Viewer

    def text(self, name: str) -> str:
        """Return a field of the form."""
        return self.form.text(name)


@dataclass(frozen=True)
class Deed:
    """An edit, and which phase the page shows after it."""

    edit: Edit
    show: Show = lambda _content, index: index


def read(asked: Asked) -> Deed:
    """
    Return the edit that a form asks for.

    Raises
    ------
    InvalidInput
        If there is none of that name, or a field of it does not fit.
    """
    verb = VERBS.get(asked.text("do"))
    if verb is None:
        raise InvalidInput("The page is too old to be sent. Open it again.", field="do")
    return verb(asked)


def _cells(asked: Asked) -> Deed:
    """Change what was typed into the table; its buttons take rows out, lock or unlock all."""
    changed = cells.read_changed(asked.form)
    steps = cells.steps_of(asked.phase, changed)
    gone = [slug for slug in asked.form.all("remove") if slug]
    if gone:
        steps.append(Step("remove", component_edits.remove_components(asked.phase, gone)))
    locked = asked.text("lock_all")
    if locked:
        steps.append(Step("lock_all", _lock_all(asked.phase, locked=locked == "1")))
    return Deed(several(asked.phase, steps))


def _lock_all(phase: str, *, locked: bool) -> Edit:
    def edit(bench: Bench) -> Edited:
        found = next(one for one in bench.content.phases if one.name == phase)
        slugs = [one.dataset for one in found.components if one.locked != locked]
        return cell_edits.change_many(phase, slugs, locked=locked)(bench)

    return edit


def _row(asked: Asked) -> Deed:
    """Change what the details of one row say."""
    slug = asked.text("dataset")
    least = cells.read_share(asked.text("min_ratio"), field="min_ratio")
    most = cells.read_share(asked.text("max_ratio"), field="max_ratio")
    synthetic = {"yes": True, "no": False}.get(asked.text("synthetic"))
    price = settings.read_number(asked.text("price"), field="price")

    def edit(bench: Bench) -> Edited:
        at = next(one for one in bench.content.phases if one.name == asked.phase)
        one = next((part for part in at.components if part.dataset == slug), None)
        steps = []
        if one is None or (one.min_ratio, one.max_ratio) != (least, most):
            limits = cell_edits.set_ratio_limits(asked.phase, slug, least=least, most=most)
            steps.append(Step("min_ratio", limits))
        if one is not None and one.synthetic != synthetic:
            steps.append(
                Step("synthetic", cell_edits.set_synthetic(asked.phase, slug, synthetic=synthetic))
            )
        if one is not None and one.price != price:
            steps.append(Step("price", cell_edits.set_price(asked.phase, slug, price)))
        return several(asked.phase, steps)(bench)

    return Deed(edit)


def _move(asked: Asked) -> Deed:
    place = asked.text("to")
    if not place.isdecimal() or len(place) > 5:  # noqa: PLR2004  longer is no place in a list
        raise InvalidInput(
            "Write the place in the list as a number, 1 being the first.", field="to"
        )
    return Deed(component_edits.move_component(asked.phase, asked.text("dataset"), int(place) - 1))


def _budget(asked: Asked) -> Deed:
    tokens = phase_edits.read_budget(asked.text("token_budget"))
    return Deed(phase_edits.set_budget(asked.phase, tokens))


def _total_budget(asked: Asked) -> Deed:
    tokens = phase_edits.read_budget(asked.text("total_budget"), field="total_budget")
    return Deed(_at_field("total_budget", phase_edits.set_total_budget(tokens)))


def _at_field(field: str, edit: Edit) -> Edit:
    def done(bench: Bench) -> Edited:
        try:
            return edit(bench)
        except InvalidInput as error:
            error.field = field
            raise

    return done


def _phase(asked: Asked) -> Deed:
    """Change what the settings of a phase say."""
    return Deed(settings.phase_edit(asked.form, asked.phase))


def _mixture(asked: Asked) -> Deed:
    """Change what counts for all phases: tokenizer, size of the model, earlier runs."""
    catalogue.require_tokenizer(asked.session, asked.text("tokenizer"))
    run_queries.require_runs(
        asked.session, settings.read_carried(asked.text("carried")), asked.viewer
    )
    return Deed(settings.mixture_edit(asked.form))


def _add_phase(asked: Asked) -> Deed:
    purpose = asked.form.text("new_purpose", default=Purpose.PRE_TRAINING)
    tokens = phase_edits.read_budget(asked.text("new_budget"), field="new_budget")
    edit = phase_edits.add_phase(
        asked.text("new_phase"), tokens=tokens, purpose=settings.read_purpose(purpose)
    )
    return Deed(_at_field("new_phase", edit), lambda content, _index: len(content.phases) - 1)


def _copy_phase(asked: Asked) -> Deed:
    return Deed(phase_edits.copy_phase(asked.phase), lambda _content, index: index + 1)


def _remove_phase(asked: Asked) -> Deed:
    return Deed(phase_edits.remove_phase(asked.phase), lambda _content, index: max(index - 1, 0))


def _shift_phase(asked: Asked) -> Deed:
    """Put a phase one place earlier or later."""
    by = -1 if asked.text("by") == "earlier" else 1

    def edit(bench: Bench) -> Edited:
        names = [one.name for one in bench.content.phases]
        place = names.index(asked.phase) if asked.phase in names else 0
        return phase_edits.move_phase(asked.phase, place + by)(bench)

    def show(content: Content, index: int) -> int:
        return min(max(index + by, 0), len(content.phases) - 1)

    return Deed(edit, show)


def _groups(asked: Asked) -> Deed:
    return Deed(groups.edit_of(asked.form, asked.phase))


def _add(asked: Asked) -> Deed:
    """Add the datasets that a result of the search names."""
    return _adding(asked, Found(tuple(asked.form.all("dataset"))), "search")


def _add_list(asked: Asked) -> Deed:
    """Add the lines of a pasted list; lines that name nothing stop it, unless left out."""
    found = sources.from_list(asked.session, asked.form.raw("list"), asked.viewer)
    if not asked.form.is_checked("skip"):
        _refuse_unknown(found)
    if not found.slugs:
        raise InvalidInput("Paste at least one line that names a dataset.", field="list")
    return _adding(asked, found, "list")


def _refuse_unknown(found: Found) -> None:
    if found.ambiguous:
        name, choices = next(iter(found.ambiguous.items()))
        raise InvalidInput(
            "“%(name)s” could be any of %(choices)s. Write the short name of the one you mean, or "
            "leave such lines out.",
            field="list",
            name=name[:100],
            choices=", ".join(choices[:MAX_NAMED]),
        )
    if found.unknown:
        raise InvalidInput(
            "Not in the catalogue: %(names)s. Correct these lines, or leave them out.",
            field="list",
            names=", ".join(name[:60] for name in found.unknown[:MAX_NAMED]),
        )


def _add_recipe(asked: Asked) -> Deed:
    """Add a recipe's counterparts with their printed weights."""
    slug = asked.text("recipe")
    if not slug:
        raise InvalidInput("Choose a recipe.", field="recipe")
    found = sources.from_recipe(asked.session, slug, asked.viewer)
    if not found.slugs:
        raise InvalidInput("No line of this recipe has a counterpart.", field="recipe")
    missing = [one.name for one in found.missing]
    return _adding(asked, found, "recipe", {"recipe": slug, "missing": missing} if missing else {})


def _add_subsets(asked: Asked) -> Deed:
    slug = asked.text("parent")
    if not slug:
        raise InvalidInput("Write the short name of a dataset that has subsets.", field="parent")
    return _adding(asked, sources.from_parent(asked.session, slug, asked.viewer), "subsets")


def _add_found(asked: Asked) -> Deed:
    """Add everything that a search of the catalogue finds."""
    wanted = read_filter(asked.form.values)
    found = sources.from_filter(
        asked.session,
        asked.viewer,
        text=wanted.text,
        filters=wanted.filters,
        subsets=wanted.with_subsets,
    )
    if not found.slugs:
        raise InvalidInput("The search finds no dataset.", field="q")
    return _adding(asked, found, "filter")


def _adding(
    asked: Asked, found: Found, source: str, more: Mapping[str, object] | None = None
) -> Deed:
    add = component_edits.add_components(
        asked.phase, found.slugs, weights=found.weights, source=source
    )

    def edit(bench: Bench) -> Edited:
        done = add(bench)
        return replace(done, params=done.params | dict(more or {}))

    return Deed(edit)


def _remedy(asked: Asked) -> Deed:
    """Take one of the remedies."""
    remedy = remedies.REMEDIES.get(asked.text("remedy"))
    if remedy is None:
        raise InvalidInput("Choose one of the remedies.", field="remedy")
    return Deed(remedy(asked.phase))


ADDING = frozenset({"add", "add_list", "add_recipe", "add_subsets", "add_found"})
VERBS: dict[str, Callable[[Asked], Deed]] = {
    "cells": _cells,
    "row": _row,
    "move": _move,
    "budget": _budget,
    "total_budget": _total_budget,
    "phase": _phase,
    "mixture": _mixture,
    "add_phase": _add_phase,
    "copy_phase": _copy_phase,
    "remove_phase": _remove_phase,
    "shift_phase": _shift_phase,
    "groups": _groups,
    "add": _add,
    "add_list": _add_list,
    "add_recipe": _add_recipe,
    "add_subsets": _add_subsets,
    "add_found": _add_found,
    "remedy": _remedy,
}
