"""The step of a request's form that says what holds for all lots."""

from app.quotes import vocabulary as v
from app.quotes.fields.field import Kind, Section, Step, at
from app.web.i18n import later

TERMS = Step(
    "terms",
    later("Terms"),
    (
        Section(
            later("Security and privacy"),
            (
                at("terms.security.nda", later("Non-disclosure agreement"), Kind.YES_NO),
                at(
                    "terms.security.personal_data",
                    later("Personal data in the items"),
                    Kind.CHOICE,
                    choices=v.PersonalData,
                ),
                at(
                    "terms.security.workplace",
                    later("Where people work"),
                    Kind.CHOICE,
                    choices=v.Workplace,
                ),
                at(
                    "terms.security.personnel_location",
                    later("Where people are"),
                    help=later("Mainland China, EU, anywhere."),
                ),
                at(
                    "terms.security.cross_border",
                    later("Data may cross borders"),
                    Kind.CHOICE,
                    choices=v.Allowed,
                ),
                at(
                    "terms.security.subcontracting",
                    later("Subcontracting, crowd"),
                    Kind.CHOICE,
                    choices=v.Allowed,
                ),
                at(
                    "terms.security.deletion_certificate",
                    later("Certificate of deletion"),
                    Kind.YES_NO,
                ),
                at(
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
                at(
                    "terms.delivery.format",
                    later("File format"),
                    help=later("JSONL, one object a line."),
                ),
                at("terms.delivery.schema_text", later("Schema"), Kind.TEXT),
                at("terms.delivery.tool", later("Annotation tool")),
                at(
                    "terms.delivery.channel",
                    later("Way of delivery"),
                    help=later("Object store, SFTP, the buyer’s tool."),
                ),
                at("terms.delivery.checksums", later("With checksums"), Kind.YES_NO),
            ),
        ),
        Section(
            later("Contract"),
            (
                at("terms.commercial.tax_included", later("Prices include tax"), Kind.YES_NO),
                at(
                    "terms.commercial.invoice_type",
                    later("Invoice"),
                    Kind.CHOICE,
                    choices=v.InvoiceType,
                ),
                at(
                    "terms.commercial.payment",
                    later("Payment"),
                    help=later("30 / 40 / 30 by milestone."),
                ),
                at("terms.commercial.late_penalty", later("Penalty for delay")),
                at(
                    "terms.commercial.ip_owner",
                    later("Rights in the result"),
                    Kind.CHOICE,
                    choices=v.Owner,
                ),
                at("terms.commercial.derived_licence", later("Licence of what is derived")),
            ),
        ),
        Section(
            later("Annotators"),
            (
                at(
                    "terms.workers.pay_basis",
                    later("How they are paid"),
                    help=later("By the hour rewards care, by the piece speed."),
                ),
                at("terms.workers.demographics", later("Who they should be")),
            ),
        ),
    ),
)
