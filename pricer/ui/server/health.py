"""Readiness: a route for a Space, a container or a watchdog. The server listens only once the model is loaded."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from pricer.model.info import ModelInfo

HEALTH = "/health"


def health_route(info: ModelInfo) -> Route:
    """GET /health: 200, and the model that answers by its name and its title."""

    def health(_: Request) -> JSONResponse:
        return JSONResponse({"status": "ready", "model": info.row.name, "title": info.title})

    return Route(HEALTH, health)
