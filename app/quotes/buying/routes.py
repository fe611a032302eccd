"""Every page of buyers and approvers: fixed addresses before those that name a request."""

from fastapi import APIRouter

from app.quotes import card_pages
from app.quotes.buying import (
    acting,
    brought,
    comparison,
    deciding,
    editing,
    filing,
    listing,
    papers,
    replying,
    settings,
    show,
)
from app.web.routing import share_routes

router = APIRouter()
MODULES = (
    listing,
    settings,
    filing,
    editing,
    comparison,
    deciding,
    brought,
    acting,
    replying,
    papers,
    show,
)
share_routes(router, [card_pages.team_router, *(module.router for module in MODULES)])
