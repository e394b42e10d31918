"""Readiness: a route for a Space, a container or a watchdog. The server listens only once the model is loaded."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

HEALTH = "/health"


def health_route(model: str) -> Route:
    """GET /health: 200 and the name of the model that answers."""

    def health(_: Request) -> JSONResponse:
        return JSONResponse({"status": "ready", "model": model})

    return Route(HEALTH, health)
