"""The form of one lot: task, material, quality, pilot, time plan and rework."""

from app.quotes import vocabulary as v
from app.quotes.fields.field import Kind, Section, Step, at
from app.web.i18n import later

LOT_STEP = Step(
    "lot",
    later("Lot"),
    (
        Section(
            later("Task and volume"),
            (
                at("title", later("Title of the lot"), is_needed=True),
                at("task", later("Task"), Kind.CHOICE, choices=v.Task, is_needed=True),
                at(
                    "modality",
                    later("Modality"),
                    Kind.CHOICE,
                    choices=v.Modality,
                    help=later("Left open, it is the one that the task is most often of."),
                ),
                at("unit", later("Unit"), Kind.CHOICE, choices=v.Unit, is_needed=True),
                at(
                    "volume",
                    later("Volume"),
                    Kind.NUMBER,
                    is_needed=True,
                    help=later("40000, 40K or 4万."),
                ),
                at("volume_min", later("At least"), Kind.NUMBER),
                at("volume_max", later("At most"), Kind.NUMBER),
                at(
                    "labels_per_item",
                    later("Labels per item"),
                    Kind.COUNT,
                    help=later("How many people label each item independently."),
                ),
                at(
                    "languages",
                    later("Languages"),
                    Kind.LANGUAGES,
                    help=later("Codes parted by commas: zh, en, yue."),
                ),
                at("requirements.dialects", later("Dialects"), Kind.LIST),
                at("requirements.domain", later("Domain")),
                at(
                    "requirements.expertise",
                    later("Expertise of the annotators"),
                    help=later("Master’s degree in mathematics; native speakers."),
                ),
                at("description", later("What exactly is to be done"), Kind.TEXT),
            ),
        ),
        Section(
            later("Material"),
            (
                at("requirements.label_set_size", later("Size of the label set"), Kind.COUNT),
                at("requirements.samples", later("Sample data")),
                at("requirements.prelabels", later("Labels provided beforehand")),
                at("requirements.edge_cases", later("Rule for edge cases"), Kind.TEXT),
                at(
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
                at(
                    "requirements.quality.metric",
                    later("Metric"),
                    Kind.CHOICE,
                    choices=v.Metric,
                    help=later(
                        "κ misleads where classes are skewed and needs two raters; α takes more "
                        "raters and gaps; neither fits spans, which F1 does."
                    ),
                ),
                at(
                    "requirements.quality.target",
                    later("Target"),
                    Kind.TARGET,
                    help=later("Rates as 97 or 97%; α as 0.7."),
                ),
                at(
                    "requirements.quality.measured_on",
                    later("What one observation is"),
                    Kind.CHOICE,
                    choices=v.MeasuredOn,
                ),
                at("requirements.quality.definition", later("How it is defined"), Kind.TEXT),
                at(
                    "requirements.quality.sampling_rate",
                    later("Share that is sampled, %"),
                    Kind.PERCENT,
                ),
                at(
                    "requirements.quality.sample_size",
                    later("Or items sampled per batch"),
                    Kind.COUNT,
                ),
                at(
                    "requirements.quality.sampled_by",
                    later("Who samples"),
                    Kind.CHOICE,
                    choices=v.Sampler,
                ),
                at(
                    "requirements.quality.rejection",
                    later("When a batch is refused"),
                    help=later("Where the sample is under 97%, the whole batch goes back."),
                ),
            ),
        ),
        Section(
            later("Pilot"),
            (
                at(
                    "requirements.pilot.size",
                    later("Items of the pilot"),
                    Kind.COUNT,
                    help=later("Vendors suggest 200 to 500."),
                ),
                at("requirements.pilot.is_paid", later("Paid"), Kind.YES_NO),
                at("requirements.pilot.days", later("Days for it"), Kind.COUNT),
                at("requirements.pilot.pass_rule", later("When it is passed")),
            ),
        ),
        Section(
            later("Time plan"),
            (
                at("requirements.schedule.start", later("Start"), Kind.DAY),
                at("requirements.schedule.per_week", later("Throughput a week"), Kind.NUMBER),
                at("requirements.schedule.batches", later("Batches"), Kind.COUNT),
                at("requirements.schedule.final", later("Final delivery"), Kind.DAY),
            ),
        ),
        Section(
            later("Rework"),
            (
                at("requirements.rework.rounds", later("Free rounds"), Kind.COUNT),
                at("requirements.rework.is_unlimited", later("Unlimited rounds"), Kind.CHECK),
                at("requirements.rework.days", later("Days for each"), Kind.COUNT),
                at("requirements.rework.liability", later("Cap of liability")),
                at("requirements.rework.after_failure", later("After repeated failure")),
            ),
        ),
    ),
)
