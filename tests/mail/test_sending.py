"""Mails leave after the commit, once, over verified TLS; what is unknown is said to be."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from pydantic import ValidationError
from sqlalchemy import text

from app.errors import Conflict
from app.jobs import runner
from app.jobs.errors import TryAgain
from app.mail import outbox, sending
from app.mail.models import MailState
from app.settings import Settings
from tests.mail.conftest import Outbox, Server, free_port, start, write_mail

ROOT = Path(__file__).resolve().parents[2]


def attempt(box: Outbox, settings: Settings, job: str) -> None:
    kind = sending.job_kind(settings)
    runner.run_job(box.sessions, {kind.code: kind}, job)


def test_a_mail_arrives_and_its_text_is_erased(outbox_database: Outbox, server: Server) -> None:
    mail, job = outbox_database.write()
    attempt(outbox_database, server.settings, job)
    [message] = server.inbox.messages
    assert message["To"] == "Li Na <li.na@example.com>"
    assert message["Subject"] == "Sign in"
    assert message["Auto-Submitted"] == "auto-generated"
    assert server.inbox.texts == ["Sign in to see this.\n\nhttps://portal.example/s3cret\n"]
    row = outbox_database.mail(mail)
    assert (row.state, row.body, row.attempts) == (MailState.SENT, None, 1)


def test_a_rolled_back_transaction_writes_no_mail(outbox_database: Outbox) -> None:
    with outbox_database.sessions() as session:
        write_mail(session)
        session.rollback()
        assert session.scalar(text("SELECT count(*) FROM mail")) == 0
        assert session.scalar(text("SELECT count(*) FROM procrastinate_jobs")) == 0


@pytest.mark.parametrize(
    ("locale", "subject", "first"),
    [
        ("zh_CN", "登录", "请登录后查看。"),
        ("en", "Sign in", "Sign in to see this."),
        # Whose language is not known gets both.
        (None, "登录 / Sign in", "请登录后查看。"),
    ],
)
def test_a_mail_speaks_its_reader_s_language(
    outbox_database: Outbox, server: Server, locale: str | None, subject: str, first: str
) -> None:
    _mail, job = outbox_database.write(locale=locale)
    attempt(outbox_database, server.settings, job)
    assert server.inbox.messages[0]["Subject"] == subject
    assert server.inbox.texts[0].startswith(first)


def test_a_refusal_is_final_and_says_why(outbox_database: Outbox, server: Server) -> None:
    server.inbox.recipient_answer = "550 no such user here"
    mail, job = outbox_database.write()
    attempt(outbox_database, server.settings, job)
    row = outbox_database.mail(mail)
    assert row.state == MailState.FAILED
    assert row.error == "550 no such user here"
    assert server.inbox.messages == []


def test_a_later_please_is_tried_again(outbox_database: Outbox, server: Server) -> None:
    server.inbox.answers = ["451 come back later"]
    mail, job = outbox_database.write()
    with pytest.raises(TryAgain) as again:
        attempt(outbox_database, server.settings, job)
    assert again.value.wait.total_seconds() == 5
    assert outbox_database.mail(mail).state == MailState.QUEUED
    attempt(outbox_database, server.settings, job)
    row = outbox_database.mail(mail)
    assert (row.state, row.attempts, row.error) == (MailState.SENT, 2, None)
    # The first was refused by its answer, so the second is no repeat.
    assert "may have received" not in server.inbox.texts[1]


def test_a_server_that_is_away_is_tried_again(outbox_database: Outbox, server: Server) -> None:
    mail, job = outbox_database.write()
    nobody_there = server.settings.model_copy(update={"smtp_port": free_port()})
    with pytest.raises(TryAgain):
        attempt(outbox_database, nobody_there, job)
    row = outbox_database.mail(mail)
    assert row.state == MailState.QUEUED
    assert "refused" in row.error
    attempt(outbox_database, server.settings, job)
    assert outbox_database.mail(mail).state == MailState.SENT


def test_after_hours_it_is_given_up(outbox_database: Outbox, server: Server) -> None:
    server.inbox.answers = ["451 come back later"]
    mail, job = outbox_database.write()
    with outbox_database.sessions.begin() as session:
        session.execute(text("UPDATE mail SET attempts = :n"), {"n": outbox.TRIES - 1})
    attempt(outbox_database, server.settings, job)
    assert outbox_database.mail(mail).state == MailState.FAILED


def test_a_certificate_of_somebody_else_is_not_taken(
    outbox_database: Outbox, authority, tmp_path: Path
) -> None:
    impostor = start(authority, "mail.elsewhere.example", tmp_path)
    mail, job = outbox_database.write()
    with pytest.raises(TryAgain):
        attempt(outbox_database, impostor.settings, job)
    impostor.controller.stop()
    row = outbox_database.mail(mail)
    assert "certificate" in row.error
    assert impostor.inbox.messages == []


def test_an_unknown_authority_is_not_taken(outbox_database: Outbox, server: Server) -> None:
    _mail, job = outbox_database.write()
    with pytest.raises(TryAgain):
        attempt(outbox_database, server.settings.model_copy(update={"smtp_ca_file": None}), job)
    assert server.inbox.messages == []


def test_a_connection_that_breaks_in_the_text_leaves_it_open(
    outbox_database: Outbox, server: Server
) -> None:
    server.inbox.drop_after_text = True
    mail, job = outbox_database.write()
    attempt(outbox_database, server.settings, job)
    assert outbox_database.mail(mail).state == MailState.UNCERTAIN
    # Nothing sends it by itself.
    attempt(outbox_database, server.settings, job)
    assert len(server.inbox.messages) == 1


def test_what_may_repeat_is_sent_again_and_says_so(outbox_database: Outbox, server: Server) -> None:
    server.inbox.drop_after_text = True
    mail, job = outbox_database.write(may_repeat=True)
    with pytest.raises(TryAgain):
        attempt(outbox_database, server.settings, job)
    server.inbox.drop_after_text = False
    attempt(outbox_database, server.settings, job)
    assert outbox_database.mail(mail).state == MailState.SENT
    first, second = server.inbox.messages
    assert first["Message-ID"] == second["Message-ID"]
    assert "may have received this message before" not in server.inbox.texts[0]
    assert server.inbox.texts[1].startswith("You may have received this message before")


@pytest.mark.race
@pytest.mark.parametrize("may_repeat", [False, True])
def test_kill_9_while_the_server_takes_the_mail(
    outbox_database: Outbox, server: Server, may_repeat: bool
) -> None:
    server.inbox.stall = threading.Event()
    mail, job = outbox_database.write(may_repeat=may_repeat)
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.mail.send_once", outbox_database.url, job],
        cwd=ROOT,
        env=os.environ | environment(server.settings),
    )
    assert server.inbox.reached_text.wait(30)
    process.send_signal(signal.SIGKILL)
    process.wait()
    server.inbox.stall.set()
    server.inbox.stall = None
    assert outbox_database.mail(mail).state == MailState.SENDING
    attempt(outbox_database, server.settings, job)
    if may_repeat:
        assert outbox_database.mail(mail).state == MailState.SENT
        assert server.inbox.texts[1].startswith("You may have received this message before")
    else:
        assert outbox_database.mail(mail).state == MailState.UNCERTAIN
        assert len(server.inbox.messages) == 1


@pytest.mark.race
def test_kill_9_before_the_text_loses_nothing(outbox_database: Outbox, server: Server) -> None:
    mail, job = outbox_database.write()
    with outbox_database.sessions.begin() as session:
        # As an attempt leaves it that died while it connected.
        session.execute(text("UPDATE mail SET attempts = 1"))
        session.execute(text("UPDATE job SET state = 'running', attempt = 1"))
    attempt(outbox_database, server.settings, job)
    assert outbox_database.mail(mail).state == MailState.SENT
    assert len(server.inbox.messages) == 1


def test_without_a_server_mails_are_files(outbox_database: Outbox, tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    mail, job = outbox_database.write(locale="zh_CN")
    attempt(outbox_database, settings, job)
    row = outbox_database.mail(mail)
    assert (row.state, row.body) == (MailState.KEPT, None)
    [path] = (tmp_path / "mail").glob("*.eml")
    assert path.stat().st_mode & 0o077 == 0
    assert path.parent.stat().st_mode & 0o077 == 0
    assert "请登录后查看。" in path.read_text()


def test_a_name_cannot_add_a_header(outbox_database: Outbox, server: Server) -> None:
    with outbox_database.sessions.begin() as session:
        mail = outbox.queue(
            session,
            outbox.Recipient("a@example.com", "Eve\r\nBcc: b@example.com", "en"),
            kind="rfq.invitation",
            about="x",
            subject=outbox.Text("%(title)s", {"title": "Hello\nX-Evil: yes"}),
            paragraphs=[outbox.Text("Sign in")],
        )
        job = session.execute(text("SELECT public_id FROM job")).scalar_one()
    attempt(outbox_database, server.settings, job)
    [message] = server.inbox.messages
    assert message["Bcc"] is None
    assert message["X-Evil"] is None
    assert message["Subject"] == "Hello X-Evil: yes"
    assert outbox_database.mail(mail.public_id).state == MailState.SENT


def test_an_impossible_address_fails_with_a_reason(outbox_database: Outbox, server: Server) -> None:
    with outbox_database.sessions.begin() as session:
        mail = outbox.queue(
            session,
            outbox.Recipient("no address", "", "en"),
            kind="rfq.invitation",
            about="x",
            subject=outbox.Text("Sign in"),
            paragraphs=[outbox.Text("Sign in")],
        )
        job = session.execute(text("SELECT public_id FROM job")).scalar_one()
    attempt(outbox_database, server.settings, job)
    assert outbox_database.mail(mail.public_id).state == MailState.FAILED


def test_a_person_sends_an_uncertain_mail_again(outbox_database: Outbox, server: Server) -> None:
    server.inbox.drop_after_text = True
    public_id, job = outbox_database.write()
    attempt(outbox_database, server.settings, job)
    server.inbox.drop_after_text = False
    with outbox_database.sessions.begin() as session:
        outbox.send_again(session, session.merge(outbox_database.mail(public_id)))
        job = session.execute(
            text("SELECT public_id FROM job ORDER BY id DESC LIMIT 1")
        ).scalar_one()
    attempt(outbox_database, server.settings, job)
    assert server.inbox.texts[1].startswith("You may have received this message before")
    with outbox_database.sessions.begin() as session, pytest.raises(Conflict):
        outbox.send_again(session, session.merge(outbox_database.mail(public_id)))


def test_old_texts_are_erased(outbox_database: Outbox) -> None:
    public_id, _job = outbox_database.write()
    with outbox_database.sessions.begin() as session:
        session.execute(text("UPDATE mail SET created_at = created_at - interval '8 days'"))
        sending.forget_old_mails(session)
    row = outbox_database.mail(public_id)
    assert (row.body, row.state) == (None, MailState.FAILED)


@pytest.mark.parametrize(
    "values",
    [
        {"smtp_host": "mail.example.com"},
        {"smtp_host": "mail.example.com", "mail_from": "a@b.example", "smtp_security": "none"},
    ],
)
def test_settings_that_would_leak_mail_stop_the_start(values: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        Settings(**values)


def environment(settings: Settings) -> dict[str, str]:
    return {
        "PEIBI_DATA_DIR": str(settings.data_dir),
        "PEIBI_SMTP_HOST": "localhost",
        "PEIBI_SMTP_PORT": str(settings.smtp_port),
        "PEIBI_SMTP_CA_FILE": str(settings.smtp_ca_file),
        "PEIBI_SMTP_USER": "peibi",
        "PEIBI_SMTP_PASSWORD": settings.smtp_password.get_secret_value(),
        "PEIBI_MAIL_FROM": "portal@example.com",
    }
