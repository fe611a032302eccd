"""What a vendor answers: the same models for the API, for forms and for JSON columns."""

from decimal import Decimal
from typing import Annotated, Self

from pydantic import BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from app.quotes.content.values import (
    MAX_LOTS,
    MAX_TIERS,
    NUMBER,
    PLAIN,
    Count,
    Currency,
    Day,
    Days,
    Line,
    Moment,
    Money,
    Names,
    PositiveShare,
    Quantity,
    Strict,
    TaxRate,
    Text,
)
from app.quotes.vocabulary import (
    Allowed,
    InvoiceType,
    Owner,
    PersonalData,
    PriceBasis,
    Sampler,
    TierKind,
    Unit,
    Workplace,
)
from app.web.i18n import later


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
    certifications: Names = Field([])
    comment: Text | None = None


class LineIn(Strict):
    """A price and terms for one lot: its `id`, or its number in the request."""

    lot: Annotated[
        str,
        BeforeValidator(lambda value: str(value) if type(value) is int else value),
        Field(max_length=40),
    ]
    tiers: Annotated[list[TierIn], Field(max_length=MAX_TIERS)] = Field([])
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
    lines: Annotated[list[LineIn], Field(max_length=MAX_LOTS)] = Field([])
