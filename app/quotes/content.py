"""What requests and quotes contain: the same models for the API, for forms and for JSON columns."""

from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Annotated, Any, Self

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    model_validator,
)
from pydantic_core import PydanticCustomError

from app.quotes.vocabulary import (
    Allowed,
    Confidentiality,
    InvoiceType,
    MeasuredOn,
    Metric,
    Modality,
    Owner,
    PersonalData,
    PriceBasis,
    Sampler,
    Task,
    TierKind,
    Unit,
    Workplace,
    default_modality,
)
from app.web.dates import zone
from app.web.i18n import later

MAX_LOTS = 50
MAX_TIERS = 20
MAX_TEXT = 10_000
MAX_MONEY = Decimal(10) ** 15
MAX_VOLUME = Decimal(10) ** 15
FIRST_YEAR, LAST_YEAR = 2000, 2100

NOT_TEXT = later("This text contains characters that cannot be read: NUL or half a character.")
NOT_ONE_LINE = later("Write this in one line, without control characters.")
NO_FLOAT_MONEY = later('Write an amount as a text such as "12.50", or as a number.')


def readable(text: str) -> str:
    """Return a text that can be kept; PydanticCustomError for one that cannot."""
    # Half of a surrogate pair comes through JSON and has no UTF-8; NUL has no place in Postgres.
    if "\x00" in text or any("\ud800" <= one <= "\udfff" for one in text):
        raise PydanticCustomError("not_text", NOT_TEXT)
    return text


def _one_line(text: str) -> str:
    clean = " ".join(readable(text).split())
    if not clean.isprintable():
        raise PydanticCustomError("not_one_line", NOT_ONE_LINE)
    return clean


def _number(value: object) -> object:
    if isinstance(value, bool):
        raise PydanticCustomError("not_amount", NO_FLOAT_MONEY)
    return value


def _plain(value: Decimal) -> str:
    """
    Return a decimal without an exponent or trailing zeros.

    >>> _plain(Decimal("7.50")), _plain(Decimal("1E+3"))
    ('7.5', '1000')
    """
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _end_of_day(value: object) -> object:
    """Return the end of a bare date, in the zone that pages show; anything else as it is."""
    if isinstance(value, str) and len(value) == len("2026-01-31"):
        try:
            value = date.fromisoformat(value)
        except ValueError:
            return value
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime.combine(value, time(23, 59, 59), zone())
    return value


def _sane_moment(value: datetime) -> datetime:
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise PydanticCustomError(
            "year",
            later("Write a date between the years 2000 and 2100."),
        )
    return value.astimezone(UTC)


def _sane_day(value: date) -> date:
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise PydanticCustomError(
            "year",
            later("Write a date between the years 2000 and 2100."),
        )
    return value


def _currency(value: object) -> object:
    return value.strip().upper() if isinstance(value, str) else value


PLAIN = PlainSerializer(_plain, return_type=str, when_used="json")
NUMBER = BeforeValidator(_number)
Line = Annotated[str, Field(max_length=300), AfterValidator(_one_line)]
Title = Annotated[str, Field(min_length=1, max_length=300), AfterValidator(_one_line)]
Text = Annotated[str, Field(max_length=MAX_TEXT), AfterValidator(readable)]
Reason = Annotated[str, Field(max_length=2_000), AfterValidator(readable)]
Currency = Annotated[str, BeforeValidator(_currency), Field(pattern=r"^[A-Z]{3}$")]
Money = Annotated[
    Decimal, NUMBER, Field(ge=0, lt=MAX_MONEY, max_digits=23, decimal_places=8), PLAIN
]
Volume = Annotated[Decimal, NUMBER, Field(gt=0, lt=MAX_VOLUME, decimal_places=3), PLAIN]
Quantity = Annotated[Decimal, NUMBER, Field(ge=0, lt=MAX_VOLUME, decimal_places=3), PLAIN]
Share = Annotated[Decimal, NUMBER, Field(ge=0, le=1, decimal_places=6), PLAIN]
PositiveShare = Annotated[Decimal, NUMBER, Field(gt=0, le=1, decimal_places=6), PLAIN]
TaxRate = Annotated[Decimal, NUMBER, Field(ge=0, lt=1, decimal_places=6), PLAIN]
Factor = Annotated[Decimal, NUMBER, Field(gt=0, lt=10**9, decimal_places=6), PLAIN]
Count = Annotated[int, Field(ge=0, le=10**9)]
Days = Annotated[int, Field(ge=0, le=3_650)]
Language = Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{1,8}){0,3}$", max_length=35)]
Moment = Annotated[AwareDatetime, BeforeValidator(_end_of_day), AfterValidator(_sane_moment)]
Day = Annotated[date, AfterValidator(_sane_day)]
Languages = Annotated[list[Language], Field(max_length=50)]
Names = Annotated[list[Line], Field(max_length=20)]


