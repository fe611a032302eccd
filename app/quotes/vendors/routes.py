"""The pages of vendors: fixed addresses before those that name a request."""

from fastapi import APIRouter

from app.quotes.vendors import cards, filing, quoting, show

router = APIRouter()
for module in (cards, filing, show, quoting):
    router.include_router(module.router)
