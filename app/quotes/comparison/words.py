"""The sentences of a comparison: why an offer is the lowest, why one cannot be compared."""

from app.quotes.comparison.basis import AcceptanceRule
from app.quotes.comparison.build import Comparison, LotComparison, Vendor
from app.quotes.comparison.say import amount, join_unit, plain
from app.quotes.comparison.scores import CRITERIA, NOTES
from app.quotes.pricing.money import EXACT, Money, round_half_up
from app.quotes.pricing.offers import Costed, Reason, TaxBasis
from app.quotes.pricing.ranking import Step
from app.quotes.pricing.terms import Verdict
from app.quotes.words import unit_after, unit_name
from app.web.i18n import current_locale, later, local
from app.web.i18n import gettext as _

REASONS = {
    Reason.NO_RATE: later("no rate of its currency was entered before closing"),
    Reason.NO_UNIT_FACTOR: later("priced in another unit, and the request states no factor"),
    Reason.NO_ACCEPTANCE: later("no acceptance rate to reckon with"),
    Reason.NO_TAX_RATE: later("the tax rate is not stated"),
    Reason.NO_VOLUME: later("the lot has no volume"),
    Reason.EXPIRED: later("the quote has expired"),
}
DECIDED = {
    Step.PRICE: later("Its price is the lowest already."),
    Step.FEES: later("Another price is lower; fixed fees turn it."),
    Step.TAX: later("Another price is lower before tax; tax turns it."),
    Step.ACCEPTANCE: later("Another one is cheaper per delivered unit; what is refused turns it."),
}
VERDICTS = {
    Verdict.EXCEEDS: (later("exceeds"), "good"),
    Verdict.FALLS_SHORT: (later("falls short"), "warn"),
    Verdict.DIFFERS: (later("deviates"), "warn"),
    Verdict.NOT_STATED: (later("not stated"), "warn"),
}
ACCEPTANCE_RULES = {
    AcceptanceRule.QUOTED: later("acceptance as each vendor states it"),
    AcceptanceRule.TARGET: later("acceptance as the quality target promises"),
    AcceptanceRule.DELIVERED: later("everything delivered counts"),
}
TAX_BASES = {
    TaxBasis.INCLUDED: later("with tax"),
    TaxBasis.EXCLUDED: later("without tax"),
}


def reason(value: Reason) -> str:
    """Return why an offer is not comparable."""
    return _(REASONS[value])


def verdict(value: Verdict) -> tuple[str, str] | None:
    """Return the word and tone beside an offered term; None where there is nothing to say."""
    found = VERDICTS.get(value)
    return (_(found[0]), found[1]) if found else None


def criterion(code: str) -> str:
    """Return what a criterion is called."""
    return _(CRITERIA[code][0])


def criterion_note(code: str) -> str:
    """Return what a criterion looks at."""
    return _(NOTES[code])


def vendor_name(vendor: Vendor, *, has_names: bool = True) -> str:
    """Return what a column is called: the vendor's name, or a letter where names are hidden."""
    return local(vendor.name) if has_names else _("Vendor %(letter)s", letter=vendor.letter)


def accepted_unit(lot: LotComparison) -> str:
    """Return what the cost is per: a question, or a label where an item has several."""
    return unit_name(lot.lot.unit, is_label=lot.lot.labels_per_item > 1)


def volume(lot: LotComparison) -> str:
    """Return `200,000 questions`, `60,000 dialogues × 3 labels`."""
    asked = lot.demand.volume
    shown = join_unit(plain(asked), unit_after(lot.lot.unit, asked))
    if lot.lot.labels_per_item > 1:
        return _("%(volume)s × %(n)s labels", volume=shown, n=lot.lot.labels_per_item)
    return shown


def formula(lot: LotComparison) -> str:
    """Return how the cost is reckoned, with the lot's figures."""
    asked = plain(lot.demand.volume)
    if lot.lot.labels_per_item > 1:
        return _(
            "total ÷ (%(volume)s × %(n)s labels × acceptance)",
            volume=asked,
            n=lot.lot.labels_per_item,
        )
    return _("total ÷ (%(volume)s × acceptance)", volume=asked)


def total(found: Comparison, costing: Costed) -> str:
    """Return the total in the currency of comparison, as a number."""
    return amount(costing.total_base).removeprefix(f"{found.currency} ")


def why_lowest(found: Comparison, lot: LotComparison) -> str:
    """Return what makes the lowest offer the lowest, and how much it saves."""
    parts = []
    if lot.ranking.is_tie:
        parts.append(_("Several cost the same to the last digit."))
    if lot.saving is not None and lot.runner_up is not None:
        difference = Money(EXACT.create_decimal(round_half_up(abs(lot.saving), 8)), found.currency)
        name = vendor_name(lot.runner_up, has_names=found.options.has_names)
        sentence = (
            _(
                "The lot costs %(amount)s less than with %(vendor)s.",
                amount=amount(difference),
                vendor=name,
            )
            if lot.saving >= 0
            else _(
                "The lot costs %(amount)s more than with %(vendor)s, and more of it passes.",
                amount=amount(difference),
                vendor=name,
            )
        )
        parts.append(sentence)
    if lot.deciding is not None:
        parts.append(_(DECIDED[lot.deciding]))
    separator = "" if current_locale().startswith("zh") else " "
    return separator.join(parts)
