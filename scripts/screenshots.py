"""
Take the pictures in docs/screenshots: each page in both languages, the main ones on a phone too.

Starts a portal of its own on a throwaway database with the seeded catalogue, and drives the
system's Chromium. Run by `make screenshots`.
"""

import base64
import secrets
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
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
from tests.quotes import example, making
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
WIDE, NARROW = 1280, 390
# A picture shows what a person sees first; the rest of a long page repeats it.
TALLEST = {WIDE: 1_300, NARROW: 1_100}
MOST_BYTES = 10_000_000


@dataclass(frozen=True)
class Shot:
    """
    A page to picture, who looks at it, and whether it is also pictured narrow, or wide in the dark.

    A picture starts at the top of the page, or at `start`. `act` is done on the page before.
    """

    name: str
    path: str
    role: Role | None = None
    is_narrow_too: bool = False
    is_dark_too: bool = False
    start: str | None = None
    act: Callable[[Page], None] | None = None


# The first request of a new installation, which tests/quotes/example.py makes.
EXAMPLE = f"RFQ-{datetime.now(UTC).year}-0001"

# An open one, whose address is otherwise made at random.
OPEN = "red-teaming"

MIXTURE = f"/mixtures/{mixture_example.SLUG}"


def meet_a_colleague(page: Page) -> None:
    """Save a dataset's form that somebody else has just saved."""
    colleague = page.context.new_page()
    colleague.goto(page.url)
    # Another name in each language: the picture before this one kept the other's.
    language = page.locator("html").get_attribute("lang")
    for one, name in ((colleague, f"2027 list ({language})"), (page, "revised")):
        field = one.locator("#name_en")
        field.fill(f"Chinese books, {name}")
        if one is page:
            one.locator("#paper").fill("arXiv 2101.00027")
        with one.expect_navigation(wait_until="networkidle"):
            field.press("Enter")
    colleague.close()


