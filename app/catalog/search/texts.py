"""What somebody typed, as what a dataset must contain."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from app.catalog.search import terms, vocabulary

# Two characters are one term; from three on, the terms may occur apart from each other.
MIN_PHRASE = 3

# A dataset must have one term of each group.
Groups = tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Text:
    """
    A typed text: its runs, and the groups of terms that a dataset must have.

    `in_names` are the groups for names alone. Without runs the text asks for nothing.
    """

    runs: tuple[str, ...] = ()
    groups: Groups = ()
    in_names: Groups = ()
    standing_for: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    @property
    def normalised(self) -> str:
        """The text as names are normalised."""
        return " ".join(self.runs)

    @property
    def words(self) -> tuple[str, ...]:
        """The Latin words in it."""
        return tuple(run for run in self.runs if not terms.is_chinese(run))

    @property
    def phrases(self) -> tuple[str, ...]:
        """The runs whose terms do not tell that they stand together."""
        return tuple(run for run in self.runs if terms.is_chinese(run) and len(run) >= MIN_PHRASE)


def read(session: Session, text: str) -> Text:
    """Return a typed text; one of punctuation alone asks for nothing."""
    return from_runs(session, terms.runs(text))


def from_runs(session: Session, runs: Sequence[str]) -> Text:
    """Return the text that consists of these runs."""
    runs = tuple(dict.fromkeys(runs))
    words = [run for run in runs if not terms.is_chinese(run)]
    standing_for = vocabulary.expand(session, words) if words else {}
    groups: list[tuple[int, ...]] = []
    in_names: list[tuple[int, ...]] = []
    for run in runs:
        if not terms.is_chinese(run):
            found = tuple(terms.word(word_id) for word_id in standing_for[run])
            groups.append(found)
            in_names.append(tuple(~term for term in found))
        elif len(run) == 1:
            groups.append((terms.alone(run), terms.in_name(run)))
            in_names.append((terms.in_name(run),))
        else:
            groups += [(pair,) for pair in terms.pairs(run)]
            in_names += [(~pair,) for pair in terms.pairs(run)]
    return Text(
        runs=runs,
        groups=tuple(dict.fromkeys(groups)),
        in_names=tuple(dict.fromkeys(in_names)),
        standing_for=standing_for,
    )


def pattern(run: str) -> str:
    """
    Return the LIKE pattern by which a run is found in a text with a space around each run.

    >>> pattern("中文"), pattern("pajama"), pattern("web"), pattern("c4")
    ('%中文%', '%pajama%', '% web%', '% c4 %')
    """
    if terms.is_chinese(run) or len(run) >= vocabulary.MIN_INSIDE:
        return f"%{run}%"
    return f"% {run}%" if len(run) >= vocabulary.MIN_PREFIX else f"% {run} %"