class Strict(BaseModel):
    """A body in which nothing unknown passes."""

    model_config = ConfigDict(extra="forbid")


# -- What the buyer asks


class Security(Strict):
    """Who may see the items, where, and what happens to them afterwards."""

    nda: bool | None = None
    personal_data: PersonalData | None = None
    workplace: Workplace | None = None
    personnel_location: Line | None = None
    cross_border: Allowed | None = None
    subcontracting: Allowed | None = None
    deletion_certificate: bool | None = None
    certifications: Names = []


class Delivery(Strict):
    """In which form, and by which way, the work comes."""

    format: Line | None = None
    schema_text: Text | None = None
    tool: Line | None = None
    channel: Line | None = None
    checksums: bool | None = None


class Commercial(Strict):
    """What the contract will say."""

    tax_included: bool | None = None
    invoice_type: InvoiceType | None = None
    payment: Line | None = None
    late_penalty: Line | None = None
    ip_owner: Owner | None = None
    derived_licence: Line | None = None


class Workers(Strict):
    """Who does the work, as far as it is asked."""

    pay_basis: Line | None = None
    demographics: Line | None = None


class RfqTerms(Strict):
    """What holds for all lots of a request."""

    answer_language: Language | None = None
    confidentiality: Confidentiality = Confidentiality.CONFIDENTIAL
    validity_days: Days | None = None
    security: Security = Security()
    delivery: Delivery = Delivery()
    commercial: Commercial = Commercial()
    workers: Workers = Workers()


class Quality(Strict):
    """How good the work has to be, how that is measured, and when a batch is refused."""

    metric: Metric | None = None
    definition: Text | None = None
    target: Annotated[Decimal, NUMBER, Field(ge=-1, le=100, decimal_places=6), PLAIN] | None = None
    measured_on: MeasuredOn | None = None
    sampling_rate: PositiveShare | None = None
    sample_size: Count | None = None
    sampled_by: Sampler | None = None
    rejection: Line | None = None


class Pilot(Strict):
    """The trial before the volume."""

    size: Count | None = None
    is_paid: bool | None = None
    days: Days | None = None
    pass_rule: Line | None = None


class Schedule(Strict):
    """When the work comes."""

    start: Day | None = None
    per_week: Quantity | None = None
    batches: Annotated[int, Field(ge=1, le=10_000)] | None = None
    final: Day | None = None


class Rework(Strict):
    """What happens with what was refused; `is_unlimited` rounds have no number."""

    rounds: Annotated[int, Field(ge=0, le=1_000)] | None = None
    is_unlimited: bool = False
    days: Days | None = None
    liability: Line | None = None
    after_failure: Line | None = None


class UnitFactor(Strict):
    """How many of the lot's units one other unit is worth: raw hours, words per item."""

    unit: Unit
    factor: Factor


class LotRequirements(Strict):
    """What a vendor has to know and keep to for one lot."""

    dialects: Names = []
    domain: Line | None = None
    expertise: Line | None = None
    label_set_size: Count | None = None
    samples: Line | None = None
    prelabels: Line | None = None
    edge_cases: Text | None = None
    unit_factors: Annotated[list[UnitFactor], Field(max_length=10)] = []
    quality: Quality = Quality()
    pilot: Pilot = Pilot()
    schedule: Schedule = Schedule()
    rework: Rework = Rework()


class LotIn(Strict):
    """One task line. Without a modality it has the one that its task is most often of."""

    id: Annotated[str, Field(max_length=40)] | None = None
    title: Title
    description: Text | None = None
    task: Task
    modality: Modality | None = None
    unit: Unit
    volume: Volume
    volume_min: Volume | None = None
    volume_max: Volume | None = None
    labels_per_item: Annotated[int, Field(ge=1, le=1_000)] = 1
    languages: Languages = []
    requirements: LotRequirements = LotRequirements()

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.modality is None:
            self.modality = default_modality(self.task)
        low, high = self.volume_min or self.volume, self.volume_max or self.volume
        if not low <= self.volume <= high:
            raise PydanticCustomError(
                "volume_order",
                later("The volume lies between the smallest and the largest volume."),
            )
        return self