SHOTS = (
    Shot(
        "catalogue",
        "/catalogue?language=zh&modality=text&compare=jlw-chinese-books&compare=skypile-150b",
        is_narrow_too=True,
        is_dark_too=True,
    ),
    Shot("dataset", "/catalogue/jlw-chinese-books", is_narrow_too=True),
    Shot("subsets", "/catalogue/the-pile", is_narrow_too=True, is_dark_too=True),
    Shot("claims", "/catalogue/refinedweb"),
    Shot("unit", "/catalogue/jlw-chinese-english-scripts", Role.PLANNER, is_narrow_too=True),
    Shot("provider", "/providers/jinglianwen", is_narrow_too=True),
    Shot("compare", "/compare?d=skypile-150b&d=jlw-chinese-books&d=map-cc", is_narrow_too=True),
    Shot("imports", "/imports", Role.PLANNER),
    Shot("import", f"/imports/{imports.PUBLIC_ID}", Role.PLANNER, is_narrow_too=True),
    Shot("export", "/catalogue/jlw-chinese-books/export"),
    Shot("exports", "/catalogue/export?category=code"),
    Shot("measure", "/measure/dataset/jlw-chinese-books", Role.PLANNER),
    Shot("about", "/about-the-data"),
    Shot("glossary", "/glossary"),
    Shot("guide", "/help/mixtures"),
    Shot("audit", "/settings/audit", Role.ADMINISTRATOR),
    Shot("priors", "/settings/priors?edit=book_en", Role.ADMINISTRATOR),
    Shot("edit", "/edit/dataset/jlw-chinese-books", Role.PLANNER, is_narrow_too=True),
    Shot("review", "/review", Role.PLANNER, is_narrow_too=True),
    Shot("mixtures", "/mixtures", Role.PLANNER, is_narrow_too=True),
    Shot("composer", MIXTURE, Role.PLANNER, is_narrow_too=True, is_dark_too=True),
    Shot("composer-fix", f"{MIXTURE}?preview=solve", Role.PLANNER, start="#fix"),
    Shot("repeats", f"{MIXTURE}/repeats", Role.PLANNER),
    Shot("mixture-text", f"{MIXTURE}/edit-text", Role.PLANNER),
    Shot("mixture-diff", f"{MIXTURE}/diff?from=1&to=draft", Role.PLANNER),
    Shot("training", "/training", is_narrow_too=True, is_dark_too=True),
    Shot("layouts", "/training/layouts?run=bloom-176b&only=deepspeed_bf16", is_narrow_too=True),
    Shot("published", "/training/published"),
    Shot("sign-in", "/sign-in", is_narrow_too=True),
    Shot("quotes", "/rfqs", Role.BUYER, is_narrow_too=True),
    Shot("quotes-comparison", f"/rfqs/{EXAMPLE}/comparison", Role.APPROVER, is_narrow_too=True),
    Shot("quotes-request", f"/rfqs/{EXAMPLE}", Role.BUYER, is_narrow_too=True),
    Shot("quotes-new", "/rfqs/new", Role.BUYER),
    Shot("quotes-rate-cards", "/rfqs/rate-cards", Role.BUYER),
    Shot("trainers", "/mixtures/bilingual-1t/versions/1/trainers", Role.PLANNER),
    Shot(
        "trainer",
        "/mixtures/bilingual-1t/versions/1/trainers/levanter",
        Role.PLANNER,
        is_narrow_too=True,
        is_dark_too=True,
    ),
    Shot(
        "trainer-proof", "/mixtures/bilingual-1t/versions/1/trainers/levanter/proof", Role.PLANNER
    ),
    Shot("trainer-read", "/trainers/read", Role.PLANNER),
    Shot("people", "/settings/people", Role.ADMINISTRATOR),
    Shot("account", "/settings/account", Role.PLANNER, is_narrow_too=True),
    Shot("welcome", "/settings/welcome", Role.PLANNER),
    Shot("token", "/settings/account/tokens/new", Role.PLANNER),
    Shot("password", "/settings/account/password", Role.PLANNER),
    Shot("invite", "/settings/people/invite", Role.ADMINISTRATOR),
    Shot("mail", "/settings/mail", Role.ADMINISTRATOR),
    Shot("edit-provider", "/edit/provider/jinglianwen", Role.PLANNER),
    Shot("archive", "/edit/archive/jlw-chinese-books", Role.PLANNER),
    Shot("edit-licence", "/edit/licence/refinedweb", Role.PLANNER),
    Shot("history", "/catalogue/jlw-chinese-books/history", Role.PLANNER),
    Shot("locations", "/catalogue/refinedweb/locations", Role.PLANNER),
    Shot("mixture-new", "/mixtures/new", Role.PLANNER),
    Shot("mixture-import", "/mixtures/import", Role.PLANNER),
    Shot("mixture-using", "/mixtures/using/skypile-150b", Role.PLANNER),
    Shot("mixture-settings", f"{MIXTURE}/settings", Role.PLANNER),
    Shot("mixture-version", f"{MIXTURE}/versions/1", Role.PLANNER),
    Shot("mixture-versions", f"{MIXTURE}/versions", Role.PLANNER),
    Shot("recipes", "/mixtures/recipes"),
    Shot("recipe", "/mixtures/recipes/the-pile", Role.PLANNER),
    Shot("policies", "/mixtures/policies", Role.ADMINISTRATOR),
    Shot("questions", "/training/questions?run=bloom-176b&days=118&budget=2000000"),
    Shot("plan-new", "/training/plans/new?run=bloom-176b", Role.PLANNER),
    Shot("tables", "/training/tables"),
    Shot("config", "/training/config"),
    Shot("plans", "/training/plans", Role.PLANNER),
    Shot("concept", "/training/concepts/zero"),
    Shot("quotes-decide", f"/rfqs/{EXAMPLE}/lots/1/decide", Role.APPROVER),
    Shot("quotes-timeline", f"/rfqs/{EXAMPLE}/timeline", Role.BUYER),
    Shot("quotes-settings", "/rfqs/settings", Role.ADMINISTRATOR),
    Shot("vendor", "/quotes", Role.VENDOR, is_narrow_too=True),
    Shot("vendor-request", f"/quotes/{OPEN}", Role.VENDOR),
    Shot("vendor-quote", f"/quotes/{OPEN}/quote", Role.VENDOR, is_narrow_too=True),
    # The last one: it changes the dataset.
    Shot("conflict", "/edit/dataset/jlw-chinese-books", Role.PLANNER, act=meet_a_colleague),
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
            quotes = example.make(session)
            vendor = quotes.vendors["a"]
            opened = making.open_rfq(session, quotes.buyer, vendor, title="安全红队测试")
            opened.public_id = OPEN
            cookies[Role.VENDOR] = open_session(session, vendor.account_id)
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
    """Make a person, sign them in and return the secret of their cookie."""
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
    return open_session(session, account.id)


def open_session(session: Session, account_id: int | None) -> str:
    """Sign an account in and return the secret of its cookie."""
    secret = secrets.token_urlsafe(32)
    session.add(
        WebSession(
            token_hash=tokens.hash_secret(secret),
            account_id=account_id,
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
        for width in (WIDE, NARROW) if shot.is_narrow_too else (WIDE,):
            for scheme in ("light", "dark") if shot.is_dark_too and width == WIDE else ("light",):
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
                if shot.act is not None:
                    shot.act(page)
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
    picture = client.send("Page.captureScreenshot", {"format": "webp", "quality": 42})
    path.write_bytes(base64.b64decode(picture["data"]))
    print(f"{path.name} {path.stat().st_size / 1000:.0f} KB")


if __name__ == "__main__":
    sys.exit(main())
