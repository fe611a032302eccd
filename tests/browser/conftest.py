"""A real Chromium on a real server with the whole seeded catalogue."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from app.accounts import tokens
from app.accounts.models import Role, SignInMethod, WebSession
from app.main import create_app
from app.settings import Settings
from tests.conftest import Databases
from tests.factories import make_account

CHROMIUM = "/usr/bin/chromium"
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
START_SECONDS = 120
# A busy machine is no defect: to look for something again costs nothing where it comes at once.
PATIENCE_MS = 60_000


@dataclass(frozen=True)
class Portal:
    """A running portal: its address, its database and its files."""

    address: str
    database_url: str
    data_dir: Path

    def sign_in(
        self, context: BrowserContext, role: Role | None, account_id: int | None = None
    ) -> None:
        """Give a browser the session of that account, else of a new person with that role."""
        secret = tokens.new_secret()
        engine = create_engine(self.database_url)
        with Session(engine) as session, session.begin():
            session.add(
                WebSession(
                    token_hash=tokens.hash_secret(secret),
                    account_id=account_id or make_account(session, role=role).id,
                    signed_in_by=SignInMethod.PASSWORD,
                    user_agent="test",
                    address="127.0.0.1",
                )
            )
        engine.dispose()
        context.add_cookies([{"name": "peibi_session", "value": secret, "url": self.address}])


@pytest.fixture(scope="session")
def portal(
    databases: Databases, seeded_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Portal]:
    """A portal of its own with the seeded catalogue, served over HTTP."""
    url = databases.clone(seeded_template)
    settings = Settings(data_dir=tmp_path_factory.mktemp("portal"))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    config = uvicorn.Config(
        create_app(settings, url), host="127.0.0.1", port=port, log_level="warning"
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + START_SECONDS
    while not server.started:
        if time.monotonic() > deadline:
            raise TimeoutError("the portal did not start")
        time.sleep(0.05)
    yield Portal(f"http://127.0.0.1:{port}", url, settings.data_dir)
    server.should_exit = True
    thread.join(START_SECONDS)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    if not Path(CHROMIUM).exists():
        pytest.fail(f"browser tests need Chromium at {CHROMIUM}")
    with sync_playwright() as playwright:
        expect.set_options(timeout=PATIENCE_MS)
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield browser
        browser.close()


@dataclass
class Watched:
    """A page and everything that went wrong on it."""

    page: Page
    problems: list[str]

    def forget_refusals(self) -> None:
        """Drop the browser's own notes that a form was refused."""
        self.problems[:] = [one for one in self.problems if "status of 4" not in one]


@pytest.fixture
def open_page(chromium: Browser, portal: Portal) -> Iterator[Callable[..., Watched]]:
    """Open pages in contexts of their own; at the end nothing may have gone wrong on any."""
    contexts: list[BrowserContext] = []
    watched: list[Watched] = []

    def open_one(
        path: str = "/catalogue",
        *,
        locale: str = "en-US",
        width: int = 1280,
        dark: bool = False,
        javascript: bool = True,
        role: Role | None = None,
        account_id: int | None = None,
    ) -> Watched:
        context = chromium.new_context(
            viewport={"width": width, "height": 900},
            locale=locale,
            color_scheme="dark" if dark else "light",
            java_script_enabled=javascript,
            base_url=portal.address,
        )
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        if role or account_id:
            portal.sign_in(context, role, account_id)
        page = context.new_page()
        one = Watched(page, [])
        page.on("pageerror", lambda error: one.problems.append(f"error: {error}"))
        page.on(
            "console",
            lambda message: (
                one.problems.append(f"console: {message.text}")
                if message.type in {"error", "warning"}
                else None
            ),
        )
        page.goto(path)
        watched.append(one)
        return one

    yield open_one
    for context in contexts:
        context.close()
    problems = [problem for one in watched for problem in one.problems]
    assert not problems
