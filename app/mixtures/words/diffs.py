"""A difference of two mixtures as plain text, for a terminal, a commit or a message."""

from app.mixtures.content import Tag
from app.mixtures.diffs import ComponentDiff, MixtureDiff
from app.mixtures.phases import display_name
from app.mixtures.words.lists import TAGS, portion_word
from app.mixtures.words.plans import passes, share
from app.mixtures.words.settings import settings
from app.web import numbers
from app.web.i18n import gettext as _


def text(found: MixtureDiff, *, before: str, after: str) -> str:
    """Return the difference in lines; one line where nothing differs."""
    if found.is_same:
        return _("%(before)s and %(after)s are the same.", before=before, after=after) + "\n"
    lines = [
        _("%(before)s → %(after)s", before=before, after=after),
        _(
            "tokens %(before)s → %(after)s; %(distance)s of the budget lies elsewhere",
            before=numbers.short(found.before_tokens),
            after=numbers.short(found.after_tokens),
            distance=share(found.distance),
        ),
    ]
    lines += settings(found, found.facts)
    lines += [_component(one) for one in found.components if one.kind != "same"]
    for tag, shares in found.shares.items():
        for one in shares:
            if abs(one.after - one.before) >= 0.0005:  # noqa: PLR2004  what two digits can show
                lines.append(
                    f"{_(TAGS[Tag(tag)])}: {portion_word(tag, one.values, found.facts)} "
                    f"{share(one.before)} → {share(one.after)}"
                )
    return "\n".join(lines) + "\n"


def _component(one: ComponentDiff) -> str:
    name = display_name(one.dataset, one.facts)
    if one.kind == "added":
        return f"+ {name}  {numbers.short(one.after_tokens or 0)}{_epochs(one.after_epochs)}"
    if one.kind == "removed":
        return f"- {name}  {numbers.short(one.before_tokens or 0)}{_epochs(one.before_epochs)}"
    sign = "+" if one.token_change >= 0 else "−"
    return (
        f"~ {name}  {numbers.short(one.before_tokens or 0)} → "
        f"{numbers.short(one.after_tokens or 0)} "
        f"({sign}{numbers.short(abs(one.token_change))})"
        f"{_epochs(one.before_epochs)} →{_epochs(one.after_epochs)}"
    )


def _epochs(value: float | None) -> str:
    return "  " + (_("passes not known") if value is None else f"{passes(value)}×")
