"""A search of layouts as somebody fills it in: the run of the calculator, and what limits it."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from app.training import form_values
from app.training.api_models import LayoutsIn
from app.training.forms import Filled, read_number
from app.web.forms import FormData
from app.web.i18n import gettext as _
from app.web.validation import sentence_of

SHOWN, SHOWN_REJECTED = 30, 400
LIMITS = ("max_tp", "max_pp", "max_cp", "max_interleave")


def read_search(filled: Filled) -> LayoutsIn | None:
    """Return the search that the fields stand for; None, with errors at the fields, if none."""
    form, body = filled.form, filled.body
    if body is None:
        return None
    limits = _read_limits(form)
    batch = body.layout.global_batch
    if batch is None:
        form.refuse("global_batch", _("A search needs the global batch in sequences."))
    if form.errors:
        return None
    try:
        return LayoutsIn.model_validate(
            {
                "model": body.model.model_dump(exclude_none=True),
                "hardware": body.hardware.model_dump(exclude_none=True),
                "tokens": body.tokens,
                "global_batch": batch,
                "limits": limits | {"precision": body.layout.precision, "profile": body.profile},
            }
        )
    except ValidationError as error:
        for problem in error.errors():
            place = ".".join(str(part) for part in problem["loc"])
            field = str(problem["loc"][-1])
            form.refuse(
                field if field in LIMITS else form_values.place_of_field(place),
                sentence_of(problem),
            )
        return None


def _read_limits(form: FormData) -> dict[str, Any]:
    limits: dict[str, Any] = {"max_layouts": SHOWN, "max_rejected": SHOWN_REJECTED}
    for name in LIMITS:
        number = read_number(form.text(name)) if form.text(name) else None
        if number is not None:
            limits[name] = int(number)
    if form.text("only"):
        limits["optimizers"] = [form.text("only")]
    if form.text("only_recompute"):
        limits["recompute"] = [form.text("only_recompute")]
    if form.text("micro_batches"):
        limits["micro_batches"] = _read_sizes(form)
    return limits


def _read_sizes(form: FormData) -> list[int]:
    sizes = [read_number(part) for part in form.text("micro_batches").replace(",", " ").split()]
    if None in sizes:
        form.refuse("micro_batches", _("Write sizes such as 1 2 4 8."))
    return [int(size) for size in sizes if size is not None]


def with_layout(values: Mapping[str, str], found: Mapping[str, str]) -> dict[str, str]:
    """Return the fields of a run with another layout; its speed is the layout's own to predict."""
    kept = {
        name: value
        for name, value in values.items()
        if name not in form_values.LAYOUT_FIELDS
        and name not in {"speed", "speed_value", "only", "only_recompute", "micro_batches", *LIMITS}
    }
    return kept | dict(found)
