"""The pages of accounts, by subject."""

from fastapi import APIRouter

from app.accounts import (
    routes_access,
    routes_audit,
    routes_link,
    routes_mail,
    routes_own,
    routes_people,
    routes_sign_in,
)

router = APIRouter(include_in_schema=False)
router.include_router(routes_sign_in.router)
router.include_router(routes_link.router)
router.include_router(routes_own.router)
router.include_router(routes_access.router)
router.include_router(routes_people.router)
router.include_router(routes_audit.router)
router.include_router(routes_mail.router)
