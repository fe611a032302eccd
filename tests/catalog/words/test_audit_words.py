"""The audit trail speaks of datasets by their names, and of what changed in words."""

from app.accounts.models import Role
from tests.factories import make_account, sign_in


def test_the_audit_trail_names_datasets_and_their_changes(seeded_client, seeded_session):
    administrator = make_account(seeded_session, role=Role.ADMINISTRATOR)
    sign_in(seeded_client, seeded_session, administrator)
    page = seeded_client.get("/settings/audit?object_type=dataset").text
    assert "The Pile · Books3" in page
    assert "published_sources" not in page
    assert "supplied catalogue" in page
