"""Read a trainer's files for people: which trainer wrote them, what they mean, a draft of them."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.accounts.viewers import Viewer
from app.errors import Conflict, InvalidInput
from app.mixtures import lifecycle
from app.mixtures.content import MAX_NAME, MAX_PHASES, Component, Content, Phase
from app.mixtures.models import Mixture
from app.planning.limits import MAX_COMPONENTS, MAX_TOKENS, MAX_WEIGHT
from app.trainers import matching
from app.trainers.formats import megatron
from app.trainers.kit import arithmetic, findings, weights
from app.trainers.kit.findings import Finding, FindingKind, Severity
from app.trainers.kit.outputs import Files, Format, ReadComponent, Reading, ReadPhase, WeightUnit
from app.trainers.matching import Match, Matched
from app.trainers.registry import FORMATS
from app.web.i18n import later

MAX_FILES = 20
MAX_CHARACTERS = 900_000
# Comments and keys, which a blend of words cannot have: a file of another trainer, mistyped.
_OTHER = re.compile(r"^[ \t]*(#|!!|(- +)?[\w-]+:(\s|$))", re.MULTILINE)
_NOT_IT = frozenset({findings.NOT_THIS_FORMAT.code, findings.SYNTAX.code, findings.BINARY.code})
# Shares as weights: per cent with enough digits to lose nothing that matters.
_DIGITS = 6

TAKEN_AS_TOKENS = FindingKind(
    "taken_as_tokens",
    Severity.WARNING,
    later(
        "The weights count %(unit)s, and the mean tokens per document or the size of %(names)s is "
        "not known: the weights are taken as shares of tokens as they stand."
    ),
    later("Enter the mean tokens per document with the dataset’s locations, then read it again."),
)


@dataclass(frozen=True, slots=True)
class Line:
    """An entry of a file with its match and its share of the phase's tokens."""

    component: ReadComponent
    match: Match
    ratio: float


@dataclass(frozen=True, slots=True)
class PhaseLines:
    """A phase of a file, matched."""

    name: str
    lines: tuple[Line, ...]
    tokens: int | None
    start_step: int | None


@dataclass(frozen=True)
class Understood:
    """What files mean on this installation."""

    trainer: Format
    phases: tuple[PhaseLines, ...]
    findings: tuple[Finding, ...]
    is_usable: bool

    @property
    def new(self) -> list[str]:
        """The short names that the catalogue does not have."""
        found = {
            line.match.dataset: None
            for phase in self.phases
            for line in phase.lines
            if not line.match.is_known
        }
        return list(found)


def detect(files: Files) -> Format | None:
    """Return the trainer whose format files are in, None where none reads them."""
    best: tuple[tuple[bool, int, int], Format] | None = None
    for one in FORMATS.values():
        reading = one.read(files)
        codes = {finding.code for finding in reading.findings}
        if codes & _NOT_IT or not any(phase.components for phase in reading.phases):
            continue
        is_words = one is megatron.FORMAT and all(_is_words(text) for text in files.values())
        if is_words and (any(map(_OTHER.search, files.values())) or not _is_blend(reading)):
            continue
        errors = sum(finding.severity is Severity.ERROR for finding in reading.findings)
        # Any text at all is words: that is what it is only if it is nothing else.
        score = (is_words, errors, len(reading.findings))
        if best is None or score < best[0]:
            best = (score, one)
    return best[1] if best else None


def lint(trainer: Format, files: Files) -> tuple[Finding, ...]:
    """Return what is wrong with files, by file and line, with what stands there."""
    found = findings.quoted(trainer.read(files).findings, files)
    return tuple(sorted(found, key=lambda one: (one.file or "", one.line or 0)))


def why_not(files: Files) -> tuple[Finding, ...]:
    """Return where files that no trainer reads stop to be YAML, JSON or Python, if that is why."""
    tried = [
        one
        for trainer in FORMATS.values()
        for one in trainer.read(files).findings
        if one.code == findings.SYNTAX.code
    ]
    is_json = any(text.lstrip().startswith(("{", "[")) for text in files.values())
    wanted = "JSON" if is_json else "YAML"
    if not any(one.values["language"] == wanted for one in tried):
        return ()  # It is YAML or JSON, of nothing that is known here.
    # Of YAML and Python a file is in the one whose parser gets furthest.
    own = [one for one in tried if is_json == (one.values["language"] == "JSON")]
    return findings.quoted([max(own, key=lambda one: one.line or 0)], files)


def understand(session: Session, trainer: Format, files: Files, viewer: Viewer) -> Understood:
    """Return what files mean, matched to what the viewer may know of the catalogue."""
    reading = trainer.read(files)
    matched = matching.match(session, reading, viewer)
    found = list(findings.quoted(reading.findings, files))
    phases = tuple(_phase(phase, matched, found) for phase in reading.phases)
    found.sort(key=lambda one: (one.file or "", one.line or 0, one.code))
    return Understood(trainer, phases, tuple(found), _is_usable(reading))


