"""The words of the closed lists of mixtures: schemes, purposes, tags, visibilities, verdicts."""

from collections.abc import Mapping

from app.catalog.models.estimates import EstimateMethod
from app.catalog.models.licences import LicenceClass
from app.catalog.words.labels import LICENCE_CLASSES, METHODS, MODALITIES
from app.mixtures.content import Purpose, Tag
from app.mixtures.facts import DatasetFacts
from app.mixtures.models import Visibility
from app.mixtures.policies import Verdict
from app.mixtures.requests import SYNTHETIC_YES
from app.planning.loss.scaling import Caveat
from app.planning.plans.request import OnShortage, SchemeName
from app.web.i18n import CHINESE, current_locale, later
from app.web.i18n import gettext as _
from app.web.languages import language_name

SCHEMES = {
    SchemeName.AS_WEIGHTED: later("As weighted"),
    SchemeName.PROPORTIONAL: later("Proportional to unique tokens"),
    SchemeName.UNIFORM: later("Uniform"),
    SchemeName.TEMPERATURE: later("Temperature"),
    SchemeName.UNIMAX: later("UniMax"),
    SchemeName.CAPPED: later("As weighted, capped"),
    SchemeName.QUALITY: later("By quality, as Dolma 3"),
}
PURPOSES = {
    Purpose.PRE_TRAINING: later("Pre-training"),
    Purpose.MID_TRAINING: later("Mid-training, annealing"),
    Purpose.LONG_CONTEXT: later("Long context"),
    Purpose.FINE_TUNING: later("Fine-tuning"),
}
TAGS = {
    Tag.LANGUAGE: later("Language"),
    Tag.CATEGORY: later("Category"),
    Tag.MODALITY: later("Modality"),
    Tag.LICENCE: later("Stated licence"),
    Tag.PROVIDER: later("Provider"),
    Tag.SYNTHETIC: later("Synthetic"),
}
VISIBILITIES = {
    Visibility.PRIVATE: later("Only its owner"),
    Visibility.TEAM: later("The team"),
    Visibility.PUBLIC: later("Everybody"),
}
SHORTAGES = {
    OnShortage.REPORT: later("Report it"),
    OnShortage.SHRINK: later("Shrink the budget"),
    OnShortage.RESPREAD: later("Move tokens to the others"),
}
VERDICTS = {
    Verdict.HOLDS: later("holds"),
    Verdict.BROKEN: later("broken"),
    Verdict.CANNOT_TELL: later("cannot tell"),
}
VERDICT_STATES = {Verdict.HOLDS: "good", Verdict.BROKEN: "bad", Verdict.CANNOT_TELL: "warn"}
USES = {"commercial": later("Commercial use"), "research": later("Research use")}
CONDITIONS = {
    "attribution": later("Attribution"),
    "share_alike": later("Share alike"),
    "non_commercial": later("Non-commercial"),
    "no_derivatives": later("No derivatives"),
}
CAVEATS = {
    Caveat.MODEL_OUTSIDE_FIT: later("The model is larger than those the law was fitted on."),
    Caveat.TOKENS_OUTSIDE_FIT: later("The run is longer than those the law was fitted on."),
    Caveat.SINGLE_CORPUS_LAW: later(
        "The law was fitted on single corpora; here components are summed one by one."
    ),
    Caveat.REPEATS_IGNORED: later("These constants know nothing of repeats."),
    Caveat.GRID_EDGE: later("The best point lies at the end of the range that was searched."),
}


def method_word(method: str) -> str:
    """Return the word for how an estimate came about."""
    return METHODS[EstimateMethod(method)].text(current_locale())


def tag_value_word(tag: str, value: str, facts: Mapping[str, DatasetFacts]) -> str:
    """Return the word for one value of a tag in the reader's language."""
    match tag:
        case Tag.LANGUAGE:
            return language_name(value)
        case Tag.LICENCE if value in LICENCE_CLASSES:
            return LICENCE_CLASSES[LicenceClass(value)].text(current_locale())
        case Tag.MODALITY if value in MODALITIES:
            return MODALITIES[value].text(current_locale())
        case Tag.SYNTHETIC:
            return _("Synthetic") if value == SYNTHETIC_YES else _("Not synthetic")
        case Tag.CATEGORY | Tag.PROVIDER:
            return _named(tag, value, facts)
        case _:
            return value


def portion_word(tag: str, values: tuple[str, ...], facts: Mapping[str, DatasetFacts]) -> str:
    """Return the words for a portion: one value, several possible ones, or none known."""
    if not values:
        return _("Not known")
    words = [tag_value_word(tag, value, facts) for value in values[:4]]
    if len(values) > len(words):
        words.append("…")
    return " / ".join(words)


def namesakes(facts: Mapping[str, DatasetFacts]) -> Mapping[str, DatasetFacts]:
    """Return datasets that name every category and provider once: what many words are found in."""
    categories = {one.category: one for one in facts.values()}
    providers = {one.provider: one for one in facts.values()}
    return {one.slug: one for one in (*categories.values(), *providers.values())}


def _named(tag: str, value: str, facts: Mapping[str, DatasetFacts]) -> str:
    is_chinese = current_locale() == CHINESE
    for one in facts.values():
        if tag == Tag.CATEGORY and one.category == value:
            return one.category_zh if is_chinese else one.category_en
        if tag == Tag.PROVIDER and one.provider == value:
            return one.provider_zh if is_chinese else one.provider_en
    return value
