"""The built web app."""

from importlib.resources import files
from pathlib import Path

from starlette.responses import FileResponse, Response

WEB = Path(str(files("prodflow.server"))) / "web"


def app_page() -> Response:
    """Return the page that all of the app starts from."""
    index = WEB / "index.html"
    if not index.is_file():
        return Response("The web app is not built: install prodflow again without PRODFLOW_WEB=skip.\n", 503)
    return FileResponse(index, headers={"cache-control": "no-cache"})
