"""
What was typed into the cells of the composer's table: which changed, and the edits they are.

A form without JavaScript sends every cell of the phase, with `was`: what the cells showed. With
JavaScript only the changed cells are sent, and `unlock` names the boxes that were cleared.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from app.errors import InvalidInput
from app.mixtures import sentences
from app.mixtures.content import Component
from app.mixtures.edits import cells
from app.mixtures.edits.results import Edit
from app.mixtures.edits.several import Step
from app.mixtures.web.composer.rows import shown_cells
from app.planning.errors import PlanningError
from app.planning.notation.parsing import EntryKind, parse_entry
from app.web.forms import FormData
from app.web.i18n import gettext as _

WEIGHT, MAX, LOCK = "w.", "m.", "l."
_NO_LIMIT = frozenset({"", "-", "–", "∞"})


@dataclass(frozen=True)
class Changed:
    """The cells that somebody changed: the text by field, and the locks by dataset."""

    texts: Mapping[str, str]
    locks: Mapping[str, bool]

    def __bool__(self) -> bool:
        """Whether anything was changed."""
        return bool(self.texts or self.locks)

    def fields(self) -> list[tuple[str, str]]:
        """Return the fields that send these changes again, and nothing else."""
        return [
            *self.texts.items(),
            *((f"{LOCK}{slug}", "1") for slug, locked in self.locks.items() if locked),
            *(("unlock", slug) for slug, locked in self.locks.items() if not locked),
        ]


def pack(components: Sequence[Component]) -> str:
    """Return what the cells of a phase show, for the field `was` of its form."""
    return json.dumps(
        {one.dataset: shown_cells(one) for one in components},
        ensure_ascii=False,
        separators=(",", ":"),
    )


def is_cell(name: str) -> bool:
    """Whether a field is a cell of the table that takes text."""
    return name.startswith((WEIGHT, MAX))


def read_changed(form: FormData) -> Changed:
    """
    Return the cells of a form that differ from what they showed.

    Raises
    ------
    InvalidInput
        If the form is damaged.
    """
    was = _read_was(form.raw("was")) if "was" in form.values else None
    texts: dict[str, str] = {}
    for name in form.values:
        if is_cell(name):
            slug, place = name[len(WEIGHT) :], 0 if name.startswith(WEIGHT) else 1
            shown = was.get(slug) if was is not None else None
            if shown is None or form.text(name) != shown[place]:
                texts[name] = form.text(name)
    ticked = [name[len(LOCK) :] for name in form.values if name.startswith(LOCK)]
    if was is None:
        locks = dict.fromkeys(ticked, True) | dict.fromkeys(form.all("unlock"), False)
    else:
        locks = {
            slug: slug in ticked
            for slug, shown in was.items()
            if (slug in ticked) != bool(shown[2])
        }
    return Changed(texts, locks)


def _read_was(text: str) -> dict[str, tuple[str, str, str]]:
    try:
        found = json.loads(text)
        return {
            str(slug): (str(shown[0]), str(shown[1]), str(shown[2]))
            for slug, shown in found.items()
        }
    except (ValueError, TypeError, AttributeError, LookupError, RecursionError):
        raise InvalidInput(
            "The form is damaged, so nothing was changed. Open the page again."
        ) from None


def steps_of(phase: str, changed: Changed) -> list[Step]:
    """
    Return the edits of changed cells: locks, limits, weights, and last what fixes a share.

    Raises
    ------
    InvalidInput
        If a cell holds what it cannot mean; at its field.
    """
    steps = [
        Step(f"{LOCK}{slug}", cells.set_lock(phase, slug, locked=locked))
        for slug, locked in changed.locks.items()
    ]
    steps += [
        Step(name, cells.set_max_epochs(phase, name[len(MAX) :], read_max(text, field=name)))
        for name, text in changed.texts.items()
        if name.startswith(MAX)
    ]
    return steps + sorted(_entries(phase, changed.texts), key=lambda step: step.fixes is not None)


def _entries(phase: str, texts: Mapping[str, str]) -> Iterator[Step]:
    for name, text in texts.items():
        if name.startswith(WEIGHT):
            slug = name[len(WEIGHT) :]
            entry = cells.read_entry(text, field=name)
            fixes = None if entry.kind is EntryKind.WEIGHT else slug
            yield Step(name, _typed(phase, slug, text), fixes)


def _typed(phase: str, dataset: str, text: str) -> Edit:
    return cells.type_entry(phase, dataset, text)


def read_max(text: str, *, field: str) -> float | None:
    """
    Read a limit of passes: `4`, `4x`, `4 轮`; nothing for no limit.

    Raises
    ------
    InvalidInput
        If it is none.
    """
    if text.strip() in _NO_LIMIT:
        return None
    try:
        entry = parse_entry(text)
    except PlanningError as error:
        raise sentences.explain(error, field=field) from None
    if entry.kind not in {EntryKind.WEIGHT, EntryKind.EPOCHS} or not entry.value:
        raise InvalidInput(
            "Max epochs is a number above zero, such as 4; leave it empty for no limit.",
            field=field,
        )
    return float(entry.value)


def read_share(text: str, *, field: str) -> float | None:
    """
    Read a share in per cent: `20`, `20 %`; nothing for no limit.

    Raises
    ------
    InvalidInput
        If it is none, or not between 0 and 100 per cent.
    """
    if text.strip() in _NO_LIMIT:
        return None
    bare = text.replace("％", "%").strip().removesuffix("%").strip()
    try:
        entry = parse_entry(f"{bare} %")
    except PlanningError:
        raise InvalidInput(
            "Write a share between 0 and 100 per cent, such as 20; nothing for no limit.",
            field=field,
        ) from None
    return float(entry.value)


def names(fields: Iterable[str]) -> str:
    """Return what the cells are called together, for a summary of what was refused."""
    kinds = {
        WEIGHT: _("Weight"),
        MAX: _("Max epochs"),
        LOCK: _("Lock"),
    }
    return ", ".join(dict.fromkeys(kinds[name[:2]] for name in fields if name[:2] in kinds))
