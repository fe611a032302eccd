"""Pages are compressed, secrets and exports are not."""

from app.accounts.models import Role
from tests.factories import make_account, sign_in


def test_a_page_travels_compressed(seeded_client):
    response = seeded_client.get("/catalogue", headers={"Accept-Encoding": "gzip"})
    assert response.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in response.headers["Vary"]
    assert int(response.headers["Content-Length"]) < len(response.content) / 5
    assert "Content-Security-Policy" in response.headers


def test_a_client_that_cannot_read_it_gets_the_plain_page(seeded_client):
    response = seeded_client.get("/catalogue", headers={"Accept-Encoding": "identity"})
    assert "Content-Encoding" not in response.headers


def test_the_answer_to_a_post_is_left_alone(client, session):
    sign_in(client, session, make_account(session, role=Role.PLANNER))
    response = client.post("/language", data={"locale": "xx"}, headers={"Accept-Encoding": "gzip"})
    assert response.status_code == 422
    assert "Content-Encoding" not in response.headers


def test_an_export_is_left_alone(seeded_client):
    response = seeded_client.get(
        "/api/v1/exports/datasets?format=csv", headers={"Accept-Encoding": "gzip"}
    )
    assert response.status_code == 200
    assert "Content-Encoding" not in response.headers
