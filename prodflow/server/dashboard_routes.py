"""The routes of the dashboard: for admins."""

from collections.abc import AsyncIterator

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from prodflow.dashboard.page import style
from prodflow.server.built import app_page
from prodflow.server.dashboard import Dashboard
from prodflow.server.response import respond
from prodflow.server.visitor import require_admin


async def dashboard(request: Request) -> Response:
    """How the project goes: the page."""
    require_admin(request)
    return app_page()


async def dashboard_style(request: Request) -> Response:
    """The page's colours and measures, which reports have too."""
    return Response(style(), media_type="text/css", headers={"cache-control": "no-cache"})


async def dashboard_data(request: Request) -> Response:
    """All its numbers."""
    require_admin(request)
    found: Dashboard = request.app.state.service.dashboard
    return respond(await found.numbers())


async def dashboard_events(request: Request) -> Response:
    """Its panels, and those that change, as server-sent events."""
    require_admin(request)
    return StreamingResponse(
        _events(request),
        media_type="text/event-stream",
        headers={"cache-control": "no-store", "x-accel-buffering": "no"},
    )


async def _events(request: Request) -> AsyncIterator[bytes]:
    found: Dashboard = request.app.state.service.dashboard
    async for event in found.follow(request.app.state.closing.is_set):
        yield event
        if await request.is_disconnected():
            return


DASHBOARD_ROUTES = [
    Route("/dashboard", dashboard),
    Route("/dashboard.css", dashboard_style),
    Route("/dashboard/data", dashboard_data),
    Route("/dashboard/events", dashboard_events),
]
