"""The words that templates of mixtures ask for: one object, so that every page says it alike."""

from app.mixtures.content import Purpose, Tag
from app.mixtures.facts import DatasetFacts
from app.mixtures.models import Visibility
from app.mixtures.phases import display_name
from app.mixtures.policies import PolicyResult, Rule, Verdict
from app.mixtures.tones import STATES, WORDS, Tone
from app.mixtures.words import edits, lists, plans, policies
from app.planning.loss.scaling import Caveat
from app.planning.plans.request import OnShortage, SchemeName
from app.web.i18n import gettext as _
from app.web.i18n import later

STALE = {
    "estimate": later("token estimate"),
    "licence": later("stated licence"),
    "status": later("archived or brought back"),
    "tags": later("language, category or modality"),
    "gone": later("no longer in the catalogue"),
}
Facts = dict[str, DatasetFacts]


class Say:
    """Words by what they are for."""

    edit = staticmethod(edits.edit)
    moved = staticmethod(edits.moved)
    breach = staticmethod(plans.breach)
    conflict = staticmethod(plans.conflict)
    limit = staticmethod(plans.limit)
    method = staticmethod(lists.method_word)
    name = staticmethod(display_name)
    names = staticmethod(plans.name_list)
    overlap = staticmethod(plans.overlap)
    passes = staticmethod(plans.passes)
    portion = staticmethod(lists.portion_word)
    price = staticmethod(plans.price)
    share = staticmethod(plans.share)
    shortage = staticmethod(plans.shortage)
    tag_value = staticmethod(lists.tag_value_word)
    warning = staticmethod(plans.warning)

    @staticmethod
    def tone(tone: Tone) -> str:
        """Return the word of a tone."""
        return _(WORDS[tone])

    @staticmethod
    def tone_state(tone: Tone) -> str:
        """Return the state class of a tone."""
        return STATES[tone]

    @staticmethod
    def scheme(name: str) -> str:
        """Return the word of a sampling scheme."""
        return _(lists.SCHEMES[SchemeName(name)])

    @staticmethod
    def purpose(name: str) -> str:
        """Return the word of a purpose."""
        return _(lists.PURPOSES[Purpose(name)])

    @staticmethod
    def on_shortage(name: str) -> str:
        """Return the words for what happens on a shortage."""
        return _(lists.SHORTAGES[OnShortage(name)])

    @staticmethod
    def tag(name: str) -> str:
        """Return the word of a tag."""
        return _(lists.TAGS[Tag(name)])

    @staticmethod
    def use(name: str) -> str:
        """Return the word of a use."""
        return _(lists.USES[name])

    @staticmethod
    def condition(name: str) -> str:
        """Return the word of a condition that a licence sets."""
        return _(lists.CONDITIONS[name])

    @staticmethod
    def caveat(caveat: Caveat) -> str:
        """Return the sentence of a caveat."""
        return _(lists.CAVEATS[caveat])

    @staticmethod
    def verdict(verdict: Verdict | str) -> str:
        """Return the word of a verdict."""
        return _(lists.VERDICTS[Verdict(verdict)])

    @staticmethod
    def verdict_state(verdict: Verdict | str) -> str:
        """Return the state class of a verdict."""
        return lists.VERDICT_STATES[Verdict(verdict)]

    @staticmethod
    def rule(rule: Rule, facts: Facts) -> str:
        """Return what a policy asks for."""
        return policies.rule(rule, facts)

    @staticmethod
    def standing(result: PolicyResult, facts: Facts) -> str:
        """Return how a mixture stands to a policy."""
        return policies.standing(result, facts)

    @staticmethod
    def stale(field: str) -> str:
        """Return the words for what changed of a dataset."""
        return _(STALE[field])

    @staticmethod
    def visibility(name: str) -> str:
        """Return who sees a mixture."""
        return _(lists.VISIBILITIES[Visibility(name)])


SAY = Say()
