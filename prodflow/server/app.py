"""The ASGI application."""

import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.middleware import Middleware

from prodflow.server.guard import Guard
from prodflow.server.recipe_files import RecipeFiles
from prodflow.server.routes import EXCEPTION_HANDLERS, ROUTES
from prodflow.server.service import Service
from prodflow.server.settings import check_app_settings
from prodflow.session.controller import Controller


def create_app(controller: Controller, *, hosts: tuple[str, ...] = (), token: str | None = None) -> Starlette:
    """Return the application for a controller; it closes the controller when it stops.

    Args:
        controller: what is asked and answered.
        hosts: host names it answers to; empty for any.
        token: what visitors must bring; None for an open door.

    Raises:
        ConfigError: if a setting of the app, or a file of the recipe, cannot be used.
    """
    check_app_settings(controller.config)
    files = RecipeFiles.read(controller.config)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        app.state.service = service = Service(controller)
        controller.load()
        try:
            yield
        finally:
            app.state.closing.set()
            await service.close()

    app = Starlette(
        routes=ROUTES,
        lifespan=lifespan,
        exception_handlers=EXCEPTION_HANDLERS,
        middleware=[Middleware(Guard, hosts=hosts, token=token, policy=files.policy)],
    )
    app.state.closing = threading.Event()
    app.state.recipe_files = files
    return app
