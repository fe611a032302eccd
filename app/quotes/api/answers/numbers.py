"""Numbers as the API writes them."""

from decimal import Decimal

from app.quotes.content.values import plain


def text_of(value: Decimal | None) -> str | None:
    """Return a decimal as text without trailing zeros, null for none."""
    return None if value is None else plain(value)
