"""The phases of a plan as rows of a form: read, and filled from a run or a mixture version."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from app.errors import AppError
from app.mixtures.edits.phases import read_budget
from app.training import form_values
from app.training.forms import read_number
from app.training.plans.content import MOST_PHASES, PhasePart
from app.training.vocabulary.choices import RECOMPUTE
from app.web.errors import sentence
from app.web.forms import FormData
from app.web.i18n import gettext as _

SPARE_ROWS = 2
SIZES = ("tp", "pp", "cp", "micro_batch")
COLUMNS = ("name", "tokens", "seq", "batch", *SIZES, "recompute")


@dataclass(frozen=True)
class PhaseRow:
    """One row as it is shown; `index` numbers its fields."""

    index: int
    name: str = ""
    tokens: str = ""
    seq: str = ""
    batch: str = ""
    tp: str = ""
    pp: str = ""
    cp: str = ""
    micro_batch: str = ""
    recompute: str = ""


def rows_of(phases: tuple[PhasePart, ...], *, spare: int = SPARE_ROWS) -> list[PhaseRow]:
    """Return the rows of phases, and some to fill in."""
    rows = [
        PhaseRow(
            index=index,
            name=part.name,
            tokens=form_values.spell_tokens(part.tokens),
            seq="" if part.seq is None else str(part.seq),
            batch="" if part.global_batch is None else str(part.global_batch),
            **{name: str(value) for name, value in part.layout.items()},
        )
        for index, part in enumerate(phases)
    ]
    return rows + [PhaseRow(len(rows) + index) for index in range(spare)]


def changed_rows(rows: list[PhaseRow], values: Mapping[str, str]) -> list[PhaseRow]:
    """Return rows with what an address says of them in its place."""
    changed = []
    for row in rows:
        places = {name: f"phase-{row.index}-{name}" for name in COLUMNS}
        texts: dict[str, Any] = {
            name: values[place] for name, place in places.items() if place in values
        }
        changed.append(replace(row, **texts))
    return changed


def typed_rows(form: FormData) -> list[PhaseRow]:
    """Return the rows as they were typed."""
    rows = []
    for index in range(MOST_PHASES):
        texts = {name: form.text(f"phase-{index}-{name}") for name in COLUMNS}
        if any(f"phase-{index}-{name}" in form.values for name in COLUMNS):
            rows.append(PhaseRow(index=index, **texts))
    return rows


def read_phases(form: FormData) -> tuple[PhasePart, ...]:
    """Return the phases of a form; what is wrong is put at its field."""
    parts = []
    for row in typed_rows(form):
        if not any(getattr(row, name) for name in COLUMNS):
            continue
        place = f"phase-{row.index}-"
        tokens = _tokens(form, f"{place}tokens", row.tokens)
        seq = _whole(form, f"{place}seq", row.seq)
        batch = _whole(form, f"{place}batch", row.batch)
        layout: dict[str, Any] = {
            name: _whole(form, f"{place}{name}", getattr(row, name)) for name in SIZES
        }
        if row.recompute in RECOMPUTE:
            layout["recompute"] = row.recompute
        name = " ".join(row.name.split())
        if not name or len(name) > 80 or not name.isprintable():  # noqa: PLR2004  a name
            form.refuse(f"{place}name", _("Name the phase in 1 to 80 characters."))
        elif tokens is not None:
            own = {key: value for key, value in layout.items() if value is not None}
            parts.append(PhasePart(name=name, tokens=tokens, seq=seq, global_batch=batch, **own))
    if not parts and not form.errors:
        form.refuse("phases", _("A plan needs a phase with tokens."))
    return tuple(parts)


def _tokens(form: FormData, name: str, text: str) -> int | None:
    try:
        return read_budget(text, field=name)
    except AppError as error:
        form.refuse(name, sentence(error))
        return None


def _whole(form: FormData, name: str, text: str) -> int | None:
    if not text:
        return None
    number = read_number(text)
    if number is None or number < 1 or number != number.to_integral_value() or number > 10**7:
        form.refuse(name, _("Write a whole number of at least 1."))
        return None
    return int(number)
