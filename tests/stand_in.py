"""A portal of a few lines, for tests of the processes around it."""

import asyncio
import json
import os
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from app.errors import Unavailable
from app.postgres import urls
from app.settings import Settings

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


def create() -> Callable[[Message, Receive, Send], Awaitable[None]]:
    """Return an application that says who it is; 503 while the database is away."""
    settings = Settings()
    if settings.database_url is None:
        raise SystemExit(1)
    url = settings.database_url.get_secret_value()

    async def application(scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            for phase in ("startup", "shutdown"):
                await receive()
                await send({"type": f"lifespan.{phase}.complete"})
            return
        if scope["path"] == "/slow":
            await asyncio.sleep(0.5)
        try:
            urls.connect(url).close()
            status = 200
        except Unavailable:
            status = 503
        about = {"pid": os.getpid(), "client": scope["client"][0], "scheme": scope["scheme"]}
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": json.dumps(about).encode()})

    return application


def create_broken() -> None:
    """Fail to start."""
    raise SystemExit(1)
