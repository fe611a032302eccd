"""
A list asks the database as often for two rows as for two hundred.

Each case makes one real row, and copies of it in SQL.
"""

from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from app.accounts.models import Role
from app.audit import PORTAL, record
from app.mail.models import Mail
from tests import factories
from tests.catalog.test_routes import make_datasets
from tests.counting import counted_statements
from tests.mixtures.test_routes import save as save_version
from tests.mixtures.test_routes import use_recipe
from tests.training.test_plans import save as save_plan

FEW, MANY = 2, 200
NEW_HASH = "token_hash || n::text::bytea"


def copy_rows(session: Session, table: str, count: int, **changed: str) -> None:
    """Copy the newest row of a table; `changed` gives SQL for columns, `n` the copy's number."""
    columns = session.scalars(
        text(
            "SELECT attname FROM pg_attribute JOIN pg_class ON attrelid = pg_class.oid"
            " WHERE relname = :table AND attnum > 0 AND NOT attisdropped"
            " AND attidentity = '' AND attname != 'id'"
        ),
        {"table": table},
    ).all()
    values = [changed.get(column, f'"{column}"') for column in columns]
    names = ", ".join(f'"{column}"' for column in columns)
    session.execute(
        text(
            # Of this file's own words alone.
            f"INSERT INTO {table} ({names}) SELECT {', '.join(values)}"  # noqa: S608
            f" FROM (SELECT * FROM {table} ORDER BY id DESC LIMIT 1) AS one,"
            f" generate_series(1, {count - 1}) AS n"
        )
    )
    session.expire_all()


def imports(client: TestClient, session: Session, count: int) -> str:
    made = client.post(
        "/imports", data={"text": "name,provider\nOne,baai\n"}, files={"file": ("", b"")}
    )
    assert made.status_code == 303, made.text
    copy_rows(session, "catalogue_import", count, public_id="public_id || n")
    return "/imports"


def import_rows(client: TestClient, _session: Session, count: int) -> str:
    rows = "".join(f"Dataset {number},baai\n" for number in range(count))
    made = client.post(
        "/imports", data={"text": f"name,provider\n{rows}"}, files={"file": ("", b"")}
    )
    assert made.status_code == 303, made.text
    return made.headers["Location"]


def mails(_client: TestClient, session: Session, count: int) -> str:
    session.add(
        Mail(
            public_id=f"m{count}-",
            kind="k",
            about="a",
            to_email="a@example.org",
            to_name="A",
            subject="s",
        )
    )
    session.flush()
    copy_rows(session, "mail", count, public_id="public_id || n")
    return "/settings/mail"


def history(_client: TestClient, session: Session, count: int) -> str:
    dataset_id = session.scalar(text("SELECT id FROM dataset WHERE slug = 'the-pile'"))
    for number in range(count):
        record(
            session,
            actor=PORTAL,
            action="dataset.edited",
            object_type="dataset",
            object_id=str(dataset_id),
            before={"name_en": f"{number}"},
            after={"name_en": f"{number + 1}"},
        )
    return "/catalogue/the-pile/history"


def mixtures(client: TestClient, session: Session, count: int) -> str:
    save_version(client, use_recipe(client, f"Pile {count}"))
    copy_rows(session, "mixture", count, slug="slug || '-' || n")
    return "/mixtures"


def mixture_versions(client: TestClient, session: Session, count: int) -> str:
    slug = use_recipe(client, f"Pile {count}")
    save_version(client, slug)
    copy_rows(session, "mixture_version", count, number="number + n")
    return f"/mixtures/{slug}/versions"


def mixture_links(client: TestClient, session: Session, count: int) -> str:
    slug = use_recipe(client, f"Pile {count}")
    save_version(client, slug)
    client.post(f"/mixtures/{slug}/links", data={"link_version": "1", "days": "3"})
    copy_rows(session, "mixture_share_link", count, token_hash=NEW_HASH)
    return f"/mixtures/{slug}/settings"


def plans(client: TestClient, session: Session, count: int) -> str:
    save_plan(client, name=f"8B {count}")
    copy_rows(session, "training_plan", count, slug="slug || '-' || n")
    session.execute(
        text(
            "INSERT INTO training_plan_version"
            " (plan_id, number, message, author_name, content, results)"
            " SELECT plan.id, 1, message, author_name, content, results FROM training_plan AS plan,"
            " (SELECT * FROM training_plan_version ORDER BY id DESC LIMIT 1) AS one"
            " WHERE plan.id NOT IN (SELECT plan_id FROM training_plan_version)"
        )
    )
    return "/training/plans"


