"""
The composition root: builds the application from settings. Nothing imports it.

`python -m app.main` writes the OpenAPI document.
"""

import gc
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio.to_thread
from fastapi import FastAPI
from sqlalchemy.orm import sessionmaker
from starlette.middleware.errors import ServerErrorMiddleware

from app import worker
from app.accounts import api as accounts_api
from app.accounts import routes as accounts_routes
from app.accounts import viewers
from app.catalog import api as catalog_api
from app.catalog import routes as catalog_routes
from app.catalog.editing import api as editing_api
from app.catalog.editing import provider_routes, review_routes, state_routes
from app.catalog.editing import routes as editing_routes
from app.catalog.exporting import api as exporting_api
from app.catalog.exporting import routes as exporting_routes
from app.catalog.importing import api as import_api
from app.catalog.importing import routes as import_routes
from app.catalog.importing.purpose import IMPORT_FILE
from app.catalog.locations import api as locations_api
from app.catalog.locations import routes as locations_routes
from app.catalog.measuring import routes as measuring_routes
from app.catalog.measuring.purpose import SAMPLE_FILE
from app.catalog.words import audit_words
from app.db import make_engine
from app.files import routes as files_routes
from app.files.purposes import FileStore, Purpose
from app.files.upkeep import storage_of
from app.guide import routes as guide_routes
from app.logs import configure_logs
from app.mixtures import audit_words as mixture_audit
from app.mixtures import routes as mixtures_routes
from app.mixtures.api import routes as mixtures_api
from app.quotes import audit_words as quote_audit
from app.quotes.api import routes as quotes_api
from app.quotes.buying import routes as buying_routes
from app.quotes.filing import QUOTE_FILE
from app.quotes.vendors import routes as vendors_routes
from app.settings import Settings
from app.trainers import api as trainers_api
from app.trainers import draft_routes as trainers_draft_routes
from app.trainers import read_routes
from app.trainers import routes as trainers_routes
from app.training import routes as training_routes
from app.training.api import routes as training_api
from app.training.plans import audit_words as training_audit
from app.version import VERSION
from app.web import api_document, dates, health, pages
from app.web.assets import load_assets, serve_asset
from app.web.compression import Compression
from app.web.errors import handle_unexpected, install_error_handlers
from app.web.requests import MAX_BODY_BYTES, HeadAsGet, RequestGate
from app.web.routing import share_routes
from app.web.security import CrossOriginGuard, SecurityHeaders
from app.web.templating import make_environment

# What files are uploaded for: each domain says what it takes, here once.
PURPOSES: tuple[Purpose, ...] = (IMPORT_FILE, QUOTE_FILE, SAMPLE_FILE)
# The addresses that take uploads, and the most bytes each reads.
UPLOADS: dict[str, int] = {
    "/quotes/files/": QUOTE_FILE.max_bytes + MAX_BODY_BYTES,
    "/rfqs/files/": QUOTE_FILE.max_bytes + MAX_BODY_BYTES,
    "/api/v1/rfq-files/": QUOTE_FILE.max_bytes + MAX_BODY_BYTES,
    "/api/v1/quote-files/": QUOTE_FILE.max_bytes + MAX_BODY_BYTES,
    "/imports": IMPORT_FILE.max_bytes + MAX_BODY_BYTES,
    "/api/v1/imports": IMPORT_FILE.max_bytes + MAX_BODY_BYTES,
    "/measure/dataset/": SAMPLE_FILE.max_bytes + MAX_BODY_BYTES,
}
# What answers requests, in the order in which an address is matched.
ROUTED = (
    health,
    api_document,
    pages,
    files_routes,
    accounts_routes,
    accounts_api,
    guide_routes,
    # Before the catalogue's own: the address of a dataset would take every one below it.
    editing_routes,
    state_routes,
    review_routes,
    provider_routes,
    exporting_routes,
    import_routes,
    buying_routes,
    trainers_routes,
    trainers_draft_routes,
    read_routes,
    trainers_api,
    vendors_routes,
    mixtures_routes,
    mixtures_api,
    training_routes,
    training_api,
    locations_routes,
    quotes_api,
    measuring_routes,
    catalog_routes,
    locations_api,
    exporting_api,
    catalog_api,
    editing_api,
    import_api,
)


def create_app(settings: Settings, database_url: str) -> FastAPI:
    """Return the portal on one database."""
    dates.use_zone(settings.time_zone)
    engine = make_engine(database_url, pool_size=settings.database_pool)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        # As many request threads as connections: more would only queue for the pool.
        anyio.to_thread.current_default_thread_limiter().total_tokens = settings.database_pool
        async with worker.in_process(settings, database_url):
            yield
        engine.dispose()

    app = FastAPI(
        title="Peibi",
        version=VERSION,
        lifespan=lifespan,
        # FastAPI would make it in this process and keep all that it is made of.
        openapi_url=None,
    )
    app.state.settings = settings
    app.state.engine = engine
    app.state.session_factory = sessionmaker(engine)
    app.state.file_store = FileStore(
        storage=storage_of(settings),
        purposes={purpose.code: purpose for purpose in PURPOSES},
        quota_bytes=settings.files_quota_mb * 10**6,
        scan_command=settings.files_scan_command,
    )
    app.state.find_viewer = viewers.find_viewer
    app.state.audit_words = {
        "dataset": audit_words.DATASET,
        **mixture_audit.WORDS,
        **training_audit.WORDS,
        **quote_audit.WORDS,
    }
    app.state.assets = load_assets()
    app.state.templates = make_environment()
    app.state.templates.globals["asset_digests"] = {
        path: asset.digest for path, asset in app.state.assets.items()
    }

    install_error_handlers(app)
    share_routes(app.router, [module.router for module in ROUTED])
    app.add_api_route("/static/{path:path}", serve_asset, include_in_schema=False, name="static")

    _add_middleware(app, settings)
    return app


def _add_middleware(app: FastAPI, settings: Settings) -> None:
    """Put what every request passes around the application."""
    # The last one added is the outermost.
    app.add_middleware(CrossOriginGuard)
    # A handler of Exception would stand outside all of these, where an answer has no headers.
    app.add_middleware(ServerErrorMiddleware, handler=handle_unexpected)
    app.add_middleware(RequestGate, large_bodies=UPLOADS)
    app.add_middleware(Compression)
    app.add_middleware(SecurityHeaders, is_https=settings.is_https)
    app.add_middleware(HeadAsGet)


def create_app_from_environment() -> FastAPI:
    """Return the portal as the environment describes it: the factory of a web process."""
    settings = Settings()
    configure_logs(settings)
    if settings.database_url is None:
        message = "A web process needs DATABASE_URL; start the portal with `peibi serve`."
        raise SystemExit(message)
    app = create_app(settings, settings.database_url.get_secret_value())
    # What is alive after start-up stays alive: keep the collector away from it.
    gc.collect()
    gc.freeze()
    return app


if __name__ == "__main__":
    sys.stdout.buffer.write(api_document.make_document([module.router for module in ROUTED]))
