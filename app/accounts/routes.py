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
from app.web.routing import share_routes

router = APIRouter()
MODULES = (
    routes_sign_in,
    routes_link,
    routes_own,
    routes_access,
    routes_people,
    routes_audit,
    routes_mail,
)
share_routes(router, [module.router for module in MODULES])
