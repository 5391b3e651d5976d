"""What every page of the application has: its language, its style, and what it may ask for (nothing elsewhere)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from safety_rules.semantics.verdict.verdict import LANGUAGES
from safety_rules.words.catalog import both

PAGES = Path(__file__).parent / "pages"
POLICY = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-src 'self'; img-src data:; base-uri 'none'"


def language_of(request: Request) -> str:
    """Return the language that is asked for, once or from now on."""
    asked = request.query_params.get("l", request.cookies.get("l", "zh"))
    return asked if asked in LANGUAGES else LANGUAGES[0]


def shown(request: Request, page: str, status: int = 200, **told: Any) -> Response:
    """Return a page in the language that was asked for."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    made = Environment(loader=FileSystemLoader(PAGES), autoescape=True, undefined=StrictUndefined)
    language = language_of(request)

    def say(key: str, /, **slots: object) -> str:
        return both(f"web.{key}", **slots).in_(language)

    style = (PAGES.parent.parent / "formats" / "page" / "page.css").read_text("utf-8")
    text = made.get_template(page).render(say=say, language=language, style=style, path=request.url.path, **told)
    answer = HTMLResponse(text, status)
    answer.headers["Content-Security-Policy"] = POLICY
    if "l" in request.query_params:
        answer.set_cookie("l", language, samesite="strict")
    return answer
