"""
Take the pictures in docs/screenshots: each page in both languages, wide and narrow.

Starts a portal of its own on a throwaway database with the seeded catalogue, and drives the
system's Chromium. Run by `make screenshots`.
"""

import base64
import secrets
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import uvicorn
from playwright.sync_api import Browser, Page, sync_playwright
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from app.accounts import organisations, tokens
from app.accounts.models import Account, Role, SignInMethod, WebSession
from app.catalog.seed.apply import seed
from app.main import create_app
from app.postgres import embedded
from app.schema import migrate
from app.settings import Settings

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
# Found beside the scripts, not installed.
from tests.catalog.importing import example as imports
from tests.mixtures import example as mixture_example
from tests.mixtures.making import make_viewer
from tests.quotes import example
from tests.trainers import example as trainer_example

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "screenshots"
CHROMIUM = "/usr/bin/chromium"
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
)
LANGUAGES = {"en": "en-US", "zh": "zh-CN"}
WIDTHS = (1280, 390)
# A picture shows what a person sees first; the rest of a long page repeats it.
TALLEST = {1280: 1_700, 390: 1_500}
MOST_BYTES = 10_000_000


@dataclass(frozen=True)
class Shot:
    """
    A page to picture, who looks at it, and whether it is also pictured in the dark.

    A picture starts at the top of the page, or at `start`.
    """

    name: str
    path: str
    role: Role | None = None
    is_dark_too: bool = False
    start: str | None = None


# The first request of a new installation, which tests/quotes/example.py makes.
EXAMPLE = f"RFQ-{datetime.now(UTC).year}-0001"

MIXTURE = f"/mixtures/{mixture_example.SLUG}"

SHOTS = (
    Shot(
        "catalogue",
        "/catalogue?language=zh&modality=text&compare=jlw-chinese-books&compare=skypile-150b",
        is_dark_too=True,
    ),
    Shot("dataset", "/catalogue/jlw-chinese-books"),
    Shot("subsets", "/catalogue/the-pile", is_dark_too=True),
    Shot("claims", "/catalogue/refinedweb"),
    Shot("unit", "/catalogue/jlw-chinese-english-scripts", Role.PLANNER),
    Shot("provider", "/providers/jinglianwen"),
    Shot("compare", "/compare?d=skypile-150b&d=jlw-chinese-books&d=map-cc"),
    Shot("imports", "/imports", Role.PLANNER),
    Shot("import", f"/imports/{imports.PUBLIC_ID}", Role.PLANNER),
    Shot("export", "/catalogue/jlw-chinese-books/export"),
    Shot("exports", "/catalogue/export?category=code"),
    Shot("measure", "/measure/dataset/jlw-chinese-books", Role.PLANNER),
    Shot("about", "/about-the-data"),
    Shot("glossary", "/glossary"),
    Shot("guide", "/help/mixtures"),
    Shot("audit", "/settings/audit", Role.ADMINISTRATOR),
    Shot("priors", "/settings/priors?edit=book_en", Role.ADMINISTRATOR),
    Shot("edit", "/edit/dataset/jlw-chinese-books", Role.PLANNER),
    Shot("review", "/review", Role.PLANNER),
    Shot("mixtures", "/mixtures", Role.PLANNER),
    Shot("composer", MIXTURE, Role.PLANNER, is_dark_too=True),
    Shot("composer-fix", f"{MIXTURE}?preview=solve", Role.PLANNER, start="#fix"),
    Shot("repeats", f"{MIXTURE}/repeats", Role.PLANNER),
    Shot("mixture-text", f"{MIXTURE}/edit-text", Role.PLANNER),
    Shot("mixture-diff", f"{MIXTURE}/diff?from=1&to=draft", Role.PLANNER),
    Shot("training", "/training", is_dark_too=True),
    Shot("layouts", "/training/layouts?run=bloom-176b&only=deepspeed_bf16"),
    Shot("published", "/training/published"),
    Shot("sign-in", "/sign-in"),
    Shot("quotes", "/rfqs", Role.BUYER),
    Shot("quotes-comparison", f"/rfqs/{EXAMPLE}/comparison", Role.APPROVER),
    Shot("quotes-request", f"/rfqs/{EXAMPLE}", Role.BUYER),
    Shot("quotes-new", "/rfqs/new", Role.BUYER),
    Shot("quotes-rate-cards", "/rfqs/rate-cards", Role.BUYER),
    Shot("trainers", "/mixtures/bilingual-1t/versions/1/trainers", Role.PLANNER),
    Shot(
        "trainer",
        "/mixtures/bilingual-1t/versions/1/trainers/levanter",
        Role.PLANNER,
        is_dark_too=True,
    ),
    Shot(
        "trainer-proof", "/mixtures/bilingual-1t/versions/1/trainers/levanter/proof", Role.PLANNER
    ),
    Shot("trainer-read", "/trainers/read", Role.PLANNER),
    Shot("people", "/settings/people", Role.ADMINISTRATOR),
    Shot("account", "/settings/account", Role.PLANNER),
)
PEOPLE = {
    Role.PLANNER: "Chen Wei",
    Role.ADMINISTRATOR: "Li Na",
    Role.BUYER: "Zhao Min",
    Role.APPROVER: "Wu Jing",
}


