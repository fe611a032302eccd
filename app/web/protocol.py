"""HTTP as uvicorn reads it, with a bounded head and a refusal that a person understands."""

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from app.web.filters import MAX_ADDRESS_BYTES
from app.web.security import HEADERS

# What of an address is kept: enough for the portal to see that it is too long, and to say so.
KEPT_ADDRESS_BYTES = 4 * MAX_ADDRESS_BYTES
MAX_HEADERS_BYTES = 64_000
# No header is known yet where a request cannot be read, so nor is the reader's language.
REFUSAL = f"""\
400 This request cannot be read, so nothing was done.
Write Chinese in an address percent-encoded, as in
curl --get --data-urlencode "q=图书" ADDRESS;
the headers may have at most {MAX_HEADERS_BYTES} bytes.

400 无法读取此请求，未做任何操作。
地址中的中文须用百分号编码，例如 curl --get --data-urlencode "q=图书" 地址；
请求头最多 {MAX_HEADERS_BYTES} 字节。
"""


class HeadersTooLargeError(Exception):
    """The headers of a request grew past what any browser sends."""


class Protocol(HttpToolsProtocol):
    """
    One connection.

    The parser itself limits neither the address nor the headers: they would be collected in
    memory for as long as somebody sends them.
    """

    def on_message_begin(self) -> None:
        """Start to count a request's headers."""
        self.headers_bytes = 0
        super().on_message_begin()

    def on_url(self, url: bytes) -> None:
        """Keep the beginning of an address."""
        super().on_url(url[: KEPT_ADDRESS_BYTES - len(self.url)])

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep a header; the parser turns the error into a refusal."""
        self.headers_bytes += len(name) + len(value)
        if self.headers_bytes > MAX_HEADERS_BYTES:
            raise HeadersTooLargeError
        super().on_header(name, value)

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002  uvicorn's words
        """Say in both languages that a request cannot be read, and end the connection."""
        body = REFUSAL.encode()
        headers = HEADERS | {
            "Content-Type": "text/plain; charset=utf-8",
            "Content-Length": str(len(body)),
            "Cache-Control": "no-store",
            "Connection": "close",
        }
        lines = ["HTTP/1.1 400 Bad Request", *(f"{name}: {text}" for name, text in headers.items())]
        self.transport.write("\r\n".join([*lines, "", ""]).encode("ascii") + body)
        self.transport.close()
