"""What the trainer pages of a version show."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.mixtures.models import Mixture, MixtureVersion
from app.trainers import words
from app.trainers.exporting import Refused
from app.trainers.kit.findings import Finding
from app.trainers.kit.notes import Note
from app.trainers.kit.outputs import File, Format
from app.trainers.kit.plan import Settings
from app.trainers.proof import Proof
from app.web.forms import FormData


@dataclass(frozen=True)
class Words:
    """What the templates say notes and findings with."""

    note = staticmethod(words.note)
    message = staticmethod(words.message)
    remedy = staticmethod(words.remedy)
    severity = staticmethod(words.severity)
    tone = staticmethod(words.tone)
    unit = staticmethod(words.unit)
    layouts = staticmethod(words.layouts)
    how = staticmethod(words.how)
    points = staticmethod(words.points)


SAY = Words()


@dataclass(frozen=True)
class IndexPage:
    """The trainers that a version can be written for."""

    mixture: Mixture
    version: MixtureVersion
    trainers: Sequence[Format]
    say: Words = SAY


@dataclass(frozen=True)
class ShowPage:
    """A version as one trainer's files, or why it cannot be written."""

    mixture: Mixture
    version: MixtureVersion
    trainer: Format
    trainers: Sequence[Format]
    settings: Settings
    query: str
    form: FormData | None
    files: Sequence[File]
    notes: Sequence[Note]
    findings: Sequence[Finding]
    refused: Refused | None
    unplaced: Mapping[str, str]
    base_url: str
    can_place: bool
    say: Words = SAY


@dataclass(frozen=True)
class ProofPage:
    """The proof of a version's files."""

    mixture: Mixture
    version: MixtureVersion
    trainer: Format
    settings: Settings
    query: str
    proof: Proof | None
    refused: Refused | None
    names: Mapping[str, str]
    say: Words = SAY
