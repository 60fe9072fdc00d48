"""The pages of the desk, one module for each: a route reads, and a template shows."""

from fastapi import APIRouter

from aggregator.web import assets
from aggregator.web.pages import about, account, pictures, settings

__all__ = ["routers"]


def routers() -> list[APIRouter]:
    """What answers each address that people open."""
    return [assets.router, about.router, account.router, settings.router, pictures.router]
