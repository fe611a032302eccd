from contextlib import contextmanager

import pytest
from sqlalchemy.orm import Session
from typer.testing import CliRunner

from app.mixtures import cli, client
from app.mixtures import content as contents
from app.mixtures.queries import drafts as draft_queries
from tests.mixtures.making import make_mixture, make_viewer

FITS = (
    "phases:\n- name: Main\n  token_budget: 1B\n"
    "  components:\n  - {dataset: the-pile/pile-cc, max_epochs: 4}\n"
)
TOO_MUCH = FITS.replace("pile-cc", "enron-emails").replace("1B", "1T")


@pytest.fixture
def viewer(seeded_session: Session):
    return make_viewer(seeded_session)


@pytest.fixture
def run(seeded_session: Session, viewer):
    @contextmanager
    def scope():
        yield seeded_session

    app = cli.make_mixture_app(scope)

    def run(*arguments: str, person: str | None = None, text: str | None = None):
        environment = {"PEIBI_EMAIL": viewer.email if person is None else person}
        return CliRunner().invoke(app, list(arguments), input=text, env=environment)

    return run


def test_pull_edit_push_saves_what_was_edited(run, seeded_session: Session, viewer):
    mixture = make_mixture(seeded_session, viewer)
    pulled = run("pull", "zh-en-7b")
    assert pulled.exit_code == 0
    changed = pulled.stdout.replace("weight: 60", "weight: 55")
    pushed = run("push", "-", "--message", "from git", text=changed)
    assert (pushed.exit_code, pushed.stdout) == (0, "zh-en-7b: version 1\n")
    content = contents.read(draft_queries.get_draft(seeded_session, mixture.id).content)
    assert content.phases[0].components[0].weight == 55
    version = run("pull", "zh-en-7b", "--version", "1").stdout
    assert "revision" not in version
    assert "weight: 55" in version
    assert run("list").stdout == "zh-en-7b\t1\tzh-en 7B\n"


def test_push_of_an_old_pull_overwrites_nobody(run, seeded_session: Session, viewer):
    make_mixture(seeded_session, viewer)
    pulled = run("pull", "zh-en-7b").stdout
    run("push", "-", text=pulled.replace("weight: 60", "weight: 55"))
    stale = run("push", "-", text=pulled.replace("weight: 60", "weight: 50"))
    assert stale.exit_code == 1
    assert "changed this draft since" in stale.stderr
    unsaid = run("push", "-", text=pulled.replace("revision: 1\n", ""))
    assert (unsaid.exit_code, "which revision" in unsaid.stderr) == (1, True)
    assert run("push", "-", "--force", text=pulled).exit_code == 0


def test_push_makes_a_mixture_that_is_not_there(run):
    pushed = run("push", "-", text="mixture: from-git\nname: From git\n" + FITS)
    assert (pushed.exit_code, pushed.stdout) == (0, "from-git: draft\n")
    assert "From git" in run("list").stdout


def test_check_exits_with_the_sentences_of_the_page(run):
    fine = run("check", "-", text=FITS)
    assert fine.exit_code == 0
    assert fine.stdout.splitlines()[-1] == "ok"
    failed = run("check", "-", text=TOO_MUCH)
    assert failed.exit_code == 1
    assert failed.stdout.startswith("error\tMain\tThe Pile · Enron Emails draws 1T from")
    chinese = run("--language", "zh_CN", "check", "-", text=TOO_MUCH)
    assert "上限" in chinese.stdout
    broken = run("check", "-", text="a: [")
    assert broken.exit_code == 1
    assert "Line 1 of the text" in broken.stderr


@pytest.mark.parametrize(
    ("person", "words"), [("", "Say who does it"), ("nobody@example.com", "no active account")]
)
def test_somebody_must_do_it(run, person: str, words: str):
    refused = run("list", person=person)
    assert refused.exit_code == 1
    assert words in refused.stderr


def test_viewers_pull_and_do_not_push(run, seeded_session: Session, viewer):
    make_mixture(seeded_session, viewer)
    reader = make_viewer(seeded_session, "viewer")
    pulled = run("pull", "zh-en-7b", person=reader.email)
    assert pulled.exit_code == 0
    refused = run("push", "-", person=reader.email, text=pulled.stdout.replace("60", "50"))
    assert (refused.exit_code, "Your role does not allow this" in refused.stderr) == (1, True)


def test_file_that_is_not_there_is_said(run, tmp_path):
    refused = run("check", str(tmp_path / "none.yaml"))
    assert refused.exit_code == 1
    assert "none.yaml" in refused.stderr


class Answers:
    """The API of another installation, through the test client."""

    def __init__(self, test_client, headers: dict[str, str]) -> None:
        self.client, self.headers = test_client, headers

    def __call__(self, request, **_options):
        answer = self.client.request(
            request.get_method(),
            request.full_url.removeprefix("https://other.example"),
            content=request.data,
            headers=dict(request.header_items()) | self.headers,
        )
        if answer.status_code >= 400:
            import io
            import urllib.error

            raise urllib.error.HTTPError(
                request.full_url, answer.status_code, "", answer.headers, io.BytesIO(answer.content)
            )
        return Reply(answer)


class Reply:
    def __init__(self, answer) -> None:
        self.headers, self.content = answer.headers, answer.content

    def __enter__(self):
        return self

    def __exit__(self, *_rest) -> None:
        pass

    def read(self) -> bytes:
        return self.content


def test_another_installation_is_reached_by_its_api(
    run, seeded_client, seeded_session: Session, viewer, monkeypatch
):
    from app.accounts import tokens
    from app.accounts.models import Account
    from app.accounts.permissions import Scope
    from tests import factories

    account = seeded_session.get_one(Account, viewer.account_id)
    secret = tokens.create_token(
        seeded_session,
        account,
        actor=factories.actor(account),
        name="git",
        scopes=[Scope.MIXTURES_READ, Scope.MIXTURES_WRITE],
        days=3,
    )
    monkeypatch.setenv("PEIBI_TOKEN", secret)
    monkeypatch.setattr(client.urllib.request, "urlopen", Answers(seeded_client, {}))
    there = ("--url", "https://other.example")
    assert (
        run("push", "-", *there, text="mixture: from-git\nname: From git\n" + FITS).stdout
        == "from-git: draft\n"
    )
    pulled = run("pull", "from-git", *there).stdout
    assert "revision: 1" in pulled
    pushed = run(
        "push", "-", *there, "--message", "m", text=pulled.replace("max_epochs: 4", "max_epochs: 3")
    )
    assert (pushed.exit_code, pushed.stdout) == (0, "from-git: version 1\n")
    assert run("push", "-", *there, text=pulled).exit_code == 1
    assert run("push", "-", *there, "--force", text=pulled).exit_code == 0
    assert run("list", *there).stdout == "from-git\t1\tFrom git\n"
    assert run("check", "-", *there, text=TOO_MUCH).exit_code == 1
    assert run("check", "-", *there, text=FITS).exit_code == 0
    assert "no mixture nowhere" in run("pull", "nowhere", *there).stderr
    assert run("list", "--url", "ftp://x").exit_code == 1
