"""The pages of vendors: fixed addresses before those that name a request."""

from fastapi import APIRouter

from app.quotes import card_pages
from app.quotes.vendors import asking, filing, quoting, show

router = APIRouter()
router.include_router(card_pages.vendor_router)
for module in (filing, asking, show, quoting):
    router.include_router(module.router)
