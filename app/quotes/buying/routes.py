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

router = APIRouter()
router.include_router(card_pages.team_router)
for module in (
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
):
    router.include_router(module.router)
