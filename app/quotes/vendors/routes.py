"""The pages of vendors: fixed addresses before those that name a request."""

from fastapi import APIRouter

from app.quotes import card_pages
from app.quotes.vendors import asking, filing, quoting, show
from app.web.routing import share_routes

router = APIRouter()
share_routes(router, [card_pages.vendor_router])
share_routes(router, [module.router for module in (filing, asking, show, quoting)])
