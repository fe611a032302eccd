"""
What is wrong with a trainer's file or a plan, as typed codes: message, remedy, line, severity.

A kind is a constant; `kind.at(line, ...)` is one finding. Kinds of one format stand in its module.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from app.trainers.kit.values import Value, show
from app.web.i18n import later

_LONGEST_QUOTE = 160


class Severity(StrEnum):
    """How bad a finding is: an error means another mixture, or none, is trained on."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class FindingKind:
    """Something that can be wrong. `message` and `remedy` are sentences with parameters."""

    code: str
    severity: Severity
    message: str
    remedy: str

    def at(self, line: int | None = None, **values: Value) -> "Finding":
        """Return one finding; `line` counts from 1, None where it is about the whole."""
        return Finding(self, line, values)


@dataclass(frozen=True, slots=True)
class Finding:
    """
    One thing that is wrong.

    `file` is the name of the file that `line` is of, where there are several; `quote` is what
    stands there, for people.
    """

    kind: FindingKind
    line: int | None = None
    values: Mapping[str, Value] = field(default_factory=dict)
    file: str | None = None
    quote: str = ""

    @property
    def code(self) -> str:
        """The code of its kind."""
        return self.kind.code

    @property
    def severity(self) -> Severity:
        """How bad it is."""
        return self.kind.severity

    def english(self) -> str:
        """Return message and remedy in English."""
        shown = {name: show(value, "western") for name, value in self.values.items()}
        return " ".join(
            text % shown if shown else text
            for text in (self.kind.message, self.kind.remedy)
            if text
        )


class CannotWrite(ValueError):
    """A plan that a format would silently take for something else, or that lacks a number."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__(" ".join(one.english() for one in self.findings))


class Unreadable(ValueError):
    """A text that is not read at all, with the one finding that says why."""

    def __init__(self, finding: Finding) -> None:
        self.finding = finding
        super().__init__(finding.english())


def quoted(found: Iterable[Finding], files: Mapping[str, str]) -> tuple[Finding, ...]:
    """Return findings with what stands on their lines; of a single file the name says nothing."""
    lines = {name: text.split("\n") for name, text in files.items()}
    only = next(iter(files)) if len(files) == 1 else None
    return tuple(
        replace(one, file=None if only is not None else one.file, quote=_quote(one, lines, only))
        for one in found
    )


def _quote(one: Finding, lines: Mapping[str, list[str]], only: str | None) -> str:
    own = lines.get(one.file or only or "", [])
    if not one.line or one.line > len(own):
        return ""
    text = "".join(letter if letter.isprintable() else " " for letter in own[one.line - 1]).strip()
    return text if len(text) <= _LONGEST_QUOTE else f"{text[:_LONGEST_QUOTE]}…"


def once(found: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return findings without those that another file of the same plan repeats."""
    seen: dict[object, Finding] = {}
    for one in found:
        values = tuple(sorted((key, str(value)) for key, value in one.values.items()))
        seen.setdefault((one.code, values), one)
    return tuple(seen.values())


