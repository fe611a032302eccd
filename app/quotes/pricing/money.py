"""
Exact money: a Decimal amount in an ISO 4217 currency.

The rounding rule, once for the whole portal: **amounts are never rounded while they are
computed with**. What is compared, ordered and marked as the lowest is the exact figure. An amount
is rounded only where it is shown or exported, half up (as invoices in China and most of Europe
are), to the minor unit of its currency; a price per unit to two digits more. A rounded figure is
never computed with again.
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext
from fractions import Fraction

from app.quotes.pricing.errors import BadAmount, CurrencyMismatch, UnknownCurrency

# ISO 4217, active currencies of countries, amendment 177. Digits of the minor unit: 2, unless
# the second and third table say otherwise. Funds, metals and test codes are left out.
_TWO_DIGITS = """
AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF
CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL
HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT
MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR
SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD
UYU UZS VES WST XCD XCG YER ZAR ZMW ZWG
"""
_NO_DIGITS = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"
_THREE_DIGITS = "BHD IQD JOD KWD LYD OMR TND"

MINOR_DIGITS: dict[str, int] = (
    dict.fromkeys(_TWO_DIGITS.split(), 2)
    | dict.fromkeys(_NO_DIGITS.split(), 0)
    | dict.fromkeys(_THREE_DIGITS.split(), 3)
)

# Offered first in forms; every other currency can be chosen too.
COMMON_CURRENCIES = ("CNY", "USD", "EUR", "HKD", "JPY", "GBP", "SGD", "KRW", "TWD", "INR")


LARGEST_AMOUNT = Decimal(10) ** 15
FINEST_DIGITS = 8

# Products of prices, volumes and rates are exact within 100 digits: at most 23 + 23 + 23 + 10.
EXACT = Context(prec=100, rounding=ROUND_HALF_UP)


def minor_digits(currency: str) -> int:
    """
    Return how many digits after the point an amount of the currency has.

    >>> minor_digits("CNY"), minor_digits("JPY"), minor_digits("KWD")
    (2, 0, 3)

    Raises
    ------
    UnknownCurrency
        If ISO 4217 does not have the code.
    """
    try:
        return MINOR_DIGITS[currency]
    except KeyError:
        raise UnknownCurrency(currency) from None


def checked_amount(value: Decimal, *, field: str) -> Decimal:
    """
    Return `value` if an offer can have it: 0 to 10^15 with at most eight digits after the point.

    Raises
    ------
    BadAmount
        If it is negative, infinite, not a number, too large or too fine.
    """
    if not value.is_finite() or value < 0 or value >= LARGEST_AMOUNT:
        raise BadAmount(field, value)
    exponent = value.normalize(EXACT).as_tuple().exponent
    if isinstance(exponent, int) and exponent < -FINEST_DIGITS:
        raise BadAmount(field, value)
    return value


def round_half_up(value: Decimal | Fraction, digits: int) -> Decimal:
    """
    Round half up, for showing only.

    >>> round_half_up(Decimal("2.345"), 2), round_half_up(Fraction(1, 3), 4)
    (Decimal('2.35'), Decimal('0.3333'))
    """
    scaled = Fraction(value) * 10**digits
    # Half up is half away from zero; there are no negative amounts but differences.
    whole = (abs(scaled) * 2 + 1) // 2
    with localcontext(EXACT):
        return Decimal(int(whole) if scaled >= 0 else -int(whole)).scaleb(-digits)


@dataclass(frozen=True, slots=True)
class Money:
    """An exact amount of one currency; amounts of two currencies never mix."""

    amount: Decimal
    currency: str

    def __post_init__(self) -> None:
        minor_digits(self.currency)

    def __add__(self, other: "Money") -> "Money":
        if other.currency != self.currency:
            raise CurrencyMismatch(self.currency, other.currency)
        return Money(EXACT.add(self.amount, other.amount), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        if other.currency != self.currency:
            raise CurrencyMismatch(self.currency, other.currency)
        return Money(EXACT.subtract(self.amount, other.amount), self.currency)

    def __mul__(self, factor: Decimal) -> "Money":
        return Money(EXACT.multiply(self.amount, factor), self.currency)

    def rounded(self) -> Decimal:
        """
        Return the amount as it is shown.

        >>> Money(Decimal("1.005"), "CNY").rounded(), Money(Decimal("1.5"), "JPY").rounded()
        (Decimal('1.01'), Decimal('2'))
        """
        return round_half_up(self.amount, minor_digits(self.currency))


def zero(currency: str) -> Money:
    """Return no money of a currency."""
    return Money(Decimal(0), currency)
