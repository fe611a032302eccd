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
from app.web.routing import share_routes

router = APIRouter()
MODULES = (
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
)
share_routes(router, [module.router for module in MODULES])
