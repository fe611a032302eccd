"""Edits of which components a phase has."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.errors import Conflict, InvalidInput
from app.mixtures.content import Component
from app.mixtures.edits.results import Bench, Edit, Edited, moved, spot
from app.planning.limits import MAX_COMPONENTS

MAX_NAMED = 5
DEFAULT_MAX_EPOCHS = 4.0


def add_components(
    phase: str,
    datasets: Sequence[str],
    *,
    weights: Mapping[str, float] | None = None,
    max_epochs: float | None = DEFAULT_MAX_EPOCHS,
    source: str = "search",
) -> Edit:
    """
    Return the edit that adds datasets to a phase; those that it has already stay as they are.

    Parameters
    ----------
    weights : mapping of str to float, optional
        By dataset; by default the mean weight of the phase, so that a list that sums to 100
        shows at once how much the newcomer takes.
    source : str
        Where they came from: search, list, recipe, subsets or filter.

    Raises
    ------
    InvalidInput
        If the catalogue has no such dataset, or it holds no tokens.
    Conflict
        If the phase has all of them, or would have too many.
    """
    wanted = list(dict.fromkeys(datasets))

    def edit(bench: Bench) -> Edited:
        at = spot(bench.content, phase)
        present = {one.dataset for one in at.phase.components}
        new = [slug for slug in wanted if slug not in present]
        _refuse_unknown(new, bench.facts(new))
        if not new:
            raise Conflict("The phase %(phase)s has these components already.", phase=phase)
        if len(present) + len(new) > MAX_COMPONENTS:
            raise Conflict(
                "A phase has at most %(limit)s components; these would be %(count)s.",
                limit=MAX_COMPONENTS,
                count=len(present) + len(new),
            )
        typed = [one.weight for one in at.phase.components if one.weight]
        usual = _tidy_mean(typed)
        added = tuple(
            Component(
                dataset=slug,
                weight=float((weights or {}).get(slug, usual)),
                max_epochs=max_epochs,
            )
            for slug in new
        )
        after = at.phase.with_(components=(*at.phase.components, *added))
        params: dict[str, Any] = {
            "phase": phase,
            "count": len(new),
            "datasets": new[:MAX_NAMED],
            "source": source,
        }
        return Edited(at.with_phase(after), "add", params, moved(at.phase, after))

    return edit


def remove_components(phase: str, datasets: Sequence[str]) -> Edit:
    """Return the edit that takes components out; the others keep their weights."""
    gone = set(datasets)

    def edit(bench: Bench) -> Edited:
        at = spot(bench.content, phase)
        for slug in datasets:
            at.place(slug)
        kept = tuple(one for one in at.phase.components if one.dataset not in gone)
        after = at.phase.with_(components=kept)
        params: dict[str, Any] = {
            "phase": phase,
            "count": len(gone),
            "datasets": list(dict.fromkeys(datasets))[:MAX_NAMED],
        }
        return Edited(at.with_phase(after), "remove", params, moved(at.phase, after))

    return edit


def move_component(phase: str, dataset: str, to: int) -> Edit:
    """Return the edit that puts a component at another position, 0 being the first."""

    def edit(bench: Bench) -> Edited:
        at = spot(bench.content, phase)
        place = at.place(dataset)
        components = list(at.phase.components)
        one = components.pop(place)
        components.insert(min(max(to, 0), len(components)), one)
        return Edited(
            content=at.with_phase(at.phase.with_(components=tuple(components))),
            action="move",
            params={"phase": phase, "dataset": dataset},
        )

    return edit


def read_list(text: str) -> list[tuple[str, str | None]]:
    r"""
    Read a pasted list: a dataset a line, with a weight after a tab, comma, colon or blanks.

    >>> read_list("the-pile/arxiv\t8.96\nFineWeb-Edu: 12\n# a comment\n")
    [('the-pile/arxiv', '8.96'), ('FineWeb-Edu', '12')]
    """
    found: list[tuple[str, str | None]] = []
    for line in text.splitlines():
        clean = line.split("#", 1)[0].strip().rstrip(",;").strip()
        if not clean:
            continue
        name, weight = clean, None
        for mark in ("\t", ",", ":", "：", "，", " "):
            head, _mark, tail = clean.rpartition(mark)
            if head.strip() and _is_number(tail.strip()):
                name, weight = head.strip(), tail.strip()
                break
        found.append((name.strip("\"'“”"), weight))
    return found


def _is_number(text: str) -> bool:
    digits = text.rstrip("%％ ").strip()
    return bool(digits) and digits.replace(".", "", 1).isdigit() and digits.isascii()


def _tidy_mean(typed: Sequence[float]) -> float:
    if not typed:
        return 1.0
    return float(f"{sum(typed) / len(typed):.3g}")


def _refuse_unknown(slugs: Sequence[str], facts: Mapping[str, object]) -> None:
    unknown = [slug for slug in slugs if slug not in facts]
    if unknown:
        raise InvalidInput(
            "The catalogue has no %(names)s, or you may not see it.",
            field="datasets",
            names=", ".join(unknown[:MAX_NAMED]),
        )
