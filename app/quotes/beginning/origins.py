"""
Where a request came from, said in the reader's language from the facts that are kept of it.

The facts are names in both languages, tokens, units and the prior that was used, so that what one
person starts another reads in their own language.
"""

from typing import Any

from app.quotes.words import unit_after, unit_name
from app.web import numbers
from app.web.i18n import gettext as _
from app.web.i18n import local

Facts = dict[str, Any]


def say(origin: Facts | None) -> str:
    """Return where a request came from, "" for nowhere."""
    match origin or {}:
        case {"number": number}:
            return _("With the content of %(number)s.", number=number)
        # Kept before facts were: in the language of whoever began it.
        case {"sum": text}:
            return str(text)
        case {"name": str(name), "lacks": list(lacks)}:
            return _from_mixture(name, lacks)
        case {"dataset": _slug, "names": names, "vendor_names": vendor}:
            return _(
                "From %(dataset)s, as %(provider)s lists it. The quantity is a start: ask for what "
                "you need.",
                dataset=local(names),
                provider=local(vendor),
            )
        case {"vendor_names": vendor}:
            return _(
                "To %(provider)s, as the catalogue lists it. Task, unit and volume of the lot are "
                "yours to set.",
                provider=local(vendor),
            )
    return ""


def _from_mixture(name: str, lacks: list[Facts]) -> str:
    if not lacks:
        return _("The mixture %(mixture)s lacks nothing that could be asked for.", mixture=name)
    note = _("From what the mixture %(mixture)s lacks.", mixture=name)
    return " ".join([note, *(_sum(one) for one in lacks)])


def _sum(one: Facts) -> str:
    what = one["title"]
    if phase := one.get("phase"):
        what = _("%(what)s (phase %(phase)s)", what=what, phase=phase)
    if one.get("tokens") is None:
        return _("%(what)s: how many tokens are lacking is not known.", what=what)
    tokens = numbers.short(one["tokens"])
    if "prior" not in one:
        return _(
            "%(what)s: %(tokens)s tokens; no conversion prior fits, so the volume is yours to set.",
            what=what,
            tokens=tokens,
        )
    return _(
        "%(what)s: %(tokens)s tokens ÷ %(per_unit)s tokens a %(unit)s = %(count)s %(units)s "
        "(prior: %(prior)s).",
        what=what,
        tokens=tokens,
        per_unit=numbers.short(one["per_unit"]),
        unit=unit_name(one["unit"]),
        count=numbers.whole(one["count"]),
        units=unit_after(one["unit"], one["count"]),
        prior=local(one["prior"]),
    )
