"""The ASGI application."""

import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import BaseRoute

from prodflow.server.access import Access, public_url
from prodflow.server.gate import Gate
from prodflow.server.guard import Guard
from prodflow.server.health import Readiness
from prodflow.server.invites import Invites
from prodflow.server.media_roots import MediaRoots
from prodflow.server.metrics import Metrics
from prodflow.server.recipe_files import RecipeFiles
from prodflow.server.routes import EXCEPTION_HANDLERS, ROUTES
from prodflow.server.service import Service
from prodflow.server.settings import check_app_settings
from prodflow.server.sign_in import SignIn
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
    sign_in = SignIn.of(controller.config)
    gate = Gate(access, Invites(controller.db.folder), controller.dataset, sign_in)
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
        routes=[*ROUTES, *_login_routes(sign_in, gate, access, controller)],
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
    app.state.readiness = Readiness(controller.db.folder, lambda: controller.db.journal.try_writing())
    return app


def _login_routes(sign_in: SignIn | None, gate: Gate, access: Access, controller: Controller) -> list[BaseRoute]:
    if sign_in is None:
        return []
    from prodflow.server.oidc import OpenId

    public = public_url(controller.config) if controller.config.get("public_url") else None
    return [OpenId(sign_in, gate, public_url=public, root_path=access.root_path).routes()]
