"""Which locations a framework can read from: asked when a file is written, and when one is read."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from app.trainers.kit.findings import Finding, FindingKind, Severity
from app.trainers.kit.outputs import ReadComponent
from app.trainers.kit.plan import Layout, Location
from app.web.i18n import later

PLACEHOLDER = "PEIBI-LOCATION-MISSING/"
WILDCARD = FindingKind(
    "wildcard",
    Severity.ERROR,
    later("The location of %(name)s has a wildcard, which is not expanded here: %(uri)s."),
    later("Write the path itself, without *, ? and [."),
)


@dataclass(frozen=True, slots=True)
class Reach:
    """What a framework reads from; `kind` is what is wrong with any other location."""

    kind: FindingKind
    reads: Callable[[Location], bool]

    def judge(self, name: str, location: Location, line: int | None = None) -> Iterator[Finding]:
        """Yield what is wrong with a location, unless it is a placeholder."""
        if PLACEHOLDER not in location.uri and not self.reads(location):
            yield self.kind.at(line, name=name, uri=location.uri)

    def judge_all(self, components: Iterable[ReadComponent], layout: Layout) -> Iterator[Finding]:
        """Yield what is wrong with the locations that a file names, all of one layout."""
        for one in components:
            if one.location is not None:
                yield from self.judge(one.name, Location(one.location, layout), one.line)


def has_wildcard(uri: str) -> bool:
    """Whether a location stands for several files."""
    return any(one in uri for one in "*?[")


PLAIN_PATHS = Reach(WILDCARD, lambda location: not has_wildcard(location.uri))
