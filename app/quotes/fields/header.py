"""The first step of a request's form: what is wanted, until when, for how much."""

from app.quotes import vocabulary as v
from app.quotes.fields.field import Kind, Section, Step, at
from app.web.i18n import later

HEADER = Step(
    "basics",
    later("Basics"),
    (
        Section(
            later("What and until when"),
            (
                at(
                    "title",
                    later("Title"),
                    is_needed=True,
                    help=later(
                        "As a vendor would name the job: “40,000 multi-turn dialogues in Mandarin, "
                        "preference labels”."
                    ),
                ),
                at("description", later("What it is for"), Kind.TEXT),
                at(
                    "deadline",
                    later("Deadline for quotes"),
                    Kind.MOMENT,
                    help=later(
                        "Quotes are sealed until then, for everybody. It can only be moved later."
                    ),
                ),
                at(
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
                at(
                    "currency",
                    later("Currency of comparison"),
                    Kind.CURRENCY,
                    help=later("Vendors may quote in another; rates are frozen at closing."),
                ),
                at(
                    "budget",
                    later("Budget"),
                    Kind.NUMBER,
                    help=later(
                        "Only the team sees it. Above the threshold an approver opens the request."
                    ),
                ),
                at(
                    "terms.validity_days",
                    later("Quotes valid for, days after the deadline"),
                    Kind.COUNT,
                ),
                at(
                    "terms.answer_language",
                    later("Language of answers"),
                    Kind.LANGUAGE,
                    help=later("A code such as zh or en."),
                ),
                at(
                    "terms.confidentiality",
                    later("Confidentiality"),
                    Kind.CHOICE,
                    choices=v.Confidentiality,
                ),
            ),
        ),
    ),
)
