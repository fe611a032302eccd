"""What a buyer asks: the same models for the API, for forms and for JSON columns."""

from decimal import Decimal
from typing import Annotated, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from app.quotes.content.values import (
    MAX_LOTS,
    NUMBER,
    PLAIN,
    Count,
    Currency,
    Day,
    Days,
    Factor,
    Language,
    Languages,
    Line,
    Moment,
    Money,
    Names,
    PositiveShare,
    Quantity,
    Strict,
    Text,
    Title,
    Volume,
)
from app.quotes.vocabulary import (
    Allowed,
    Confidentiality,
    InvoiceType,
    MeasuredOn,
    Metric,
    Modality,
    Owner,
    PersonalData,
    Sampler,
    Task,
    Unit,
    Workplace,
    default_modality,
)
from app.web.i18n import later


class Security(Strict):
    """Who may see the items, where, and what happens to them afterwards."""

    nda: bool | None = None
    personal_data: PersonalData | None = None
    workplace: Workplace | None = None
    personnel_location: Line | None = None
    cross_border: Allowed | None = None
    subcontracting: Allowed | None = None
    deletion_certificate: bool | None = None
    certifications: Names = Field([])


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

    dialects: Names = Field([])
    domain: Line | None = None
    expertise: Line | None = None
    label_set_size: Count | None = None
    samples: Line | None = None
    prelabels: Line | None = None
    edge_cases: Text | None = None
    unit_factors: Annotated[list[UnitFactor], Field(max_length=10)] = Field([])
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
    languages: Languages = Field([])
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
    lots: Annotated[list[LotIn], Field(max_length=MAX_LOTS)] = Field([])
    terms: RfqTerms = RfqTerms()
    criteria: Annotated[list[Criterion], Field(max_length=20)] | None = None
