"""Policies as sentences: what the team asks of every mixture, and how one stands to it."""

from app.mixtures.models import PolicyKind
from app.mixtures.policies import PolicyResult, Rule, Verdict
from app.mixtures.words.lists import tag_value_word
from app.mixtures.words.plans import Facts, name_list, passes, share
from app.web.i18n import CHINESE, current_locale
from app.web.i18n import gettext as _


def rule(found: Rule, facts: Facts) -> str:
    """Say what a policy asks for."""
    if found.kind is PolicyKind.EPOCHS_AT_MOST or found.tag is None or found.value is None:
        return _("No component over %(bound)s epochs", bound=passes(found.bound))
    if found.names is not None:
        word = found.names[0] if current_locale() == CHINESE else found.names[1]
    else:
        word = tag_value_word(found.tag, found.value, facts)
    if found.kind is PolicyKind.SHARE_AT_MOST:
        return _("%(what)s ≤ %(bound)s", what=word, bound=share(found.bound))
    return _("%(what)s ≥ %(bound)s", what=word, bound=share(found.bound))


def standing(found: PolicyResult, facts: Facts) -> str:
    """Say how a mixture stands to a policy, and which components decide."""
    names = name_list(list(found.datasets), facts)
    if found.rule.kind is PolicyKind.EPOCHS_AT_MOST:
        return _epochs(found, names)
    if found.verdict is Verdict.HOLDS or found.least == found.most:
        now = _("Now %(share)s.", share=share(found.least))
    else:
        now = _(
            "Now between %(least)s and %(most)s, since some tags are not known.",
            least=share(found.least),
            most=share(found.most),
        )
    if found.verdict is Verdict.HOLDS or not names:
        return now
    return _("%(now)s These decide: %(names)s.", now=now, names=names)


def _epochs(found: PolicyResult, names: str) -> str:
    if found.verdict is Verdict.BROKEN:
        return _("Now up to %(passes)s: %(names)s.", passes=passes(found.least), names=names)
    if found.verdict is Verdict.CANNOT_TELL:
        return _("No estimate, so nobody can tell: %(names)s.", names=names)
    return _("Now up to %(passes)s.", passes=passes(found.least))
