"""A training run as somebody fills it in: read, checked, refused with a sentence at its field."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from pydantic import ValidationError

from app.accounts.permissions import Permission
from app.accounts.viewers import Viewer
from app.compute.layout.layouts import Layout
from app.errors import AppError, InvalidInput
from app.mixtures.edits.phases import read_budget
from app.training import form_values, inputs, presets, service
from app.training.api_models import EstimateIn
from app.training.form_values import BY_HAND, PLACES, SHAPE_FIELDS, SPEEDS
from app.training.known import Known, shipped
from app.training.problems import TrainingRefused
from app.training.service import Plan
from app.web.errors import sentence
from app.web.forms import FormData
from app.web.i18n import gettext as _
from app.web.validation import sentence_of

DEFAULT_RUN = "bloom-176b"
# What a run of a mixture's tokens starts from: a common model on a common cluster.
NEW_RUN: Mapping[str, str] = {
    "model": "llama3-8b",
    "accelerator": "h100-sxm",
    "gpus": "128",
    "tp": "1",
    "pp": "1",
    "micro_batch": "1",
    "global_batch": "512",
    "recompute": "selective",
    "optimizer": "fsdp",
}
TEXTS = frozenset(
    {
        "model", "family", "positions", "norm", "qk_norm", "accelerator", "currency", "schedule",
        "recompute", "optimizer", "precision", "attention", "convention", "profile",
    }
)  # fmt: skip
SWITCHES = frozenset(
    {"tied", "bias", "qkv_bias", "embedding_norm", "dropout", "router_bias", "sequence_parallel"}
)
FRACTIONS = frozenset(
    {
        "network_gb_s", "link_gb_s", "peak_tflops", "memory_gb", "watts", "price", "goodput", "pue",
        "grid", "failures", "restart_hours", "checkpoint_hours", "save_seconds", "other_share",
        "overhead_gib", "overhead_band", "optimizer_bytes",
    }
)  # fmt: skip
RAMP_FIELDS = tuple(name for name, place in PLACES.items() if place[0] == "ramp")
FULL_WIDTH = str.maketrans("０１２３４５６７８９，．％", "0123456789,.%")


@dataclass(frozen=True)
class Filled:
    """
    What somebody filled in: the fields as shown, and the body if it can be read.

    `waits_for` are the fields of the batch ramp that are empty yet where others are not; until
    they come the body has no ramp.
    """

    form: FormData
    body: EstimateIn | None
    waits_for: Sequence[str] = ()

    @property
    def values(self) -> dict[str, str]:
        """The fields that are not empty, without a ramp that does not count yet."""
        left_out = RAMP_FIELDS if self.waits_for else ()
        return {
            name: found[0]
            for name, found in self.form.values.items()
            if found and found[0] and name not in left_out
        }


def read_query(
    query: Mapping[str, str],
    *,
    base: Mapping[str, str] | None = None,
    known: Known | None = None,
    may_wait: bool = False,
) -> Filled:
    """
    Read a run from an address; what is missing comes from `base` or from a published run.

    With `may_wait` a ramp that is still being typed does not count yet, instead of being refused.

    An address without a model starts from the run that it names, or from BLOOM's. Without a price
    the newest known one of the accelerator counts.
    """
    given = {name: value[:400].replace("\x00", "") for name, value in query.items()}
    values = dict(base or {})
    if "model" not in given and not values:
        run = presets.runs().get(given.pop("run", DEFAULT_RUN))
        if run is not None:
            values = form_values.values_of_run(run)
    values |= given
    _add_sizes(values)
    price = (known or shipped()).price_of(values.get("accelerator", ""))
    is_in_dollars = values.get("currency", "USD") in {"", "USD"}
    if price is not None and is_in_dollars and not values.get("price"):
        values["price"] = form_values.plain(price.usd_per_hour)
    form = FormData({name: [value] for name, value in values.items()})
    waits_for = [name for name in RAMP_FIELDS if not form.text(name)] if may_wait else []
    if not 0 < len(waits_for) < len(RAMP_FIELDS):
        return Filled(form, read_body(form))
    return Filled(form, read_body(form, without=RAMP_FIELDS), waits_for)


def read_body(form: FormData, *, without: Collection[str] = ()) -> EstimateIn | None:
    """
    Return the body that the fields stand for; None, with errors at the fields, if none.

    Fields of `without` must be numbers where they are filled, but stay out of the body.
    """
    found: dict[str, Any] = {}
    is_by_hand = form.text("model") == BY_HAND
    for name, place in PLACES.items():
        text = form.text(name)
        if not text or (name == "model" and is_by_hand):
            continue
        if name in SHAPE_FIELDS and name != "seq" and not is_by_hand:
            continue
        value = _read(form, name, text)
        if value is not None and name not in without:
            _put(found, place, value)
    _read_speed(form, found)
    if form.errors:
        return None
    found.setdefault("model", {})
    try:
        return EstimateIn.model_validate(found)
    except ValidationError as error:
        for problem in error.errors():
            field = ".".join(str(part) for part in problem["loc"])
            form.refuse(form_values.place_of_field(field), sentence_of(problem))
        return None


def put_refusal(form: FormData, error: AppError) -> dict[str, tuple[int, ...]]:
    """Put what was refused at the fields that it is about; return the values that would do."""
    if not isinstance(error, TrainingRefused):
        form.refuse(form_values.place_of_field(error.field or "model"), sentence(error))
        return {}
    nearest: dict[str, tuple[int, ...]] = {}
    for problem in error.problems:
        field = form_values.place_of_field(problem.field)
        form.refuse(field, problem.message)
        nearest.setdefault(field, problem.nearest)
    return nearest


def may_save(viewer: Viewer) -> bool:
    """Whether a viewer may keep plans: whoever may edit mixtures."""
    return viewer.can(Permission.EDIT_MIXTURES)


def _add_sizes(values: dict[str, str]) -> None:
    """Give sizes by hand where somebody turns from a preset to them."""
    before = values.pop("was", "")
    if values.get("model") != BY_HAND or values.get("layers"):
        return
    preset = presets.models().get(before)
    if preset is not None:
        values |= form_values.values_of_shape(preset.shape) | {
            name: value for name, value in values.items() if value
        }


def _read(form: FormData, name: str, text: str) -> object:
    if name in TEXTS:
        return text
    if name in SWITCHES:
        return text == "yes"
    if name == "tokens":
        return _read_tokens(form, text)
    if name == "stages":
        return _read_list(form, text)
    return _read_amount(form, name, text)


def _read_tokens(form: FormData, text: str) -> float | None:
    try:
        return float(read_budget(text, field="tokens"))
    except AppError as error:
        form.refuse("tokens", sentence(error))
        return None


def _read_amount(form: FormData, name: str, text: str) -> Decimal | float | int | None:
    number = read_number(text)
    if number is None:
        form.refuse(name, _("“%(text)s” is not a number.", text=text[:40]))
        return None
    if name in {"goodput", "other_share"} and number > 1:
        number /= 100  # typed as a percentage
    if name == "price":
        return number
    if name in FRACTIONS:
        return float(number)
    if number != number.to_integral_value():
        form.refuse(name, _("A whole number is wanted here, without a fraction."))
        return None
    return int(number)


def read_number(text: str) -> Decimal | None:
    """
    Read a plain number; commas part thousands, a per cent sign is left out.

    Examples
    --------
    >>> read_number("2,048"), read_number("36.2 %"), read_number("many")
    (Decimal('2048'), Decimal('36.2'), None)
    """
    clean = text.translate(FULL_WIDTH).replace(",", "").replace("%", "").replace(" ", "")
    try:
        number = Decimal(clean)
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number) < Decimal("1e15") else None


def _read_list(form: FormData, text: str) -> list[int] | None:
    parts = text.translate(FULL_WIDTH).replace(",", " ").replace("、", " ").split()
    if not all(part.isdecimal() and len(part) < 7 for part in parts):  # noqa: PLR2004  layers
        form.refuse("stages", _("Write the layers of each stage, such as 5, 6, 6, 5."))
        return None
    return [int(part) for part in parts]


def _read_speed(form: FormData, found: dict[str, Any]) -> None:
    speed, text = form.text("speed"), form.text("speed_value")
    if speed not in SPEEDS:
        return
    number = read_number(text)
    if number is None or number <= 0:
        form.refuse("speed_value", _("Write how fast the run is: a number above 0."))
        return
    if speed == "mfu" and (number > 1 or "%" in text or "％" in text):
        number /= 100
    found["efficiency"] = {SPEEDS[speed]: float(number)}


def _put(found: dict[str, Any], place: tuple[str, ...], value: object) -> None:
    for part in place[:-1]:
        found = found.setdefault(part, {})
    found[place[-1]] = value


def layout_of(filled: Filled) -> Layout | None:
    """Return the layout that was filled in, or None."""
    if filled.body is None:
        return None
    return inputs.make_layout(filled.body.layout, filled.body.hardware.count)


def plan_of(filled: Filled, known: Known) -> Plan:
    """
    Return the plan that was filled in.

    Raises
    ------
    InvalidInput
        What is wrong with it: the first field that is.
    """
    if filled.body is None:
        field, message = next(iter(filled.form.errors.items()))
        raise InvalidInput("%(message)s", field=field, message=message)
    return service.plan_run(filled.body, known)
