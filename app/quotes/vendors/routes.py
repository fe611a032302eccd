"""The pages of vendors."""

from fastapi import APIRouter

from app.quotes.vendors import quoting, show

router = APIRouter()
router.include_router(show.router)
router.include_router(quoting.router)
