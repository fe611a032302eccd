"""
Every field of a request's form, in the steps that a buyer goes through.

One list serves three things: the form, how what was typed is read, and how a request is shown.
A path leads through `content.RfqIn` or `content.LotIn`; its last part is the field's name there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pydantic import BaseModel

from app.quotes import vocabulary as v
from app.quotes.words import options
from app.web.i18n import gettext as _
from app.web.i18n import later


class Kind(StrEnum):
    """How a field is typed and read."""

    LINE = "line"
    TEXT = "text"
    NUMBER = "number"
    COUNT = "count"
    PERCENT = "percent"
    TARGET = "target"  # a percentage or a plain number, by the metric
    YES_NO = "yes_no"
    CHOICE = "choice"
    DAY = "day"
    MOMENT = "moment"
    LIST = "list"
    LANGUAGES = "languages"
    LANGUAGE = "language"
    CURRENCY = "currency"
    FACTORS = "factors"
    CHECK = "check"


@dataclass(frozen=True, slots=True)
class Field:
    """One field."""

    path: tuple[str, ...]
    label: str
    kind: Kind = Kind.LINE
    choices: type[StrEnum] | None = None
    help: str = ""
    is_needed: bool = False

    @property
    def name(self) -> str:
        """The field's name in the form."""
        return ".".join(self.path)

    def label_text(self) -> str:
        """Return its label in the reader's language."""
        return _(self.label)

    def choice_words(self) -> list[tuple[str, str]]:
        """Return its choices with their words."""
        return options(self.choices) if self.choices else []

    def help_text(self) -> str:
        """Return what helps to fill it in, "" for nothing."""
        return _(self.help) if self.help else ""


@dataclass(frozen=True, slots=True)
class Section:
    """Some fields under a heading."""

    title: str
    fields: Sequence[Field]


@dataclass(frozen=True, slots=True)
class Step:
    """A page of the form."""

    code: str
    title: str
    sections: Sequence[Section]

    @property
    def fields(self) -> list[Field]:
        """Every field of the page."""
        return [field for section in self.sections for field in section.fields]


def _f(path: str, label: str, kind: Kind = Kind.LINE, **more: Any) -> Field:  # noqa: ANN401  of a Field
    return Field(tuple(path.split(".")), label, kind, **more)