TOO_LARGE = FindingKind(
    "too_large",
    Severity.ERROR,
    later("The text has %(size)s characters; at most %(most)s are read."),
    later("Paste only the part that names the datasets and their weights."),
)
BINARY = FindingKind(
    "binary",
    Severity.ERROR,
    later("This is not text."),
    later("Upload the configuration file, not the data or an archive of it."),
)
SYNTAX = FindingKind(
    "syntax",
    Severity.ERROR,
    later("This is not %(language)s: %(problem)s."),
    later("Correct the line, or choose the trainer that the file is for."),
)
ALIAS = FindingKind(
    "alias",
    Severity.ERROR,
    later("Anchors and aliases of YAML are not read: a few lines of them can grow without end."),
    later("Write the value out where the alias stands."),
)
TAG = FindingKind(
    "tag",
    Severity.ERROR,
    later("The tag %(tag)s asks for an object to be made; nothing here is ever executed."),
    later("Write plain values."),
)
TOO_DEEP = FindingKind(
    "too_deep",
    Severity.ERROR,
    later("The text is nested more than %(most)s levels deep, or has too many values."),
    later("Paste only the part that names the datasets and their weights."),
)
DUPLICATE_KEY = FindingKind(
    "duplicate_key",
    Severity.ERROR,
    later("The key %(key)s appears twice; most readers silently keep the last one."),
    later("Give each its own name, or take one out."),
)
NOT_THIS_FORMAT = FindingKind(
    "not_this_format",
    Severity.ERROR,
    later("No mixture was found where %(trainer)s keeps it (%(place)s)."),
    later("Choose the trainer that the file is for."),
)
UNKNOWN_KEY = FindingKind(
    "unknown_key",
    Severity.ERROR,
    later("The key %(key)s is not known here, so it has no effect or is refused."),
    later("Take it out, or spell it as the framework does: %(known)s."),
)
MISSPELT_KEY = FindingKind(
    "misspelt_key",
    Severity.ERROR,
    later("The key %(key)s looks like %(meant)s, misspelt."),
    later("Write %(meant)s."),
)
MISSING_VALUE = FindingKind(
    "missing_value",
    Severity.ERROR,
    later("%(name)s has no %(key)s."),
    later("Add %(key)s."),
)
NOT_A_NUMBER = FindingKind(
    "not_a_number",
    Severity.ERROR,
    later("The weight of %(name)s is %(value)s, which is no number."),
    later("Write a number above zero."),
)
NOT_FINITE = FindingKind(
    "not_finite",
    Severity.ERROR,
    later("The weight of %(name)s is %(value)s: it parses, and fails or corrupts the draw later."),
    later("Write a number above zero."),
)
NEGATIVE = FindingKind(
    "negative",
    Severity.ERROR,
    later("The weight of %(name)s is %(value)s, below zero."),
    later("Write a number above zero, or take the dataset out."),
)
ZERO = FindingKind(
    "zero",
    Severity.WARNING,
    later("The weight of %(name)s is zero: it is never drawn, and some frameworks stop on it."),
    later("Take the dataset out, or give it a weight."),
)
ZERO_STOPS = FindingKind(
    "zero_stops",
    Severity.ERROR,
    later("The weight of %(name)s is zero: it parses, and stops the trainer when data are loaded."),
    later("Take the dataset out, or give it a weight."),
)
ZERO_NEVER_ENDS = FindingKind(
    "hf_zero_refused",
    Severity.ERROR,
    later("The probability of %(name)s is zero, which all_exhausted refuses: it would never end."),
    later("Take the source out."),
)
ALL_ZERO = FindingKind(
    "all_zero",
    Severity.ERROR,
    later("All weights are zero, so nothing can be drawn."),
    later("Give at least one dataset a weight above zero."),
)
DUPLICATE_NAME = FindingKind(
    "duplicate_name",
    Severity.ERROR,
    later("%(name)s appears twice: some frameworks draw it twice, in others one of them vanishes."),
    later("Put the two into one entry with the sum of their weights."),
)
SUM_NOT_ONE = FindingKind(
    "sum_not_one",
    Severity.ERROR,
    later(
        "The weights sum to %(sum)s; the framework refuses anything further from 1 than %(tol)s."
    ),
    later("Divide every weight by the sum, and put what rounding leaves on the largest."),
)
NORMALISED = FindingKind(
    "normalised",
    Severity.NOTE,
    later("The weights sum to %(sum)s; the framework divides each by the sum."),
    later("Nothing is wrong if that is what you mean."),
)
LENGTHS_DIFFER = FindingKind(
    "lengths_differ",
    Severity.ERROR,
    later("There are %(paths)s datasets and %(weights)s weights."),
    later("Give every dataset exactly one weight."),
)
PLACEHOLDER = FindingKind(
    "placeholder",
    Severity.ERROR,
    later("%(name)s has no location: a placeholder stands in its place."),
    later("Enter its location in the catalogue and export again, or write the path here."),
)
MISSING_LOCATION = FindingKind(
    "missing_location",
    Severity.WARNING,
    later("The catalogue has no location for %(names)s that this trainer reads (%(layouts)s)."),
    later("Enter it on the dataset's page; until then the file has a placeholder that fails."),
)
OTHER_TOKENIZER = FindingKind(
    "other_tokenizer",
    Severity.ERROR,
    later("The tokenised files of %(names)s are of another tokenizer than %(tokenizer)s."),
    later("Tokenise them again, or enter the location of files of %(tokenizer)s."),
)
DUPLICATE_LOCATION = FindingKind(
    "duplicate_location",
    Severity.ERROR,
    later("%(names)s have the same location, %(uri)s."),
    later("Give each its own location, or keep one of them in the mixture."),
)
NO_TOKENS_PER_DOCUMENT = FindingKind(
    "no_tokens_per_document",
    Severity.ERROR,
    later(
        "This trainer draws documents, not tokens, and the mean tokens per document of %(names)s "
        "are not known."
    ),
    later("Enter them with the dataset's locations, then export again."),
)
NO_SIZE = FindingKind(
    "no_size",
    Severity.ERROR,
    later("This trainer needs sizes, and there is no token estimate of %(names)s."),
    later("Add an estimate in the catalogue and save a new version."),
)
