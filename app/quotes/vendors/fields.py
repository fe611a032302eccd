"""Every field of a vendor's quote form: one list for the form, how it is read, how it is shown."""

from collections.abc import Sequence

from app.quotes import vocabulary as v
from app.quotes.fields.field import Field, Kind, at
from app.web.i18n import later

HEADER: Sequence[Field] = (
    at(
        "valid_until",
        later("Valid until"),
        Kind.DAY,
        help=later("The last day, in the time zone of this portal."),
    ),
    at(
        "tax_included",
        later("Do the prices include tax?"),
        Kind.YES_NO,
    ),
    at("tax_rate", later("Tax rate"), Kind.PERCENT, help=later("In percent, such as 6.")),
    at("invoice_type", later("Invoice"), Kind.CHOICE, choices=v.InvoiceType),
    at("payment", later("Payment"), help=later("Milestones and terms, such as 30/40/30.")),
    at("reference", later("Your own reference")),
)
WORDING: Sequence[Field] = (
    at(
        "exceptions",
        later("Exceptions to the terms asked for"),
        Kind.TEXT,
        help=later("What you do not take on as written. Nothing: you agree to all of it."),
    ),
    at("note", later("Note to the buyer"), Kind.TEXT),
)
PRICE: Sequence[Field] = (
    at("setup_fee", later("Set-up fee"), Kind.MONEY),
    at("management_fee", later("Management fee"), Kind.MONEY),
    at("pilot_fee", later("Pilot fee"), Kind.MONEY),
    at("moq", later("Minimum order, quantity"), Kind.NUMBER),
    at("minimum_order", later("Minimum order, amount"), Kind.MONEY),
    at(
        "acceptance_rate",
        later("Expected acceptance"),
        Kind.PERCENT,
        help=later("Share of delivered units that pass, in percent. Quotes are compared by it."),
    ),
    at("lead_days", later("Lead time in days"), Kind.COUNT),
)


TERMS: Sequence[Field] = (
    at("terms.quality_target", later("Quality you commit to"), Kind.TARGET),
    at("terms.sampling_rate", later("Share sampled"), Kind.PERCENT),
    at("terms.sampled_by", later("Sampled by"), Kind.CHOICE, choices=v.Sampler),
    at("terms.pilot_size", later("Pilot, units"), Kind.COUNT),
    at("terms.pilot_is_paid", later("Is the pilot paid?"), Kind.YES_NO),
    at("terms.pilot_days", later("Pilot, days"), Kind.COUNT),
    at("terms.start", later("Start"), Kind.DAY),
    at("terms.per_week", later("Units a week"), Kind.NUMBER),
    at("terms.final", later("Final delivery"), Kind.DAY),
    at("terms.rework_rounds", later("Free rounds of rework"), Kind.COUNT),
    at("terms.rework_is_unlimited", later("Rework without limit"), Kind.CHECK),
    at("terms.rework_days", later("Days for a round"), Kind.COUNT),
    at("terms.personal_data", later("Personal data"), Kind.CHOICE, choices=v.PersonalData),
    at("terms.workplace", later("Where people work"), Kind.CHOICE, choices=v.Workplace),
    at("terms.subcontracting", later("Subcontracting, crowd"), Kind.CHOICE, choices=v.Allowed),
    at("terms.ip_owner", later("Rights in the result"), Kind.CHOICE, choices=v.Owner),
    at(
        "terms.certifications", later("Certificates"), Kind.LIST, help=later("Separated by commas.")
    ),
    at("terms.comment", later("Comment"), Kind.TEXT),
)
LOT: Sequence[Field] = (*PRICE, *TERMS)
