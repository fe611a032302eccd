"""
What a trainer's file cannot say of the plan, as typed codes with a sentence each.

A kind is a constant; `kind.note(...)` is what one file lost. The sentence is English here and in
the files, which are the same for everyone; pages translate it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.trainers.kit.values import Value, show
from app.web.i18n import later


@dataclass(frozen=True, slots=True)
class NoteKind:
    """A way in which a file says less than the plan. `text` is a sentence with parameters."""

    code: str
    text: str

    def note(self, phase: str | None = None, **values: Value) -> "Note":
        """Return what one file lost; `phase` names it where only that phase lost it."""
        return Note(self, phase, values)


@dataclass(frozen=True, slots=True)
class Note:
    """What one file lost."""

    kind: NoteKind
    phase: str | None = None
    values: Mapping[str, Value] = field(default_factory=dict)

    def english(self) -> str:
        """Return the sentence as the file's header has it."""
        shown = {name: show(value, "western") for name, value in self.values.items()}
        text = self.kind.text % shown if shown else self.kind.text
        return f"{self.phase}: {text}" if self.phase else text


ROWS_NOT_TOKENS = NoteKind(
    "rows_not_tokens",
    later(
        "Weights count documents here, not tokens: each is the token ratio divided by the mean "
        "tokens per document (%(means)s), so the shares of tokens hold on average only."
    ),
)
NO_REPEAT_CAP = NoteKind(
    "no_repeat_cap",
    later(
        "The format has no limit of passes: a dataset starts again whenever it is used up. Passes "
        "in this plan: %(epochs)s."
    ),
)
PASSES_UNKNOWN = NoteKind(
    "passes_unknown",
    later(
        "The format has no limit of passes, and how often %(names)s start again is not known: they "
        "have no token estimate."
    ),
)
CANNOT_REPEAT = NoteKind(
    "cannot_repeat",
    later("The format never repeats a dataset, but the plan passes %(names)s more than once."),
)
ONE_FILE_PER_PHASE = NoteKind(
    "one_file_per_phase",
    later(
        "The format has no phases: this plan is %(count)s files, one for each start of the "
        "trainer. Phases start at steps %(steps)s (%(step_tokens)s tokens a step)."
    ),
)
NEXT_RUN = NoteKind(
    "next_run",
    later(
        "Start each later phase from the model that the last one saved (%(key)s), not from its "
        "checkpoint (resume_from_checkpoint), which skips as much of the new data as it saw: "
        "optimizer and learning rate then start afresh."
    ),
)
BUDGET_ELSEWHERE = NoteKind(
    "budget_elsewhere",
    later("The file holds no budget. Give the trainer: %(flags)s."),
)
GROUPS_FLATTENED = NoteKind(
    "groups_flattened",
    later("Groups are multiplied out into single weights; their names are not in the file."),
)
ZERO_DROPPED = NoteKind(
    "zero_dropped",
    later("%(names)s get no tokens in this plan and are left out: weights of zero fail late."),
)
WHOLE_STEPS = NoteKind(
    "whole_steps",
    later(
        "Phases start at whole steps of %(step_tokens)s tokens, so a phase may be longer or "
        "shorter than planned by up to half a step."
    ),
)
NO_COMMENTS = NoteKind(
    "no_comments",
    later("%(file)s cannot hold a comment; where it comes from stands in %(other)s beside it."),
)
OTHER_LOCATION = NoteKind(
    "other_location",
    later(
        "The framework cannot read the location in brackets, so the file names another one of the "
        "same dataset: %(places)s."
    ),
)
