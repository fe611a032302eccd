"""`peibi catalogue import`: what it prints, what it changes, how it ends."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from typer.testing import CliRunner

from app.accounts.models import Role
from app.audit import AuditEvent
from app.catalog.cli import make_catalogue_app
from app.catalog.importing.models import Import
from app.catalog.models.datasets import Dataset
from tests.catalog.importing.sending import LIST
from tests.factories import make_account


@pytest.fixture
def run(seeded_session: Session):
    @contextmanager
    def scope() -> Iterator[Session]:
        with seeded_session.begin_nested():
            yield seeded_session

    app = make_catalogue_app(scope)
    return lambda *arguments, **more: CliRunner().invoke(app, ["import", *arguments], **more)


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = tmp_path / "list.csv"
    path.write_text(LIST)
    return str(path)


def count(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Dataset)) or 0


def test_it_only_looks_unless_told_to_apply(run, file: str, seeded_session: Session) -> None:
    before = count(seeded_session)
    result = run(file)
    assert result.exit_code == 0, result.output
    assert "New: 3. Changed: 0." in result.output
    assert "Nothing was changed." in result.output
    assert count(seeded_session) == before
    assert seeded_session.scalars(select(Import)).all() == []


def test_yes_applies_and_again_changes_nothing(run, file: str, seeded_session: Session) -> None:
    before = count(seeded_session)
    assert run(file, "--yes").exit_code == 0
    assert count(seeded_session) == before + 3
    again = run(file, "--yes", "--language", "zh_CN")
    assert again.exit_code == 0
    assert "无需更改 3" in again.output
    assert "未做任何更改" in again.output


def test_apply_asks_first(run, file: str, seeded_session: Session) -> None:
    before = count(seeded_session)
    assert "Nothing was changed." in run(file, "--apply", input="n\n").output
    assert count(seeded_session) == before
    assert "Applied." in run(file, "--apply", input="y\n").output
    assert count(seeded_session) == before + 3


def test_a_row_with_an_error_is_named_and_ends_with_one(
    run, tmp_path: Path, seeded_session: Session
) -> None:
    path = tmp_path / "bad.csv"
    path.write_text(LIST + "\n坏,甲数据公司,法律,很多很多,中文,,")
    before = count(seeded_session)
    result = run(str(path), "--yes")
    assert result.exit_code == 1
    assert "row 5 error: 数量: “很多很多” is not a number." in result.output
    assert count(seeded_session) == before + 3


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b'{"a": 1}', b"\xff\xfe\x00"])
def test_a_file_that_cannot_be_read_ends_with_one_sentence(
    run, tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "file.json"
    path.write_bytes(content)
    result = run(str(path))
    assert result.exit_code == 1
    assert len(result.stderr.strip().splitlines()) == 1


def test_a_missing_file_and_a_wrong_choice_are_said(run, file: str) -> None:
    missing = run("/nowhere/list.csv")
    assert (missing.exit_code, "cannot be opened" in missing.stderr) == (1, True)
    wrong = run(file, "--category", "nonsense")
    assert (wrong.exit_code, "category" in wrong.stderr) == (1, True)


def test_standard_input_is_a_list_too(run) -> None:
    result = run("-", input=LIST)
    assert "New: 3." in result.output


def test_an_import_is_recorded_for_whom_the_operator_names(
    run, file: str, seeded_session: Session
) -> None:
    li_na = make_account(seeded_session, role=Role.PLANNER, name="Li Na")
    assert run(file, "--yes", "--as", li_na.email).exit_code == 0
    found = seeded_session.scalars(select(Import)).one()
    assert (found.created_by_id, found.created_by_name) == (li_na.id, "Li Na")
    newest = seeded_session.scalars(
        select(AuditEvent).where(AuditEvent.actor_id == li_na.id).limit(1)
    ).one()
    assert newest.actor_name == "Li Na"


@pytest.mark.parametrize("who", ["nobody@example.org", "viewer", "disabled"])
def test_whoever_may_not_edit_is_refused_by_name(
    run, file: str, seeded_session: Session, who: str
) -> None:
    role = Role.VIEWER if who == "viewer" else Role.PLANNER
    account = make_account(seeded_session, role=role)
    if who == "disabled":
        account.is_active = False
    email = who if "@" in who else account.email
    before = count(seeded_session)
    result = run(file, "--yes", "--as", email)
    assert result.exit_code == 1
    assert email in result.stderr
    assert count(seeded_session) == before