HEADER = Step(
    "basics",
    later("Basics"),
    (
        Section(
            later("What and until when"),
            (
                _f(
                    "title",
                    later("Title"),
                    is_needed=True,
                    help=later(
                        "As a vendor would name the job: “40,000 multi-turn dialogues in Mandarin, "
                        "preference labels”."
                    ),
                ),
                _f("description", later("What it is for"), Kind.TEXT),
                _f(
                    "deadline",
                    later("Deadline for quotes"),
                    Kind.MOMENT,
                    help=later(
                        "Quotes are sealed until then, for everybody. It can only be moved later."
                    ),
                ),
                _f(
                    "questions_until",
                    later("Questions until"),
                    Kind.MOMENT,
                    help=later("Answers reach everybody invited; leave time to use them."),
                ),
            ),
        ),
        Section(
            later("Money and conditions"),
            (
                _f(
                    "currency",
                    later("Currency of comparison"),
                    Kind.CURRENCY,
                    help=later("Vendors may quote in another; rates are frozen at closing."),
                ),
                _f(
                    "budget",
                    later("Budget"),
                    Kind.NUMBER,
                    help=later(
                        "Only the team sees it. Above the threshold an approver opens the request."
                    ),
                ),
                _f(
                    "terms.validity_days",
                    later("Quotes valid for, days after the deadline"),
                    Kind.COUNT,
                ),
                _f(
                    "terms.answer_language",
                    later("Language of answers"),
                    Kind.LANGUAGE,
                    help=later("A code such as zh or en."),
                ),
                _f(
                    "terms.confidentiality",
                    later("Confidentiality"),
                    Kind.CHOICE,
                    choices=v.Confidentiality,
                ),
            ),
        ),
    ),
)
TERMS = Step(
    "terms",
    later("Terms"),
    (
        Section(
            later("Security and privacy"),
            (
                _f("terms.security.nda", later("Non-disclosure agreement"), Kind.YES_NO),
                _f(
                    "terms.security.personal_data",
                    later("Personal data in the items"),
                    Kind.CHOICE,
                    choices=v.PersonalData,
                ),
                _f(
                    "terms.security.workplace",
                    later("Where people work"),
                    Kind.CHOICE,
                    choices=v.Workplace,
                ),
                _f(
                    "terms.security.personnel_location",
                    later("Where people are"),
                    help=later("Mainland China, EU, anywhere."),
                ),
                _f(
                    "terms.security.cross_border",
                    later("Data may cross borders"),
                    Kind.CHOICE,
                    choices=v.Allowed,
                ),
                _f(
                    "terms.security.subcontracting",
                    later("Subcontracting, crowd"),
                    Kind.CHOICE,
                    choices=v.Allowed,
                ),
                _f(
                    "terms.security.deletion_certificate",
                    later("Certificate of deletion"),
                    Kind.YES_NO,
                ),
                _f(
                    "terms.security.certifications",
                    later("Certificates wanted"),
                    Kind.LIST,
                    help=later("Parted by commas: ISO 27001, MLPS level 3."),
                ),
            ),
        ),
        Section(
            later("Delivery"),
            (
                _f(
                    "terms.delivery.format",
                    later("File format"),
                    help=later("JSONL, one object a line."),
                ),
                _f("terms.delivery.schema_text", later("Schema"), Kind.TEXT),
                _f("terms.delivery.tool", later("Annotation tool")),
                _f(
                    "terms.delivery.channel",
                    later("Way of delivery"),
                    help=later("Object store, SFTP, the buyer’s tool."),
                ),
                _f("terms.delivery.checksums", later("With checksums"), Kind.YES_NO),
            ),
        ),
        Section(
            later("Contract"),
            (
                _f("terms.commercial.tax_included", later("Prices include tax"), Kind.YES_NO),
                _f(
                    "terms.commercial.invoice_type",
                    later("Invoice"),
                    Kind.CHOICE,
                    choices=v.InvoiceType,
                ),
                _f(
                    "terms.commercial.payment",
                    later("Payment"),
                    help=later("30 / 40 / 30 by milestone."),
                ),
                _f("terms.commercial.late_penalty", later("Penalty for delay")),
                _f(
                    "terms.commercial.ip_owner",
                    later("Rights in the result"),
                    Kind.CHOICE,
                    choices=v.Owner,
                ),
                _f("terms.commercial.derived_licence", later("Licence of what is derived")),
            ),
        ),
        Section(
            later("Annotators"),
            (
                _f(
                    "terms.workers.pay_basis",
                    later("How they are paid"),
                    help=later("By the hour rewards care, by the piece speed."),
                ),
                _f("terms.workers.demographics", later("Who they should be")),
            ),
        ),
    ),
)
LOT_STEP = Step(
    "lot",
    later("Lot"),
    (
        Section(
            later("Task and volume"),
            (
                _f("title", later("Title of the lot"), is_needed=True),
                _f("task", later("Task"), Kind.CHOICE, choices=v.Task, is_needed=True),
                _f(
                    "modality",
                    later("Modality"),
                    Kind.CHOICE,
                    choices=v.Modality,
                    help=later("Left open, it is the one that the task is most often of."),
                ),
                _f("unit", later("Unit"), Kind.CHOICE, choices=v.Unit, is_needed=True),
                _f(
                    "volume",
                    later("Volume"),
                    Kind.NUMBER,
                    is_needed=True,
                    help=later("40000, 40K or 4万."),
                ),
                _f("volume_min", later("At least"), Kind.NUMBER),
                _f("volume_max", later("At most"), Kind.NUMBER),
                _f(
                    "labels_per_item",
                    later("Labels per item"),
                    Kind.COUNT,
                    help=later("How many people label each item independently."),
                ),
                _f(
                    "languages",
                    later("Languages"),
                    Kind.LANGUAGES,
                    help=later("Codes parted by commas: zh, en, yue."),
                ),
                _f("requirements.dialects", later("Dialects"), Kind.LIST),
                _f("requirements.domain", later("Domain")),
                _f(
                    "requirements.expertise",
                    later("Expertise of the annotators"),
                    help=later("Master’s degree in mathematics; native speakers."),
                ),
                _f("description", later("What exactly is to be done"), Kind.TEXT),
            ),
        ),
        Section(
            later("Material"),
            (
                _f("requirements.label_set_size", later("Size of the label set"), Kind.COUNT),
                _f("requirements.samples", later("Sample data")),
                _f("requirements.prelabels", later("Labels provided beforehand")),
                _f("requirements.edge_cases", later("Rule for edge cases"), Kind.TEXT),
                _f(
                    "requirements.unit_factors",
                    later("Other units that may be quoted"),
                    Kind.FACTORS,
                    help=later(
                        "raw_hour=0.7 says that one raw hour counts as 0.7 of the unit. Without a "
                        "factor such a price is not comparable."
                    ),
                ),
            ),
        ),
        Section(
            later("Quality"),
            (
                _f(
                    "requirements.quality.metric",
                    later("Metric"),
                    Kind.CHOICE,
                    choices=v.Metric,
                    help=later(
                        "κ misleads where classes are skewed and needs two raters; α takes more "
                        "raters and gaps; neither fits spans, which F1 does."
                    ),
                ),
                _f(
                    "requirements.quality.target",
                    later("Target"),
                    Kind.TARGET,
                    help=later("Rates as 97 or 97%; α as 0.7."),
                ),
                _f(
                    "requirements.quality.measured_on",
                    later("What one observation is"),
                    Kind.CHOICE,
                    choices=v.MeasuredOn,
                ),
                _f("requirements.quality.definition", later("How it is defined"), Kind.TEXT),
                _f(
                    "requirements.quality.sampling_rate",
                    later("Share that is sampled, %"),
                    Kind.PERCENT,
                ),
                _f(
                    "requirements.quality.sample_size",
                    later("Or items sampled per batch"),
                    Kind.COUNT,
                ),
                _f(
                    "requirements.quality.sampled_by",
                    later("Who samples"),
                    Kind.CHOICE,
                    choices=v.Sampler,
                ),
                _f(
                    "requirements.quality.rejection",
                    later("When a batch is refused"),
                    help=later("Where the sample is under 97%, the whole batch goes back."),
                ),
            ),
        ),
        Section(
            later("Pilot"),
            (
                _f(
                    "requirements.pilot.size",
                    later("Items of the pilot"),
                    Kind.COUNT,
                    help=later("Vendors suggest 200 to 500."),
                ),
                _f("requirements.pilot.is_paid", later("Paid"), Kind.YES_NO),
                _f("requirements.pilot.days", later("Days for it"), Kind.COUNT),
                _f("requirements.pilot.pass_rule", later("When it is passed")),
            ),
        ),
        Section(
            later("Time plan"),
            (
                _f("requirements.schedule.start", later("Start"), Kind.DAY),
                _f("requirements.schedule.per_week", later("Throughput a week"), Kind.NUMBER),
                _f("requirements.schedule.batches", later("Batches"), Kind.COUNT),
                _f("requirements.schedule.final", later("Final delivery"), Kind.DAY),
            ),
        ),
        Section(
            later("Rework"),
            (
                _f("requirements.rework.rounds", later("Free rounds"), Kind.COUNT),
                _f("requirements.rework.is_unlimited", later("Unlimited rounds"), Kind.CHECK),
                _f("requirements.rework.days", later("Days for each"), Kind.COUNT),
                _f("requirements.rework.liability", later("Cap of liability")),
                _f("requirements.rework.after_failure", later("After repeated failure")),
            ),
        ),
    ),
)
GENERAL = (HEADER, TERMS)
LOT = (LOT_STEP,)


def value_at(model: BaseModel | None, path: Sequence[str]) -> Any:  # noqa: ANN401  of any field
    """Return what a path leads to, None where it ends early."""
    found: Any = model
    for name in path:
        if found is None:
            return None
        found = getattr(found, name)
    return found
