"""Every page of buyers and approvers: fixed addresses before those that name a request."""

from fastapi import APIRouter

from app.quotes.buying import acting, comparison, deciding, editing, listing, papers, settings, show

router = APIRouter()
for module in (listing, settings, editing, comparison, deciding, acting, papers, settings, show):
    router.include_router(module.router)
