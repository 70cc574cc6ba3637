"""The ASGI application."""

import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.middleware import Middleware

from prodflow.server.access import Access
from prodflow.server.gate import Gate
from prodflow.server.guard import Guard
from prodflow.server.invites import Invites
from prodflow.server.media_roots import MediaRoots
from prodflow.server.metrics import Metrics
from prodflow.server.recipe_files import RecipeFiles
from prodflow.server.routes import EXCEPTION_HANDLERS, ROUTES
from prodflow.server.service import Service
from prodflow.server.settings import check_app_settings
from prodflow.server.watch import Watch
from prodflow.session.controller import Controller


def create_app(controller: Controller, *, access: Access | None = None) -> Starlette:
    """Return the application for a controller; it closes the controller when it stops.

    Args:
        controller: what is asked and answered.
        access: who may come in; an open door if not given.

    Raises:
        ConfigError: if a setting of the app, or a file of the recipe, cannot be used.
    """
    check_app_settings(controller.config)
    files = RecipeFiles.read(controller.config)
    roots = MediaRoots.of(controller.config, controller.stream)
    access = access or Access()
    gate = Gate(access, Invites(controller.db.folder), controller.dataset)
    metrics = Metrics(controller)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        app.state.service = service = Service(controller, roots)
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
        middleware=[
            Middleware(Watch, metrics=metrics),
            Middleware(Guard, access=access, gate=gate, policy=files.policy),
        ],
    )
    app.state.closing = threading.Event()
    app.state.recipe_files = files
    app.state.gate = gate
    app.state.metrics = metrics
    return app
