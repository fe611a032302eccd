"""Everything that programs do with quotes: fixed addresses before those that name a request."""

from fastapi import APIRouter

from app.quotes.api import (
    beginning,
    brought,
    cards,
    filing,
    indicating,
    inviting,
    questions,
    quotes,
    rfqs,
)

router = APIRouter()
for module in (beginning, rfqs, inviting, questions, brought, indicating, quotes, filing, cards):
    router.include_router(module.router)
