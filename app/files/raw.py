"""Read a body that is the file itself, as it arrives: what a script sends with `--data-binary`."""

from app.errors import InvalidInput
from app.files.purposes import Purpose
from app.files.receiving import ReceivedFile, Receiver
from app.files.storage import FileStorage

# What a file is called whose sender gave no name, by the media type of the body.
_ENDINGS = {
    "application/ld+json": ".jsonld",
    "text/x-markdown": ".md",
    "text/tab-separated-values": ".tsv",
}
UNNAMED = "upload"


class RawReader:
    """Feed it the body in pieces; it writes them to the store as one file."""

    def __init__(
        self, storage: FileStorage, purpose: Purpose, name: str, *, max_bytes: int
    ) -> None:
        self.fields: dict[str, str] = {}
        self._receiver = Receiver(storage, purpose, name, max_bytes=max_bytes)

    def feed(self, piece: bytes) -> None:
        """Take the next bytes of the body; raises AppError."""
        if piece:
            self._receiver.write(piece)

    def finish(self) -> ReceivedFile:
        """Return the file; raises AppError where it is of no type that is taken here."""
        if self._receiver.size_bytes == 0:
            raise InvalidInput("The file is empty.", field="file")
        return self._receiver.finish()

    def discard(self) -> None:
        """Remove what was written."""
        self._receiver.discard()


def name_of(given: str, media_type: str, purpose: Purpose) -> str:
    """Return what to call a body: as its sender says, else after its media type."""
    if given:
        return given
    bare = media_type.partition(";")[0].strip().lower()
    known = {kind.media_type: kind.extensions[0] for kind in reversed(purpose.types)}
    return UNNAMED + (_ENDINGS | known).get(bare, ".txt")