def main() -> int:
    """Take every picture and say how large they are together."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    wanted = set(sys.argv[1:])
    for old in () if wanted else FOLDER.glob("*.webp"):
        old.unlink()
    with portal() as (address, cookies), browser() as chromium:
        for shot in SHOTS:
            if not wanted or shot.name in wanted:
                take(chromium, address, cookies, shot)
    total = sum(path.stat().st_size for path in FOLDER.glob("*.webp"))
    print(f"{total / 1e6:.1f} MB in {FOLDER}")
    return total > MOST_BYTES


@contextmanager
def portal() -> Iterator[tuple[str, dict[Role, str]]]:
    """Yield the address of a seeded portal and the session cookie of each person."""
    with TemporaryDirectory() as directory, embedded.throwaway() as url:
        engine = create_engine(url)
        migrate(engine)
        with Session(engine) as session, session.begin():
            seed(session)
            cookies = {role: sign_in(session, role) for role in PEOPLE}
            example.make(session)
            imports.make(session)
            viewer = make_viewer(session)
            trainer_example.make(session, viewer)
            mixture_example.make(session, viewer)
        engine.dispose()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        app = create_app(Settings(data_dir=Path(directory)), url)
        server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="warning"))
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}", cookies
        server.should_exit = True
        thread.join()


def sign_in(session: Session, role: Role) -> str:
    """Make a person with a web session and return the secret of its cookie."""
    team = organisations.ensure_team(session)
    name = PEOPLE[role]
    account = Account(
        organisation_id=team.id,
        email=f"{name.lower().replace(' ', '.')}@example.org",
        name=name,
        role=role,
    )
    session.add(account)
    session.flush()
    secret = secrets.token_urlsafe(32)
    session.add(
        WebSession(
            token_hash=tokens.hash_secret(secret),
            account_id=account.id,
            signed_in_by=SignInMethod.PASSWORD,
            user_agent="Firefox",
            address="192.0.2.10",
        )
    )
    return secret


@contextmanager
def browser() -> Iterator[Browser]:
    """Yield the system's Chromium."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield chromium
        chromium.close()


def take(chromium: Browser, address: str, cookies: dict[Role, str], shot: Shot) -> None:
    """Take the pictures of one page."""
    for language, locale in LANGUAGES.items():
        for width in WIDTHS:
            for scheme in ("light", "dark") if shot.is_dark_too else ("light",):
                context = chromium.new_context(
                    viewport={"width": width, "height": TALLEST[width]},
                    locale=locale,
                    color_scheme=scheme,
                )
                if shot.role:
                    secret = cookies[shot.role]
                    context.add_cookies(
                        [{"name": "peibi_session", "value": secret, "url": address}]
                    )
                page = context.new_page()
                answer = page.goto(address + shot.path, wait_until="networkidle")
                if answer is None or not answer.ok:
                    message = f"{shot.path} does not answer with a page"
                    raise SystemExit(message)
                suffix = "-dark" if scheme == "dark" else ""
                name = f"{shot.name}-{language}-{width}{suffix}.webp"
                save(page, FOLDER / name, width, shot.start)
                context.close()


def save(page: Page, path: Path, width: int, start: str | None = None) -> None:
    """Save what a person sees first, as a small picture."""
    height = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": width, "height": min(height, TALLEST[width])})
    if start is not None:
        page.locator(start).evaluate("(element) => element.scrollIntoView({ behavior: 'instant' })")
    client = page.context.new_cdp_session(page)
    picture = client.send("Page.captureScreenshot", {"format": "webp", "quality": 55})
    path.write_bytes(base64.b64decode(picture["data"]))
    print(f"{path.name} {path.stat().st_size / 1000:.0f} KB")


if __name__ == "__main__":
    sys.exit(main())
