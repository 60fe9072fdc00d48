"""How somebody wants the desk to be: its language, colours and keys, kept in cookies."""

from typing import Annotated, Final

from fastapi import APIRouter, Form
from fastapi.responses import RedirectResponse, Response

from aggregator.web.acting import local

__all__ = ["router"]

router = APIRouter(include_in_schema=False)

_YEAR: Final = 365 * 86_400
_CHOICES: Final = {
    "language": {"de", "en"},
    "theme": {"auto", "light", "dark"},
    "keys": {"on", "off"},
}


@router.post("/settings")
async def choose(
    back: Annotated[str, Form(max_length=2000)] = "/",
    language: Annotated[str | None, Form(max_length=5)] = None,
    theme: Annotated[str | None, Form(max_length=5)] = None,
    keys: Annotated[str | None, Form(max_length=5)] = None,
) -> Response:
    """Keep what was chosen, and go back."""
    answer = RedirectResponse(local(back), status_code=303)
    for name, value in (("language", language), ("theme", theme), ("keys", keys)):
        if value in _CHOICES[name]:
            answer.set_cookie(name, str(value), max_age=_YEAR, httponly=True, samesite="lax")
    return answer
