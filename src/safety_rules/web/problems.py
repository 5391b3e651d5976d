"""What a request is refused with: a problem as RFC 9457 has it, its sentence in the language that was asked for."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse

from safety_rules.words.catalog import CHINESE, LANGUAGES, sentence
from safety_rules.words.failure import failure

STATUS = {
    "token": 401, "host": 400, "origin": 403, "media": 415, "large": 413, "many": 413, "deep": 400, "json": 400,
    "record": 422, "name": 404, "parameter": 400, "path": 404, "method": 405, "slow_body": 408, "slow": 503, "log": 503,
    "crash": 500,
}  # fmt: skip


class RefusedError(Exception):
    """A request that is not answered: the problem's code, and what its sentence names."""

    def __init__(self, code: str, **slots: Any) -> None:
        self.code, self.slots = code, slots
        super().__init__(code)


def language_of(request: Request) -> str:
    """Return the language of the texts: `?l=`, then the first that the header names, then Chinese."""
    asked = request.query_params.get("l") or request.headers.get("accept-language", "")[:2].lower()
    return asked if asked in LANGUAGES else CHINESE


def problem(request: Request, code: str, **slots: Any) -> JSONResponse:
    """Return the answer to a request that is refused."""
    language = language_of(request)
    said = sentence(f"api-problem.{code}", language, **{k: failure(str(v), language) for k, v in slots.items()})
    number = STATUS[code]
    body = {
        "type": f"/problems/{code}",
        "title": sentence(f"api-title.{code}", language),
        "status": number,
        "detail": said,
        "instance": f"/requests/{request.scope.get('number', '')}",
    }
    headers = {"WWW-Authenticate": "Bearer"} if code == "token" else None
    return JSONResponse(body, number, headers, "application/problem+json")
