"""Routers put together without a copy of their routes."""

from collections.abc import Sequence

from fastapi import APIRouter


def share_routes(router: APIRouter, parts: Sequence[APIRouter]) -> None:
    """
    Answer with the very routes of other routers, in their order.

    `include_router` makes each route anew while the first request waits, with a validator for
    each parameter and each answer: 20 MB of them for the whole portal. What a router gives its
    routes, such as a prefix, they have from the beginning.
    """
    for part in parts:
        router.routes.extend(part.routes)
