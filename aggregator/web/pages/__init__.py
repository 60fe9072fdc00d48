"""The pages of the desk, one module for each: a route reads, and a template shows."""

from importlib import import_module
from pkgutil import iter_modules

from fastapi import APIRouter

from aggregator.web import assets

__all__ = ["routers"]


def routers() -> list[APIRouter]:
    """What answers each address that people open: the `router` of every module here."""
    modules = (import_module(f"{__name__}.{each.name}") for each in iter_modules(__path__))
    found = [module.router for module in modules if hasattr(module, "router")]
    return [assets.router, *found]