class Criterion(Strict):
    """One thing that quotes are scored on, and how much it counts."""

    code: Annotated[str, Field(min_length=1, max_length=40)]
    weight: Annotated[Decimal, NUMBER, Field(ge=0, le=1_000, decimal_places=3), PLAIN]


class RfqIn(Strict):
    """A new request, or all of a changed one. A draft may lack what opening it needs."""

    title: Title
    description: Text | None = None
    deadline: Moment | None = None
    questions_until: Moment | None = None
    currency: Currency = "CNY"
    budget: Money | None = None
    lots: Annotated[list[LotIn], Field(max_length=MAX_LOTS)] = []
    terms: RfqTerms = RfqTerms()
    criteria: Annotated[list[Criterion], Field(max_length=20)] | None = None


# -- What the vendor answers


class TierIn(Strict):
    """A unit price from a quantity on; `kind` is the same in all tiers of a line."""

    from_: Annotated[Quantity, Field(alias="from")] = Decimal(0)
    unit_price: Money
    kind: TierKind = TierKind.MARGINAL

    model_config = ConfigDict(extra="forbid", populate_by_name=True)


class LineTerms(Strict):
    """What a vendor offers for a lot beside its price; what it leaves out is not stated."""

    quality_target: (
        Annotated[Decimal, NUMBER, Field(ge=-1, le=100, decimal_places=6), PLAIN] | None
    ) = None
    sampling_rate: PositiveShare | None = None
    sampled_by: Sampler | None = None
    pilot_size: Count | None = None
    pilot_is_paid: bool | None = None
    pilot_days: Days | None = None
    start: Day | None = None
    per_week: Quantity | None = None
    final: Day | None = None
    rework_rounds: Annotated[int, Field(ge=0, le=1_000)] | None = None
    rework_is_unlimited: bool = False
    rework_days: Days | None = None
    personal_data: PersonalData | None = None
    workplace: Workplace | None = None
    subcontracting: Allowed | None = None
    ip_owner: Owner | None = None
    certifications: Names = []
    comment: Text | None = None


class LineIn(Strict):
    """A price and terms for one lot: its `id`, or its number in the request."""

    lot: Annotated[
        str,
        BeforeValidator(lambda value: str(value) if type(value) is int else value),
        Field(max_length=40),
    ]
    tiers: Annotated[list[TierIn], Field(max_length=MAX_TIERS)] = []
    price_basis: PriceBasis = PriceBasis.UNIT
    price_unit: Unit | None = None
    setup_fee: Money | None = None
    management_fee: Money | None = None
    pilot_fee: Money | None = None
    moq: Quantity | None = None
    minimum_order: Money | None = None
    acceptance_rate: PositiveShare | None = None
    lead_days: Days | None = None
    terms: LineTerms = LineTerms()

    @model_validator(mode="after")
    def _check(self) -> Self:
        starts = [tier.from_ for tier in self.tiers]
        if len(set(starts)) < len(starts):
            raise PydanticCustomError(
                "tiers_twice",
                later("Two tiers start at the same quantity. Keep one of them."),
            )
        if len({tier.kind for tier in self.tiers}) > 1:
            raise PydanticCustomError(
                "tiers_mixed",
                later("The tiers of a line are either all marginal or all for all units."),
            )
        self.tiers.sort(key=lambda tier: tier.from_)
        return self


class QuoteIn(Strict):
    """A vendor's answer. Who the vendor is follows from the invitation, never from here."""

    currency: Currency | None = None
    valid_until: Moment | None = None
    tax_rate: TaxRate | None = None
    tax_included: bool | None = None
    invoice_type: InvoiceType | None = None
    reference: Line | None = None
    payment: Line | None = None
    exceptions: Text | None = None
    note: Text | None = None
    lines: Annotated[list[LineIn], Field(max_length=MAX_LOTS)] = []


def to_json(model: BaseModel) -> dict[str, Any]:
    """Return a model as the JSON that is kept: nothing that was not said."""
    return model.model_dump(mode="json", exclude_none=True)
