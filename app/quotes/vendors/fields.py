"""Every field of a vendor's quote form: one list for the form, how it is read, how it is shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.quotes import vocabulary as v
from app.quotes.words import options
from app.web.i18n import gettext as _
from app.web.i18n import later


class Kind(StrEnum):
    """How a field is typed and read."""

    MONEY = "money"
    NUMBER = "number"
    COUNT = "count"
    PERCENT = "percent"
    TARGET = "target"  # a percentage or a plain number, by the lot's metric
    YES_NO = "yes_no"
    CHOICE = "choice"
    DAY = "day"
    LINE = "line"
    TEXT = "text"
    LIST = "list"
    CHECK = "check"


@dataclass(frozen=True, slots=True)
class Field:
    """One field; `in_terms` says whether it is one of a line's terms or its own."""

    name: str
    label: str
    kind: Kind = Kind.LINE
    choices: type[StrEnum] | None = None
    help: str = ""
    in_terms: bool = False

    def label_text(self) -> str:
        """Return its label in the reader's language."""
        return _(self.label)

    def help_text(self) -> str | None:
        """Return what helps to fill it in."""
        return _(self.help) if self.help else None

    def choice_words(self) -> list[tuple[str, str]]:
        """Return its choices with their words; the first one says nothing."""
        if self.kind is Kind.YES_NO:
            return [("", _("not stated")), ("yes", _("yes")), ("no", _("no"))]
        return [("", _("not stated")), *options(self.choices)] if self.choices else []


HEADER: Sequence[Field] = (
    Field(
        "valid_until",
        later("Valid until"),
        Kind.DAY,
        help=later("The last day, in the time zone of this portal."),
    ),
    Field(
        "tax_included",
        later("Do the prices include tax?"),
        Kind.YES_NO,
    ),
    Field("tax_rate", later("Tax rate"), Kind.PERCENT, help=later("In percent, such as 6.")),
    Field("invoice_type", later("Invoice"), Kind.CHOICE, v.InvoiceType),
    Field("payment", later("Payment"), help=later("Milestones and terms, such as 30/40/30.")),
    Field("reference", later("Your own reference")),
)
WORDING: Sequence[Field] = (
    Field(
        "exceptions",
        later("Exceptions to the terms asked for"),
        Kind.TEXT,
        help=later("What you do not take on as written. Nothing: you agree to all of it."),
    ),
    Field("note", later("Note to the buyer"), Kind.TEXT),
)
PRICE: Sequence[Field] = (
    Field("setup_fee", later("Set-up fee"), Kind.MONEY),
    Field("management_fee", later("Management fee"), Kind.MONEY),
    Field("pilot_fee", later("Pilot fee"), Kind.MONEY),
    Field("moq", later("Minimum order, quantity"), Kind.NUMBER),
    Field("minimum_order", later("Minimum order, amount"), Kind.MONEY),
    Field(
        "acceptance_rate",
        later("Expected acceptance"),
        Kind.PERCENT,
        help=later("Share of delivered units that pass, in percent. Quotes are compared by it."),
    ),
    Field("lead_days", later("Lead time in days"), Kind.COUNT),
)


def _term(name: str, label: str, kind: Kind = Kind.LINE, **more: object) -> Field:
    return Field(name, label, kind, in_terms=True, **more)  # type: ignore[arg-type]


TERMS: Sequence[Field] = (
    _term("quality_target", later("Quality you commit to"), Kind.TARGET),
    _term("sampling_rate", later("Share sampled"), Kind.PERCENT),
    _term("sampled_by", later("Sampled by"), Kind.CHOICE, choices=v.Sampler),
    _term("pilot_size", later("Pilot, units"), Kind.COUNT),
    _term("pilot_is_paid", later("Is the pilot paid?"), Kind.YES_NO),
    _term("pilot_days", later("Pilot, days"), Kind.COUNT),
    _term("start", later("Start"), Kind.DAY),
    _term("per_week", later("Units a week"), Kind.NUMBER),
    _term("final", later("Final delivery"), Kind.DAY),
    _term("rework_rounds", later("Free rounds of rework"), Kind.COUNT),
    _term("rework_is_unlimited", later("Rework without limit"), Kind.CHECK),
    _term("rework_days", later("Days for a round"), Kind.COUNT),
    _term("personal_data", later("Personal data"), Kind.CHOICE, choices=v.PersonalData),
    _term("workplace", later("Where people work"), Kind.CHOICE, choices=v.Workplace),
    _term("subcontracting", later("Subcontracting, crowd"), Kind.CHOICE, choices=v.Allowed),
    _term("ip_owner", later("Rights in the result"), Kind.CHOICE, choices=v.Owner),
    _term("certifications", later("Certificates"), Kind.LIST, help=later("Separated by commas.")),
    _term("comment", later("Comment"), Kind.TEXT),
)
LOT: Sequence[Field] = (*PRICE, *TERMS)
