"""Everything that programs do with quotes: fixed addresses before those that name a request."""

from fastapi import APIRouter

from app.quotes.api import (
    beginning,
    brought,
    cards,
    comparing,
    filing,
    indicating,
    inviting,
    questions,
    quotes,
    rfqs,
    rules,
)

router = APIRouter()
for module in (
    beginning,
    rfqs,
    inviting,
    questions,
    brought,
    indicating,
    quotes,
    comparing,
    filing,
    cards,
    rules,
):
    router.include_router(module.router)
