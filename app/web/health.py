"""For machines: is the process alive, does the database answer, how much was served."""

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import text

from app.db import DbSession
from app.errors import NotFound

router = APIRouter(tags=["health"])


@router.get("/healthz")
def show_health() -> dict[str, str]:
    """Answer while the process lives."""
    return {"status": "ok"}


@router.get("/readyz")
def show_readiness(session: DbSession) -> dict[str, str]:
    """Answer while the database does."""
    session.execute(text("SELECT 1"))
    return {"status": "ok"}


@router.get("/metrics", include_in_schema=False)
def show_metrics(request: Request) -> Response:
    """Answer with Prometheus metrics where the operator turned them on."""
    if not request.app.state.settings.metrics:
        raise NotFound("Metrics are turned off.")
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
