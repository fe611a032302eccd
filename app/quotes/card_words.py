"""A rate card as text, in the reader's language."""

from app.quotes.comparison import say
from app.quotes.models.money import RateCard
from app.quotes.pricing.tiers import TierKind
from app.quotes.words import unit_name
from app.web.i18n import bracketed, current_locale
from app.web.i18n import gettext as _


def price(card: RateCard) -> str:
    """Return what a card says a unit costs: `CNY 6.80 / question`, or each tier."""
    unit = unit_name(card.unit)
    prices = [say.unit_price(tier.unit_price, card.currency) for tier in card.tiers]
    if len(prices) == 1:
        return f"{card.currency} {prices[0]} / {unit}"
    parts = [
        _(
            "from %(first)s: %(price)s",
            first=say.plain(tier.from_quantity),
            price=f"{card.currency} {shown}",
        )
        for tier, shown in zip(card.tiers, prices, strict=True)
    ]
    kind = _("marginal") if card.tier_kind == TierKind.MARGINAL else _("all units")
    separator = "；" if current_locale().startswith("zh") else "; "
    return f"{separator.join(parts)} / {unit}{bracketed(kind)}"


def tax(card: RateCard) -> str:
    """Return how tax stands to the prices of a card."""
    if card.tax_included:
        return _("tax included")
    if card.tax_rate is None:
        return _("without tax")
    return _("%(rate)s on top", rate=say.percent(card.tax_rate))
