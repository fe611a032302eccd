"""
What one web process holds: started, and after a walk through the portal (`-m benchmarks.memory`).

The walk follows links, those of a new kind first, in both languages, signed in as the
administrator. The process is the one that `peibi serve` starts, with its worker.
"""

import re
import socket
import tempfile
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from sqlalchemy.orm import Session

from app import schema, supervisor, webserver
from app.accounts.first_run import ensure_first_link
from app.catalog.seed.apply import seed
from app.db import make_engine
from app.postgres import embedded
from app.settings import Settings
from app.web.api_document import PATH as API_DOCUMENT

# The whole process may hold so many megabytes, whatever was asked of it.
MOST_MB = 200
STEPS = (0, 60, 300)
START = ("/catalogue", "/mixtures", "/training", "/rfqs", "/settings/account", "/glossary")
LANGUAGES = ("zh-CN", "en")
LINK = re.compile(r'href="(/[^"#]*)"')
# Files are exported in pieces and measured on their own; the others say goodbye or never change.
ELSEWHERE = re.compile(r"^/(static|sign-out)|/export")
# One of many of its kind: a slug or an id.
NAMED = re.compile(r"[^/]*[-\d][^/]*")
READY_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Held:
    """Megabytes of a process: resident, and its share of what it shares with others."""

    resident_mb: float
    proportional_mb: float


def table() -> str:
    """Return what a web process holds as it is asked for more, as lines of text."""
    lines = [
        f"one web process with its worker; at most {MOST_MB} MB resident",
        f"{'addresses':>10} {'RSS MB':>8} {'PSS MB':>8}",
    ]
    with embedded.throwaway() as url:
        engine = make_engine(url, pool_size=1)
        schema.migrate(engine)
        with Session(engine) as session, session.begin():
            seed(session)
        engine.dispose()
        lines += [
            f"{asked:10} {held.resident_mb:8.1f} {held.proportional_mb:8.1f}"
            for asked, held in measure(url, STEPS)
        ]
    return "\n".join(lines) + "\n"


def measure(url: str, steps: Sequence[int]) -> Iterator[tuple[int, Held]]:
    """Yield what a web process on a seeded database holds after so many addresses."""
    with web_process(url) as (pid, client):
        addresses = walk(client)
        asked = 0
        for step in steps:
            while asked < step:
                next(addresses)
                asked += 1
            yield asked, read_held(pid)


@contextmanager
def web_process(url: str) -> Iterator[tuple[int, httpx.Client]]:
    """Yield the id of a web process and a client that is signed in to it."""
    with (
        tempfile.TemporaryDirectory() as directory,
        socket.create_server(("127.0.0.1", 0)) as listener,
    ):
        port = listener.getsockname()[1]
        settings = Settings(data_dir=Path(directory), port=port, log_level="warning")
        environment = webserver.environment_of(settings, url)
        process = webserver.start(listener, environment, supervisor.FACTORY)
        try:
            if not process.wait_ready(READY_SECONDS):
                message = "The web process did not start."
                raise RuntimeError(message)
            origin = {"Origin": settings.base_url}
            with httpx.Client(base_url=settings.base_url, headers=origin, timeout=120) as client:
                client.post(_first_link(url, settings))
                yield process.process.pid, client
        finally:
            process.ask_to_stop()
            process.make_stop(webserver.KILL_SECONDS)


def walk(client: httpx.Client) -> Iterator[str]:
    """Ask for one address after the other, those of a new kind first; yield each."""
    yield from _ask_as_programs(client)
    waiting, later, kinds = deque(START), deque[str](), set[str]()
    seen = set(waiting)
    while waiting or later:
        address = waiting.popleft() if waiting else later.popleft()
        # Both languages have their own texts, and each page is made of some.
        answers = [client.get(address, headers={"Accept-Language": one}) for one in LANGUAGES]
        yield address
        for link in LINK.findall("".join(answer.text for answer in answers)):
            found = link.replace("&amp;", "&")
            if found in seen or ELSEWHERE.search(found):
                continue
            seen.add(found)
            kind = NAMED.sub("…", found.partition("?")[0])
            (later if kind in kinds else waiting).append(found)
            kinds.add(kind)


def _ask_as_programs(client: httpx.Client) -> Iterator[str]:
    """Ask for the API's own description, and everything in it that has an example."""
    document = client.get(API_DOCUMENT).raise_for_status().json()
    yield API_DOCUMENT
    for path, item in document["paths"].items():
        content = item.get("post", {}).get("requestBody", {}).get("content", {})
        for example in content.get("application/json", {}).get("examples", {}).values():
            client.post(path, json=example["value"]).raise_for_status()
            yield path


def read_held(pid: int) -> Held:
    """Return what Linux says that a process holds."""
    text = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    kilobytes = {
        name: int(size) for name, size in re.findall(r"^(\w+): +(\d+) kB", text, re.MULTILINE)
    }
    return Held(kilobytes["Rss"] * 1024 / 1e6, kilobytes["Pss"] * 1024 / 1e6)


def _first_link(url: str, settings: Settings) -> str:
    engine = make_engine(url, pool_size=1)
    with Session(engine) as session, session.begin():
        link = ensure_first_link(session, settings.base_url)
    engine.dispose()
    if link is None:
        message = "Somebody has signed in to this portal already."
        raise RuntimeError(message)
    return link


if __name__ == "__main__":
    print(table())