def plan_versions(client: TestClient, session: Session, count: int) -> str:
    address = save_plan(client, name=f"8B {count}")
    copy_rows(session, "training_plan_version", count, number="number + n")
    return address


def uses(client: TestClient, session: Session, count: int) -> str:
    mixtures(client, session, count)
    session.execute(
        text(
            "INSERT INTO mixture_draft (mixture_id, dataset_slugs, content, edited_by_name)"
            " SELECT mixture.id, dataset_slugs, one.content, 'A' FROM mixture,"
            " (SELECT * FROM mixture_draft ORDER BY mixture_id DESC LIMIT 1) AS one"
            " WHERE mixture.id NOT IN (SELECT mixture_id FROM mixture_draft)"
        )
    )
    return "/mixtures/using/the-pile/books3"


def policies(client: TestClient, session: Session, count: int) -> str:
    made = client.post("/mixtures/policies", data={"kind": "epochs_at_most", "bound": f"{count}"})
    assert made.status_code == 303, made.text
    copy_rows(session, "mixture_policy", count)
    return "/mixtures/policies"


def review(_client: TestClient, session: Session, count: int) -> str:
    make_datasets(session, count)
    return "/review?subsets=true"


def own_sessions(_client: TestClient, session: Session, count: int) -> str:
    copy_rows(session, "web_session", count, public_id="public_id || n", token_hash=NEW_HASH)
    return "/settings/account"


def own_tokens(client: TestClient, session: Session, count: int) -> str:
    token = {"token_name": f"{count}", "days": "30", "scopes": "catalogue:read"}
    made = client.post("/settings/account/tokens/new", data=token)
    assert made.status_code == 200, made.text
    copy_rows(session, "api_token", count, public_id="public_id || n", token_hash=NEW_HASH)
    return "/settings/account"


def quantities(_client: TestClient, session: Session, count: int) -> str:
    session.execute(
        text(
            "INSERT INTO quantity (dataset_id, position, printed, value, unit)"
            " SELECT id, n, n, n, 'book'"
            " FROM dataset, generate_series(1, :count) AS n WHERE slug = 'roots'"
        ),
        {"count": count},
    )
    session.expire_all()
    return "/catalogue/roots"


def api_datasets(_client: TestClient, session: Session, count: int) -> str:
    make_datasets(session, count)
    return "/api/v1/datasets?q=Made&limit=200"


def of_api(
    make: Callable[[TestClient, Session, int], str],
) -> Callable[[TestClient, Session, int], str]:
    """Return the same list as the API gives it."""

    def listed(client: TestClient, session: Session, count: int) -> str:
        address = make(client, session, count)
        return f"/api/v1{address}".replace("/catalogue/", "/datasets/")

    listed.__name__ = f"api_{make.__name__}"
    return listed


LISTS = [
    uses,
    policies,
    review,
    own_sessions,
    own_tokens,
    quantities,
    api_datasets,
    of_api(history),
    of_api(mixtures),
    of_api(mixture_versions),
    of_api(plans),
    imports,
    import_rows,
    mails,
    history,
    mixtures,
    mixture_versions,
    mixture_links,
    plans,
    plan_versions,
]


@pytest.mark.parametrize("make", LISTS, ids=lambda make: make.__name__)
def test_two_hundred_rows_need_no_more_statements_than_two(
    make: Callable[[TestClient, Session, int], str],
    seeded_client: TestClient,
    seeded_session: Session,
    seeded_connection: Connection,
):
    client = factories.signed_in(seeded_client, seeded_session, Role.ADMINISTRATOR)
    statements, sizes = [], []
    for count in (FEW, MANY):
        address = make(client, seeded_session, count)
        client.get(address)
        with counted_statements(seeded_connection) as sent:
            page = client.get(address)
        assert page.status_code == 200, page.text[:2000]
        statements.append(sent)
        sizes.append(len(page.text))
    assert len(statements[0]) == len(statements[1]), "\n".join(statements[1])
    assert sizes[1] > sizes[0], "the page shows no more rows than before"
