"""A ZIP package that grows as it is sent and is the same bytes for the same content."""

import zipfile


class Sink:
    """Where a ZIP writes; hands over what came since the last time."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self.size = 0

    def write(self, piece: bytes) -> int:
        """Keep a piece until it is taken."""
        self._pieces.append(bytes(piece))
        self.size += len(piece)
        return len(piece)

    def flush(self) -> None:
        """Do nothing; zipfile wants to be able to ask."""

    def close(self) -> None:
        """Do nothing, likewise."""

    def take(self) -> bytes:
        """Return what was written and forget it."""
        taken = b"".join(self._pieces)
        self._pieces, self.size = [], 0
        return taken


def part(name: str) -> zipfile.ZipInfo:
    """Return a part of a package; a time of its own would make every export a different file."""
    found = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    found.compress_type = zipfile.ZIP_DEFLATED
    return found
