"""Policies on trained tokens, fail-closed: hand-computed."""

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from app.errors import Forbidden, InvalidInput
from app.mixtures import policy_service, policy_values
from app.mixtures.content import Tag
from app.mixtures.models import PolicyKind
from app.mixtures.policies import Rule, Verdict, judge
from app.mixtures.queries import policies as policy_queries
from app.mixtures.rollups import Drawn
from app.mixtures.words import policies as words
from tests import factories
from tests.mixtures.making import make_viewer


def drawn(*parts: tuple[int, dict]) -> list[Drawn]:
    return [Drawn(f"d{i}", tokens, tags) for i, (tokens, tags) in enumerate(parts)]


def verdict(kind: str, bound: float, tag: str, value: str, parts: list[Drawn]) -> Verdict:
    return judge([Rule(PolicyKind(kind), bound, tag, value)], parts, {})[0].verdict


NC = {"licence": "non_commercial"}
OPEN = {"licence": "open"}
UNKNOWN = {"licence": "unknown"}


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        # No non-commercial token at all.
        ([(100, OPEN)], Verdict.HOLDS),
        # One token of a thousand is one too many.
        ([(999, OPEN), (1, NC)], Verdict.BROKEN),
        # A licence that nobody stated may be non-commercial.
        ([(900, OPEN), (100, UNKNOWN)], Verdict.CANNOT_TELL),
        # A dataset that is not in the catalogue has no licence class at all.
        ([(900, OPEN), (100, {})], Verdict.CANNOT_TELL),
        # Components that receive nothing do not count.
        ([(100, OPEN), (0, NC)], Verdict.HOLDS),
    ],
)
def test_no_non_commercial_tokens(parts: list, expected: Verdict):
    assert verdict("share_at_most", 0, "licence", "non_commercial", drawn(*parts)) is expected


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ([(30, {"language": "zh"}), (70, {"language": "en"})], Verdict.HOLDS),
        ([(29, {"language": "zh"}), (71, {"language": "en"})], Verdict.BROKEN),
        # In both languages, shares not stated: it may or may not be enough.
        (
            [(20, {"language": "zh"}), (40, {"language": ("en", "zh")}), (40, {"language": "en"})],
            Verdict.CANNOT_TELL,
        ),
        ([(20, {"language": "zh"}), (5, {}), (75, {"language": "en"})], Verdict.BROKEN),
        # Simplified, Traditional and Mandarin are Chinese, also two of them without shares.
        (
            [
                (10, {"language": "zh-Hans"}),
                (10, {"language": "cmn"}),
                (10, {"language": ("zh-Hans", "zh-Hant")}),
                (70, {"language": "en"}),
            ],
            Verdict.HOLDS,
        ),
    ],
)
def test_at_least_thirty_percent_chinese(parts: list, expected: Verdict):
    assert verdict("share_at_least", 0.3, "language", "zh", drawn(*parts)) is expected


@pytest.mark.parametrize(
    ("passes", "expected"),
    [
        ({"a": 4.0, "b": 0.1}, Verdict.HOLDS),
        ({"a": 4.01}, Verdict.BROKEN),
        ({"a": 2.0, "b": None}, Verdict.CANNOT_TELL),
        ({"a": 5.0, "b": None}, Verdict.BROKEN),
        ({}, Verdict.HOLDS),
    ],
)
def test_no_component_over_four_epochs(passes: dict, expected: Verdict):
    (found,) = judge([Rule(PolicyKind.EPOCHS_AT_MOST, 4)], [], passes)
    assert found.verdict is expected
    assert found.needs_reason == (expected is not Verdict.HOLDS)


def test_result_names_the_components_that_decide():
    parts = drawn((90, OPEN), (6, NC), (4, UNKNOWN))
    (found,) = judge([Rule(PolicyKind.SHARE_AT_MOST, 0.05, "licence", "non_commercial")], parts, {})
    assert (found.datasets, found.least, found.most) == (("d1", "d2"), 0.06, 0.1)


def test_administrators_alone_make_and_take_back_policies(seeded_session):
    administrator, planner = (
        make_viewer(seeded_session, role) for role in ("administrator", "planner")
    )
    values = {"kind": PolicyKind.SHARE_AT_MOST, "bound": 0.2, "tag": "synthetic", "value": "yes"}
    with pytest.raises(Forbidden):
        policy_service.add_policy(seeded_session, **values, viewer=planner)
    policy = policy_service.add_policy(seeded_session, **values, viewer=administrator)
    assert policy_queries.list_rules(seeded_session) == [
        Rule(PolicyKind.SHARE_AT_MOST, 0.2, "synthetic", "yes", policy.id)
    ]
    with pytest.raises(Forbidden):
        policy_service.remove_policy(seeded_session, policy.id, viewer=planner)
    policy_service.remove_policy(seeded_session, policy.id, viewer=administrator)
    assert policy_queries.list_rules(seeded_session) == []


