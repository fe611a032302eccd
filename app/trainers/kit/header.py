"""The words at the head of every file: which mixture, which version, what the file cannot say."""

import textwrap
from collections.abc import Iterable

from app.planning.notation.numbers import compact
from app.trainers.kit.notes import Note
from app.trainers.kit.plan import Plan

WIDTH = 100


def header(plan: Plan, notes: Iterable[Note] = (), phase: int | None = None) -> list[str]:
    """Return the lines that say where a file comes from and what it lost."""
    lines = [
        f"{plan.mixture}, version {plan.version}",
        f"written {plan.date} by Peibi {plan.peibi_version}",
        f"content hash {plan.content_hash}",
        f"budget {plan.tokens:,} tokens ({_short(plan.tokens)}) of tokenizer {plan.tokenizer}",
        f"sequence length {plan.settings.sequence_length}",
    ]
    if len(plan.phases) > 1:
        for place, one in enumerate(plan.phases):
            mark = " (this file)" if place == phase else ""
            lines.append(f"phase {place + 1}, {one.name}: {one.tokens:,} tokens{mark}")
    lines += [f"NOTE {note.kind.code}: {note.english()}" for note in notes]
    return lines


def comment(lines: Iterable[str], mark: str = "# ") -> str:
    """Return lines as comments, long ones broken."""
    broken = []
    for line in lines:
        printable = "".join(letter if letter.isprintable() else " " for letter in line)
        broken += textwrap.wrap(
            printable, WIDTH - len(mark), subsequent_indent="  ", break_long_words=False
        )
    return "".join(f"{mark}{line}\n" for line in broken)


def fields(plan: Plan, notes: Iterable[Note] = ()) -> dict[str, object]:
    """Return the head as a value, for formats without comments that bear an unknown key."""
    return {
        "mixture": plan.mixture,
        "version": plan.version,
        "content_hash": plan.content_hash,
        "date": plan.date,
        "peibi": plan.peibi_version,
        "budget_tokens": plan.tokens,
        "tokenizer": plan.tokenizer,
        "notes": [note.english() for note in notes],
    }


def _short(tokens: int) -> str:
    return str(compact(tokens, "western"))
