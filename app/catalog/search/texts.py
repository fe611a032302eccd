"""What somebody typed, as what a dataset must contain."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

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
    def words(self) -> list[str]:
        """The Latin words in it."""
        return words_of(self.runs)

    @property
    def phrases(self) -> tuple[str, ...]:
        """The runs whose terms do not tell that they stand together."""
        return tuple(run for run in self.runs if terms.is_chinese(run) and len(run) >= MIN_PHRASE)


def read(runs: Iterable[str], standing_for: Mapping[str, tuple[int, ...]]) -> Text:
    """Return the text of these runs; `standing_for` has the numbers of its Latin words."""
    runs = tuple(dict.fromkeys(runs))
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


def words_of(runs: Iterable[str]) -> list[str]:
    """Return the Latin words among runs."""
    return [run for run in runs if not terms.is_chinese(run)]


def pattern(run: str) -> str:
    """
    Return the LIKE pattern by which a run is found in a text with a space around each run.

    >>> pattern("中文"), pattern("pajama"), pattern("web"), pattern("c4")
    ('%中文%', '%pajama%', '% web%', '% c4 %')
    """
    if terms.is_chinese(run) or len(run) >= vocabulary.MIN_INSIDE:
        return f"%{run}%"
    return f"% {run}%" if len(run) >= vocabulary.MIN_PREFIX else f"% {run} %"
