"""The portal in several web processes on committed data, and people who all act at one moment."""

import http.client
import json
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session

from app import webserver
from app.accounts import tokens
from app.accounts.viewers import Viewer
from app.settings import Settings
from tests import factories
from tests.quotes.scene import account_of

FACTORY = "app.main:create_app_from_environment"
START_SECONDS = 120
Attempt = Callable[[], int]


@dataclass
class Served:
    """A portal that several processes serve on one socket."""

    engine: Engine
    settings: Settings
    listener: socket.socket
    processes: list[webserver.WebProcess] = field(default_factory=list)
    secrets: dict[int, str] = field(default_factory=dict)
    tally: Counter[str] = field(default_factory=Counter)
    # How long the last round took: where the middle of the next one will be.
    last_milliseconds: float = 100

    @property
    def port(self) -> int:
        return int(self.listener.getsockname()[1])

    def session(self) -> Session:
        """Return a session whose rows stay readable after the commit."""
        return Session(self.engine, expire_on_commit=False)

    def start_processes(self, number: int) -> None:
        """Start more web processes at once and wait until they answer."""
        url = self.engine.url.render_as_string(hide_password=False)
        environment = webserver.environment_of(self.settings, url)
        started = [webserver.start(self.listener, environment, FACTORY) for _ in range(number)]
        self.processes += started
        assert all(one.wait_ready(START_SECONDS) for one in started)

    def sign_in(self, session: Session, viewer: Viewer) -> None:
        """Give somebody a session; `call` sends it."""
        assert viewer.account_id is not None
        secret = tokens.new_secret()
        factories.make_web_session(session, account_of(session, viewer), secret)
        self.secrets[viewer.account_id] = secret

    def call(
        self,
        viewer: Viewer,
        method: str,
        path: str,
        body: object = None,
        **headers: str,
    ) -> tuple[int, Any]:
        """Return the status of an API call and its JSON, on a connection of its own."""
        assert viewer.account_id is not None
        sent = {
            "Cookie": f"peibi_session={self.secrets[viewer.account_id]}",
            "Content-Type": "application/json",
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        text = None if body is None else json.dumps(body)
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        with closing(connection):
            connection.request(method, f"/api/v1{path}", body=text, headers=sent)
            answer = connection.getresponse()
            content = answer.read()
            return answer.status, json.loads(content) if content else None

    def at_once(self, kind: str, attempts: Sequence[Attempt]) -> list[int]:
        """Make attempts at the same moment; return their statuses."""
        barrier = threading.Barrier(len(attempts))

        def run(attempt: Attempt) -> int:
            barrier.wait()
            return attempt()

        began = time.monotonic()
        with ThreadPoolExecutor(len(attempts)) as pool:
            statuses = list(pool.map(run, attempts))
        self.last_milliseconds = (time.monotonic() - began) * 1000
        self.tally.update(f"{kind}: {status}" for status in statuses)
        return statuses


@contextmanager
def serve(url: str, settings: Settings, *, processes: int) -> Iterator[Served]:
    """Serve a committed database until the end of the block."""
    engine = create_engine(url, pool_size=8)
    with socket.create_server(("127.0.0.1", 0), backlog=256) as listener:
        served = Served(engine, settings, listener)
        try:
            served.start_processes(processes)
            yield served
        finally:
            for one in served.processes:
                one.ask_to_stop()
            for one in served.processes:
                one.make_stop(webserver.KILL_SECONDS)
            engine.dispose()
