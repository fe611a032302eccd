"""The outbox as administrators see it: who got what, never what it says."""

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.accounts.models import Role
from app.audit import AuditEvent
from app.mail.models import MailState
from app.mail.reasons import BROKE_OFF, CERTIFICATE
from tests.factories import signed_in
from tests.mail.conftest import write_mail


def test_mail_shows_recipients_and_no_text(client: TestClient, session: Session) -> None:
    write_mail(session)
    page = signed_in(client, session, Role.ADMINISTRATOR).get("/settings/mail").text
    assert "li.na@example.com" in page
    assert "invitation to quote" in page
    assert "RFQ-2026-014" in page
    assert "s3cret" not in page
    assert "No mail server is set." in page


@pytest.mark.parametrize("role", [r for r in Role if r is not Role.ADMINISTRATOR])
def test_mail_is_for_administrators(client: TestClient, session: Session, role: Role) -> None:
    mail = write_mail(session)
    signed_in(client, session, role)
    assert client.get("/settings/mail").status_code == 403
    assert client.post(f"/settings/mail/{mail.public_id}/send-again").status_code == 403


def test_mail_is_filtered_by_state(client: TestClient, session: Session) -> None:
    write_mail(session)
    mail = write_mail(session)
    mail.state, mail.to_email = MailState.FAILED, "zhao@example.com"
    session.flush()
    client = signed_in(client, session, Role.ADMINISTRATOR)
    headers = {"HX-Request": "true", "HX-Target": "div#mail_list"}
    fragment = client.get("/settings/mail?state=failed", headers=headers).text
    assert "zhao@example.com" in fragment
    assert "li.na@example.com" not in fragment
    assert "<html" not in fragment


def test_sending_again_queues_a_job_and_is_recorded(client: TestClient, session: Session) -> None:
    mail = write_mail(session)
    mail.state = MailState.UNCERTAIN
    session.flush()
    client = signed_in(client, session, Role.ADMINISTRATOR)
    answer = client.post(f"/settings/mail/{mail.public_id}/send-again")
    assert answer.status_code == 303
    session.refresh(mail)
    assert (mail.state, mail.is_repeat) == (MailState.QUEUED, True)
    assert session.scalar(text("SELECT count(*) FROM job WHERE kind = 'mail.send'")) == 2
    event = session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
    assert event.action == "mail.sent_again"
    assert "The mail goes out once more" in client.get(answer.headers["location"]).text


def test_a_mail_that_left_cannot_be_sent_again(client: TestClient, session: Session) -> None:
    mail = write_mail(session)
    mail.state = MailState.SENT
    session.flush()
    client = signed_in(client, session, Role.ADMINISTRATOR)
    assert client.post(f"/settings/mail/{mail.public_id}/send-again").status_code == 409
    assert client.post("/settings/mail/unknown/send-again").status_code == 404


def test_older_mails_are_on_the_next_page(client: TestClient, session: Session) -> None:
    client = signed_in(client, session, Role.ADMINISTRATOR)
    for _ in range(60):
        write_mail(session)
    page = client.get("/settings/mail")
    assert page.text.count("li.na@example.com") == 50
    older = page.text.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0]
    assert client.get(older.replace("&amp;", "&")).text.count("li.na@example.com") == 10


@pytest.mark.parametrize(
    ("error", "shown"),
    [
        (BROKE_OFF, "服务器接收邮件时连接中断"),
        (f"{CERTIFICATE}self-signed certificate", "不接受邮件服务器的证书"),
        ("ConnectionRefusedError: [Errno 111] Connection refused", "与邮件服务器的连接失败"),
        ("550 no such user", "邮件服务器答复"),
    ],
)
def test_the_reason_is_said_in_the_reader_s_language(
    client: TestClient, session: Session, error: str, shown: str
) -> None:
    mail = write_mail(session)
    mail.state, mail.error = MailState.FAILED, error
    session.flush()
    client = signed_in(client, session, Role.ADMINISTRATOR)
    page = client.get("/settings/mail", headers={"Accept-Language": "zh-CN"}).text
    assert shown in page
    assert BROKE_OFF not in page
