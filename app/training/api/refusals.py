"""A training run that is refused, as JSON: every broken rule with its field and what would do."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from fastapi import Request
from fastapi.responses import Response

from app.training.problems import TrainingRefused
from app.web.errors import error_response


@dataclass
class Refusal:
    """What a request is answered with where its run is refused; None where it is not."""

    response: Response | None = None


@contextmanager
def refused_as(request: Request) -> Iterator[Refusal]:
    """Keep the answer to a run that is refused inside, for the caller to return."""
    found = Refusal()
    try:
        yield found
    except TrainingRefused as error:
        found.response = refusal(request, error)


def refusal(request: Request, error: TrainingRefused) -> Response:
    """Return the answer to a run that is refused."""
    problems: list[dict[str, Any]] = [
        {
            "field": problem.field,
            "rule": problem.rule,
            "message": problem.message,
            "nearest": list(problem.nearest),
        }
        for problem in error.problems
    ]
    return error_response(
        request,
        int(error.status_code),
        error.code,
        str(error),
        field=error.field,
        details={"problems": problems},
    )