@pytest.mark.parametrize(
    ("values", "field"),
    [
        (
            {"kind": PolicyKind.SHARE_AT_MOST, "bound": 1.2, "tag": "language", "value": "zh"},
            "bound",
        ),
        (
            {
                "kind": PolicyKind.SHARE_AT_MOST,
                "bound": float("nan"),
                "tag": "language",
                "value": "zh",
            },
            "bound",
        ),
        ({"kind": PolicyKind.SHARE_AT_MOST, "bound": 0.2, "tag": "colour", "value": "zh"}, "tag"),
        (
            {"kind": PolicyKind.SHARE_AT_LEAST, "bound": 0.2, "tag": "language", "value": ""},
            "value",
        ),
        (
            {"kind": PolicyKind.SHARE_AT_MOST, "bound": 0.2, "tag": "licence", "value": "NC"},
            "value",
        ),
        (
            {"kind": PolicyKind.SHARE_AT_MOST, "bound": 0.2, "tag": "category", "value": "webb"},
            "value",
        ),
        (
            {"kind": PolicyKind.SHARE_AT_MOST, "bound": 0.2, "tag": "modality", "value": "txt"},
            "value",
        ),
        (
            {
                "kind": PolicyKind.SHARE_AT_MOST,
                "bound": 0.2,
                "tag": "synthetic",
                "value": "perhaps",
            },
            "value",
        ),
        ({"kind": PolicyKind.EPOCHS_AT_MOST, "bound": 0, "tag": None, "value": None}, "bound"),
    ],
)
def test_policies_that_cannot_be_are_refused_at_the_field(seeded_session, values: dict, field: str):
    administrator = make_viewer(seeded_session, "administrator")
    with pytest.raises(InvalidInput) as refused:
        policy_service.add_policy(seeded_session, **values, viewer=administrator)
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("tag", "typed", "code"),
    [
        ("language", "zh-Hans", "zh-Hans"),
        ("language", "Chinese", "zh"),
        ("language", "法语", "fr"),
        ("provider", "eleutherai", "eleutherai"),
        ("provider", "EleutherAI", "eleutherai"),
        ("category", "图书", "books"),
        ("licence", "non_commercial", "non_commercial"),
        ("modality", "Text", "text"),
        ("synthetic", "合成", "yes"),
    ],
)
def test_value_of_a_policy_is_a_code_or_a_name(seeded_session, tag: str, typed: str, code: str):
    assert policy_values.read_value(seeded_session, Tag(tag), typed) == code


@pytest.mark.parametrize(
    ("tag", "typed", "said"),
    [
        ("language", "chinesse", "is no language"),
        ("language", "zh, en", "is no language"),
        ("provider", "nobody", "none of the values here"),
        ("category", "webb", "There are: "),
    ],
)
def test_value_that_no_data_can_have_is_refused(seeded_session, tag: str, typed: str, said: str):
    with pytest.raises(InvalidInput, match=said) as refused:
        policy_values.read_value(seeded_session, Tag(tag), typed)
    assert refused.value.field == "value"


def test_policy_is_named_also_where_no_component_has_its_value(seeded_session: Session):
    administrator = make_viewer(seeded_session, "administrator")
    for tag, value in (("provider", "eleutherai"), ("category", "books")):
        policy_service.add_policy(
            seeded_session,
            kind=PolicyKind.SHARE_AT_MOST,
            bound=0.2,
            tag=tag,
            value=value,
            viewer=administrator,
        )
    said = [words.rule(one, {}) for one in policy_queries.list_rules(seeded_session)]
    assert said == ["EleutherAI ≤ 20%", "Books ≤ 20%"]


def test_program_reads_the_policies_and_outsiders_do_not(
    seeded_client: TestClient, seeded_session: Session
):
    policy_service.add_policy(
        seeded_session,
        kind=PolicyKind.SHARE_AT_LEAST,
        bound=0.3,
        tag="language",
        value="zh",
        viewer=make_viewer(seeded_session, "administrator"),
    )
    assert seeded_client.get("/api/v1/mixture-policies").status_code == 401
    planner = factories.signed_in(seeded_client, seeded_session, "planner")
    (item,) = planner.get("/api/v1/mixture-policies").json()["items"]
    assert item.pop("id") > 0
    assert item == {
        "kind": "share_at_least",
        "tag": "language",
        "value": "zh",
        "bound": 0.3,
        "sentence": "Chinese ≥ 30%",
    }
