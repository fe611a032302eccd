"""What a plan can name, as this installation has it: what is shipped, and what people changed."""

from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import func
from sqlalchemy.orm import Session

from app import audit
from app.accounts.permissions import Permission
from app.accounts.viewers import Viewer, require
from app.compute.hardware.machines import Accelerator
from app.errors import InvalidInput, NotFound, StaleVersion
from app.training.known import Grid, Known, Price, shipped
from app.training.models import TrainingFigure
from app.training.plans import queries
from app.training.presets import AcceleratorPreset

NUMBERS = (
    "peak_tflops",
    "memory_gb",
    "peak_fp8_tflops",
    "sustained_tflops",
    "memory_tb_s",
    "link_gb_s",
    "watts",
)
"""What can be changed of an accelerator."""

NEEDED = frozenset({"peak_tflops", "memory_gb", "memory_tb_s"})
MOST = Decimal(10) ** 7
CODE = 80


def load_known(session: Session) -> Known:
    """Return accelerators, prices and grids with the changes of administrators."""
    rows = queries.list_figures(session)
    known = shipped()
    if not rows:
        return known
    accelerators, prices, grids = dict(known.accelerators), dict(known.prices), dict(known.grids)
    for row in rows:
        if row.kind == "accelerator" and row.code in accelerators:
            accelerators[row.code] = _accelerator(accelerators[row.code], row)
        elif row.kind == "price":
            prices[row.code] = _price(row)
        elif row.kind == "grid":
            grids[row.code] = _grid(row)
    edited = frozenset((row.kind, row.code) for row in rows)
    return Known(accelerators, prices, grids, edited)


def save_figure(
    session: Session,
    kind: str,
    code: str,
    values: Mapping[str, Any],
    *,
    source: str,
    as_of: date,
    revision: int,
    viewer: Viewer,
) -> None:
    """
    Change a row of the tables, or add one.

    Raises
    ------
    NotSignedIn, Forbidden
        If the viewer is no administrator.
    StaleVersion
        If somebody changed it since it was read.
    """
    require(viewer, Permission.MANAGE_SETTINGS)
    row = queries.find_figure(session, kind, code)
    if (row.revision if row else 0) != revision:
        raise StaleVersion("Somebody else changed this row in the meantime. Open it again.")
    before = dict(row.values) if row else None
    if row is None:
        row = TrainingFigure(kind=kind, code=code, revision=0)
        session.add(row)
    row.values = dict(values)
    row.source, row.as_of = source, as_of
    row.revision += 1
    row.edited_by_name = viewer.name
    row.edited_at = func.clock_timestamp()
    session.flush()
    _record(session, viewer, "training.figure_changed", row, before=before, after=dict(values))


def reset_figure(session: Session, kind: str, code: str, *, viewer: Viewer) -> None:
    """
    Take a change back: what is shipped counts again, an added row is gone.

    Raises
    ------
    NotFound
        If nobody changed this row.
    """
    require(viewer, Permission.MANAGE_SETTINGS)
    row = queries.find_figure(session, kind, code)
    if row is None:
        raise NotFound("Nobody changed this row.")
    _record(session, viewer, "training.figure_reset", row, before=dict(row.values), after=None)
    session.delete(row)
    session.flush()


def read_amount(text: str, *, field: str, is_needed: bool) -> float | None:
    """
    Return a number above 0, or None where it may be left out and is.

    Raises
    ------
    InvalidInput
        If it is none.
    """
    clean = text.replace(",", "").replace("，", "").strip()
    if not clean and not is_needed:
        return None
    try:
        number = Decimal(clean)
    except ArithmeticError:
        number = Decimal("NaN")
    if not number.is_finite() or not 0 < number < MOST:
        raise InvalidInput("Write a number above 0.", field=field)
    return float(number)


def _accelerator(known: AcceleratorPreset, row: TrainingFigure) -> AcceleratorPreset:
    names = {field.name for field in fields(Accelerator)}
    changed = {name: value for name, value in row.values.items() if name in names}
    return replace(
        known,
        device=replace(known.device, **changed),
        sources=(f"{row.source} ({row.as_of.isoformat()})",),
        note="",
        unverified=(),
    )


def _price(row: TrainingFigure) -> Price:
    return Price(
        code=row.code,
        accelerator=row.values["accelerator"],
        usd_per_hour=Decimal(row.values["usd_per_hour"]),
        terms=row.values["terms"],
        as_of=row.as_of,
        source=row.source,
    )


def _grid(row: TrainingFigure) -> Grid:
    return Grid(
        code=row.code,
        name={"zh": row.values["zh"], "en": row.values["en"]},
        g_per_kwh=row.values["g_per_kwh"],
        as_of=row.as_of,
        source=row.source,
    )


def _record(
    session: Session,
    viewer: Viewer,
    action: str,
    row: TrainingFigure,
    *,
    before: dict[str, Any] | None,
    after: dict[str, Any] | None,
) -> None:
    audit.record(
        session,
        actor=viewer,
        action=action,
        object_type="training_figure",
        object_id=f"{row.kind}/{row.code}",
        before=before,
        after=after,
    )
