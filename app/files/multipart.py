"""Read a multipart form as it arrives: small fields in memory, the file straight to the store."""

import re

from python_multipart import MultipartParser
from python_multipart.multipart import parse_options_header

from app.errors import InvalidInput, TooLarge
from app.files.purposes import Purpose
from app.files.receiving import ReceivedFile, Receiver
from app.files.storage import FileStorage

# What a form may carry beside its file: a pasted text at most.
MAX_FIELDS = 100
MAX_FIELD_BYTES = 1_000_000
# How HTML writes what may not stand in a quoted name.
_ESCAPES = {"%22": '"', "%0D": "\r", "%0A": "\n"}


def boundary_of(content_type: str) -> bytes:
    """Return the boundary of a multipart form; raises InvalidInput for any other body."""
    kind, options = parse_options_header(content_type)
    boundary = options.get(b"boundary", b"")
    if kind != b"multipart/form-data" or not re.fullmatch(rb"[\x21-\x7e ]{1,70}", boundary):
        raise InvalidInput("Send the file as a form (multipart/form-data).")
    return boundary


class MultipartReader:
    """Feed it the body in pieces; it keeps the fields and writes the one file it may hold."""

    def __init__(
        self, storage: FileStorage, purpose: Purpose, boundary: bytes, *, max_bytes: int
    ) -> None:
        self.storage = storage
        self.purpose = purpose
        self.max_bytes = max_bytes
        self.fields: dict[str, str] = {}
        self._receiver: Receiver | None = None
        self._headers: dict[bytes, bytes] = {}
        self._header_name = b""
        self._header_value = b""
        self._field: str | None = None
        self._value = bytearray()
        self._value_bytes = 0
        self._is_file = False
        self._parser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._begin_part,
                "on_header_field": self._take_header_name,
                "on_header_value": self._take_header_value,
                "on_header_end": self._end_header,
                "on_headers_finished": self._end_headers,
                "on_part_data": self._take_data,
                "on_part_end": self._end_part,
                "on_end": self._end,
            },
        )
        self._is_whole = False

    def feed(self, piece: bytes) -> None:
        """Take the next bytes of the body; raises AppError or MultipartParseError."""
        self._parser.write(piece)

    def finish(self) -> ReceivedFile | None:
        """Return the file, None where none was chosen; raises if the form is not whole."""
        self._parser.finalize()
        if not self._is_whole:
            raise InvalidInput("The upload broke off or is damaged. Please send it again.")
        return self._receiver.finish() if self._receiver else None

    def discard(self) -> None:
        """Remove what was written."""
        if self._receiver is not None:
            self._receiver.discard()

    def _begin_part(self) -> None:
        self._headers = {}
        self._header_name = self._header_value = b""
        self._field, self._is_file = None, False
        self._value = bytearray()

    def _take_header_name(self, data: bytes, start: int, end: int) -> None:
        self._header_name += data[start:end]

    def _take_header_value(self, data: bytes, start: int, end: int) -> None:
        self._header_value += data[start:end]

    def _end_header(self) -> None:
        self._headers[self._header_name.lower()] = self._header_value
        self._header_name = self._header_value = b""

    def _end_headers(self) -> None:
        _, options = parse_options_header(self._headers.get(b"content-disposition", b""))
        self._field = _text(options.get(b"name", b""))
        if b"filename" not in options:
            return
        self._is_file = True
        name = _unescaped(_text(options[b"filename"]))
        # A browser sends an empty part where no file was chosen.
        if name:
            if self._receiver is not None:
                raise InvalidInput("Only one file at a time is taken here.", field="file")
            self._receiver = Receiver(self.storage, self.purpose, name, max_bytes=self.max_bytes)

    def _take_data(self, data: bytes, start: int, end: int) -> None:
        if self._is_file:
            if self._receiver is not None:
                self._receiver.write(data[start:end])
            return
        self._value_bytes += end - start
        if self._value_bytes > MAX_FIELD_BYTES or len(self.fields) >= MAX_FIELDS:
            raise TooLarge(
                "The form's fields have more than %(limit)s bytes. Send a long text as a file.",
                limit=MAX_FIELD_BYTES,
            )
        self._value += data[start:end]

    def _end_part(self) -> None:
        if not self._is_file and self._field:
            self.fields[self._field] = _text(bytes(self._value))

    def _end(self) -> None:
        self._is_whole = True


def _text(raw: bytes) -> str:
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        raise InvalidInput("The form is not valid UTF-8, so nothing was changed.") from None
    if "\x00" in text:
        raise InvalidInput("The form contains a NUL character, which no text has.")
    return text


def _unescaped(name: str) -> str:
    return re.sub("%22|%0D|%0A", lambda match: _ESCAPES[match[0]], name)
