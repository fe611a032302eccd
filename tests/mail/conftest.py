"""A real mail server on this machine, with a certificate of an authority made for the test."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session, sessionmaker

from app.mail import outbox
from app.mail.models import Mail
from app.mail.outbox import Recipient, Text
from app.settings import Settings

PASSWORD = "correct horse"  # noqa: S105  of a server that lives as long as a test


@dataclass
class Inbox:
    """What the server does with a mail: takes it, refuses it, or stalls in the middle."""

    answers: list[str] = field(default_factory=list)
    recipient_answer: str = "250 OK"
    messages: list[EmailMessage] = field(default_factory=list)
    stall: threading.Event | None = None
    reached_text: threading.Event = field(default_factory=threading.Event)
    drop_after_text: bool = False

    async def handle_RCPT(self, server, session, envelope, address, options) -> str:  # noqa: ARG002, N802
        if self.recipient_answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.recipient_answer

    async def handle_DATA(self, server, session, envelope) -> str:  # noqa: ARG002, N802
        self.messages.append(message_from_bytes(envelope.content, policy=default))
        self.reached_text.set()
        if self.drop_after_text:
            server.transport.close()
            return "250 OK"
        if self.stall is not None:
            await server.loop.run_in_executor(None, self.stall.wait, 20)
        return self.answers.pop(0) if self.answers else "250 OK"

    @property
    def texts(self) -> list[str]:
        return [message.get_body(("plain",)).get_content() for message in self.messages]


@dataclass
class Server:
    """A running server and the settings that reach it."""

    inbox: Inbox
    settings: Settings
    controller: Controller


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    return trustme.CA()


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def start(authority: trustme.CA, host: str, tmp_path: Path, inbox: Inbox | None = None) -> Server:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(host).configure_cert(context)
    ca_file = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(ca_file))
    inbox = inbox or Inbox()
    controller = Controller(
        inbox,
        hostname="127.0.0.1",
        port=free_port(),
        tls_context=context,
        require_starttls=True,
        auth_required=True,
        authenticator=lambda *args: AuthResult(success=args[4].password == PASSWORD.encode()),
    )
    controller.start()
    settings = Settings(
        data_dir=tmp_path / "data",
        smtp_host="localhost",
        smtp_port=controller.port,
        smtp_ca_file=ca_file,
        smtp_user="peibi",
        smtp_password=PASSWORD,
        mail_from="portal@example.com",
    )
    return Server(inbox, settings, controller)


@pytest.fixture
def server(authority: trustme.CA, tmp_path: Path) -> Iterator[Server]:
    running = start(authority, "localhost", tmp_path)
    yield running
    running.controller.stop()


@dataclass
class Outbox:
    """A database with committed mails."""

    url: str
    sessions: sessionmaker[Session]

    def write(self, **more: object) -> tuple[str, str]:
        """Write a mail; return its id and its job's."""
        with self.sessions.begin() as session:
            mail = write_mail(session, **more)
            job = session.execute(
                text("SELECT public_id FROM job ORDER BY id DESC LIMIT 1")
            ).scalar_one()
            return mail.public_id, job

    def mail(self, public_id: str) -> Mail:
        with self.sessions() as session:
            return session.query(Mail).filter_by(public_id=public_id).one()


def write_mail(session: Session, *, locale: str | None = "en", **more: object) -> Mail:
    return outbox.queue(
        session,
        Recipient("li.na@example.com", "Li Na", locale),
        kind="rfq.invitation",
        about="RFQ-2026-014",
        subject=Text("Sign in"),
        paragraphs=[
            Text("Sign in to see this."),
            Text("https://portal.example/%(secret)s", {"secret": "s3cret"}),
        ],
        **more,
    )


@pytest.fixture
def outbox_database(new_database: Callable[[], str]) -> Iterator[Outbox]:
    url = new_database()
    engine = create_engine(url)
    yield Outbox(url, sessionmaker(engine, expire_on_commit=False))
    engine.dispose()
