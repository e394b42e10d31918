"""Readiness: one route that says whether a price would be answered now, for a Space, a container or a watchdog."""

from __future__ import annotations

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

HEALTH = "/health"


def health_route(ready: Callable[[], str | None]) -> Route:
    """GET /health: 200 and the name of the model that `ready` gives; 503 and a sentence while it gives None."""

    def health(_: Request) -> JSONResponse:
        model = ready()
        if model is None:
            said = {"status": "loading", "detail": "The model is still being loaded: ask again in a few seconds."}
            return JSONResponse(said, status_code=503, headers={"Retry-After": "5"})
        return JSONResponse({"status": "ready", "model": model})

    return Route(HEALTH, health)
