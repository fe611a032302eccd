"""
The proof of an export: its files are read back and drawn by the framework's own arithmetic.

Pure: a format and a plan in, shares and the largest difference out.
"""

from dataclasses import dataclass

from app.trainers.kit import arithmetic, placing
from app.trainers.kit.findings import Finding, quoted
from app.trainers.kit.outputs import Format, Reading, Shares, Written
from app.trainers.kit.plan import Phase, Plan


@dataclass(frozen=True, slots=True)
class ProofRow:
    """One dataset: what the plan wants, what the file says, what the framework draws."""

    name: str
    tokens: int
    planned: float
    stated: float | None
    realised: float | None

    @property
    def difference(self) -> float | None:
        """Realised less planned."""
        return None if self.realised is None else self.realised - self.planned


@dataclass(frozen=True, slots=True)
class ProofPhase:
    """A phase with the largest difference, and the bound that the format promises."""

    name: str
    samples: int
    rows: tuple[ProofRow, ...]
    bound: float

    @property
    def largest(self) -> ProofRow | None:
        """The dataset that is furthest from the plan."""
        known = [row for row in self.rows if row.difference is not None]
        return max(known, key=lambda row: abs(row.difference or 0), default=None)

    @property
    def holds(self) -> bool:
        """Whether every share was realised within the bound."""
        return all(
            row.difference is not None and abs(row.difference) <= self.bound for row in self.rows
        )


@dataclass(frozen=True, slots=True)
class Proof:
    """What was written, read back and drawn."""

    written: Written
    reading: Reading
    phases: tuple[ProofPhase, ...]
    checked: str

    @property
    def holds(self) -> bool:
        """Whether every phase came back and holds."""
        return bool(self.phases) and all(phase.holds for phase in self.phases)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What the linter says of the files."""
        return quoted(self.reading.findings, self.written.texts())


def prove(trainer: Format, plan: Plan) -> Proof:
    """
    Write a plan, read it back and draw it.

    Raises
    ------
    CannotWrite
        If the plan cannot be written for this trainer.
    """
    written = trainer.write(plan)
    texts, sizes = written.texts(), placing.sizes_of(plan)
    reading = trainer.read(texts)
    realised = trainer.realised_shares(texts, sizes)
    phases = []
    for place, phase in enumerate(plan.phases):
        stated = (
            arithmetic.token_shares(reading.phases[place], sizes)
            if place < len(reading.phases)
            else None
        )
        drawn = realised[place] if place < len(realised) else None
        phases.append(
            ProofPhase(
                phase.name,
                plan.samples(place),
                _rows(phase, stated, drawn),
                trainer.error_bound(phase, plan.settings),
            )
        )
    return Proof(written, reading, tuple(phases), trainer.checked)


def _rows(phase: Phase, stated: Shares | None, drawn: Shares | None) -> tuple[ProofRow, ...]:
    return tuple(
        ProofRow(
            one.name,
            one.tokens,
            one.ratio,
            None if stated is None else stated.get(one.name, 0.0),
            None if drawn is None else drawn.get(one.name, 0.0),
        )
        for one in phase.drawn
    )