def make_draft(
    session: Session,
    understood: Understood,
    *,
    name: str,
    token_budget: int,
    viewer: Viewer,
) -> Mixture:
    """
    Make a mixture of what files mean: shares as weights, new datasets by the names they would have.

    Raises
    ------
    Conflict
        If the files name nothing that can be drawn, or too much.
    """
    if not any(line.ratio > 0 for phase in understood.phases for line in phase.lines):
        raise Conflict("The file names no dataset with a weight, so there is no draft to make.")
    if len(understood.phases) > MAX_PHASES:
        raise Conflict(
            "The file has %(count)s phases; a mixture has at most %(most)s.",
            count=len(understood.phases),
            most=MAX_PHASES,
        )
    phases, names = [], set[str]()
    for place, phase in enumerate(understood.phases, start=1):
        title = " ".join(phase.name.split())[: MAX_NAME - 4] or f"{place}"
        title = title if title.isprintable() and title not in names else f"Phase {place}"
        names.add(title)
        phases.append(
            Phase(
                name=title,
                token_budget=min(phase.tokens or token_budget, MAX_TOKENS),
                components=_components(phase),
            )
        )
    return lifecycle.create_mixture(
        session, name=name, content=Content(phases=tuple(phases)), viewer=viewer
    )


def read_files(given: Mapping[str, str]) -> dict[str, str]:
    """
    Return files that are not too many and not too large to look at.

    Raises
    ------
    InvalidInput
        If there is nothing, or too much.
    """
    files = {name: text for name, text in given.items() if text.strip()}
    if not files:
        raise InvalidInput("Paste a file, or choose one.", field="text")
    if len(files) > MAX_FILES:
        raise InvalidInput(
            "These are %(count)s files; at most %(most)s are read.",
            field="file",
            count=len(files),
            most=MAX_FILES,
        )
    size = sum(len(text) for text in files.values())
    if size > MAX_CHARACTERS:
        raise InvalidInput(
            "The files have %(size)s characters; at most %(most)s are read.",
            field="file",
            size=size,
            most=MAX_CHARACTERS,
        )
    return files


def _is_words(text: str) -> bool:
    return not text.lstrip().startswith(("{", "[")) and "--data-path" not in text


def _is_blend(reading: Reading) -> bool:
    """Whether words look like weights and paths: a number among them, or paths alone."""
    words = [one.location or "" for phase in reading.phases for one in phase.components]
    is_weighted = any(weights.number(word) is not None for word in words) or any(
        one.unit is WeightUnit.TOKENS for phase in reading.phases for one in phase.components
    )
    is_text = any(weights.number(word) is None for word in words)
    return (is_weighted and is_text) or all("/" in word for word in words)


def _is_usable(reading: Reading) -> bool:
    return any(
        math.isfinite(one.weight) and one.weight > 0
        for phase in reading.phases
        for one in phase.components
    )


def _phase(phase: ReadPhase, matched: Matched, found: list[Finding]) -> PhaseLines:
    """Return a phase with its shares of tokens, as far as sizes are known."""
    weights = []
    unknown: dict[str, WeightUnit] = {}
    for one in phase.components:
        is_drawn = math.isfinite(one.weight) and one.weight > 0
        weight = arithmetic.token_weight(one, matched.sizes) if is_drawn else 0.0
        if weight is None:
            unknown[one.name] = one.unit
        weights.append(weight)
    if unknown:
        # A file counts in one unit; its word is that of the reader's language.
        counted = next(iter(unknown.values()))
        found.append(TAKEN_AS_TOKENS.at(unit=counted, names=tuple(unknown)))
        weights = [
            one.weight if math.isfinite(one.weight) and one.weight > 0 else 0.0
            for one in phase.components
        ]
    total = math.fsum(one or 0.0 for one in weights)
    return PhaseLines(
        phase.name,
        tuple(
            Line(one, matched.of(one), (weight or 0.0) / total if total else 0.0)
            for one, weight in zip(phase.components, weights, strict=True)
        ),
        phase.tokens,
        phase.start_step,
    )


def _components(phase: PhaseLines) -> tuple[Component, ...]:
    ratios: dict[str, float] = {}
    for line in phase.lines:
        if line.ratio > 0:
            dataset = line.match.dataset
            ratios[dataset] = ratios.get(dataset, 0.0) + line.ratio
    if len(ratios) > MAX_COMPONENTS:
        raise Conflict(
            "The file has %(count)s datasets in a phase; a mixture has at most %(most)s.",
            count=len(ratios),
            most=MAX_COMPONENTS,
        )
    return tuple(
        Component(dataset=dataset, weight=min(round(100 * ratio, _DIGITS) or ratio, MAX_WEIGHT))
        for dataset, ratio in ratios.items()
    )
