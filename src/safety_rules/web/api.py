"""The service: records in as JSON, verdicts out, by rules that follow their folder.

Every request is bounded in size, depth, number of records and time; each is a line of JSON in the log of the
server, which holds no fact of any record. Where a decision log is kept, nothing is answered that is not in it.
"""

from __future__ import annotations

import hmac
import json
import secrets
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import anyio
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from safety_rules import answers
from safety_rules.face import LiveRules
from safety_rules.language import limits
from safety_rules.language.errors import LedgerError, NotFoundError
from safety_rules.language.exact_json import json_data
from safety_rules.semantics.verdict.verdict import Verdict
from safety_rules.services.decisions.log import DecisionLog
from safety_rules.web.openapi import described
from safety_rules.web.problems import STATUS, RefusedError, language_of, problem
from safety_rules.words.catalog import sentence
from safety_rules.words.near import did_you_mean

LOOPBACK = ("localhost", "127.0.0.1", "::1", "testserver")
GONE = 499  # the client went away: nobody is answered


@dataclass(frozen=True, slots=True)
class Limits:
    """What a request may ask for."""

    size: int = limits.BODY
    depth: int = limits.BODY_DEPTH
    records: int = limits.BODY_RECORDS
    verdicts: int = limits.BODY_VERDICTS  # whole ones, of some 200 KB each
    body_seconds: float = 30.0
    seconds: float = 30.0


@dataclass(frozen=True, slots=True)
class Service:
    """What the service answers from: the rules, the token and the decision log where there are any, the limits."""

    rules: LiveRules
    token: str = ""
    log: DecisionLog | None = None
    limits: Limits = Limits()
    quiet: bool = False


def application(service: Service) -> Starlette:
    """Return the application; without a token, only addresses of this machine are answered."""
    routes = [
        Route("/areas", _areas),
        Route("/areas/{area}/decide", _decide, methods=["POST"]),
        Route("/areas/{area}/explain", _explain, methods=["POST"]),
        Route("/areas/{area}/schema", _schema),
        Route("/law", _law),
        Route("/health", _health),
        Route("/openapi.json", _described),
        Route("/problems/{code}", _problem),
    ]
    handlers = {RefusedError: _refused, HTTPException: _no_route, ClientDisconnect: _left, Exception: _crashed}
    app = Starlette(routes=routes, middleware=[Middleware(Doorkeeper, service=service)], exception_handlers=handlers)  # type: ignore[arg-type]  # each handler takes its own error
    app.state.service = service
    return app


@dataclass(slots=True)
class Doorkeeper:
    """Asks who may come in, numbers each request and writes its line."""

    app: ASGIApp
    service: Service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started, status = time.perf_counter(), GONE
        scope["number"] = number = secrets.token_hex(8)

        async def sent(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                kept = [(b"x-request-id", number.encode()), (b"cache-control", b"no-store")]
                message["headers"] = [*message["headers"], *kept, (b"x-content-type-options", b"nosniff")]
            await send(message)

        request = Request(scope, receive)
        try:
            why = self._unwelcome(request)
            await (self.app if why == "" else problem(request, why))(scope, receive, sent)
        finally:
            if not self.service.quiet:
                self._write(scope, status, time.perf_counter() - started)

    def _unwelcome(self, request: Request) -> str:
        token, headers = self.service.token, request.headers
        if token:
            given = headers.get("authorization", "")
            if not hmac.compare_digest(given.encode(), f"Bearer {token}".encode()):
                return "" if request.url.path == "/health" else "token"
        elif (urlsplit(f"//{headers.get('host', '')}").hostname or "") not in LOOPBACK:
            return "host"
        origin = headers.get("origin")
        return "origin" if origin is not None and urlsplit(origin).netloc != headers.get("host") else ""

    def _write(self, scope: Scope, status: int, seconds: float) -> None:
        line = {
            "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), "request": scope["number"],
            "method": scope["method"], "path": scope["path"][:200], "status": status, "ms": round(seconds * 1000, 1),
            **scope.get("told", {}),
        }  # fmt: skip
        print(json.dumps(line), file=sys.stderr, flush=True)


def _service(request: Request) -> Service:
    found: Service = request.app.state.service
    return found


def _only(request: Request, known: Sequence[str]) -> None:
    """Refuse a parameter that nothing has: a day that is misspelt would be another day."""
    for name in request.query_params:
        if name not in (*known, "l"):
            raise RefusedError("parameter", name=name[:40], hint=did_you_mean(name, (*known, "l")))


async def _areas(request: Request) -> Response:
    _only(request, ())
    return JSONResponse(answers.areas(_service(request).rules.rules))


async def _schema(request: Request) -> Response:
    _only(request, ("of",))
    area, of = request.path_params["area"], request.query_params.get("of", "record")
    return await _asked(request, lambda: answers.schema(_service(request).rules.rules, area, of))


async def _law(request: Request) -> Response:
    _only(request, ("on", "area"))
    on, area = request.query_params.get("on"), request.query_params.get("area")
    return await _asked(request, lambda: answers.law(_service(request).rules.rules, on, area))


async def _health(request: Request) -> Response:
    return JSONResponse(answers.health(_service(request).rules))


async def _described(request: Request) -> Response:
    return JSONResponse(await run_in_threadpool(described, _service(request).rules.rules))


async def _problem(request: Request) -> Response:
    code = request.path_params["code"]
    if code not in STATUS:
        raise RefusedError("path")
    title = sentence(f"api-title.{code}", language_of(request))
    return JSONResponse({"code": code, "status": STATUS[code], "title": title})


async def _decide(request: Request) -> Response:
    _only(request, ("on", "require_standing", "detail"))
    service, asked = _service(request), request.query_params
    detail = asked.get("detail", "verdict")
    body = await _body(request)
    records = body if isinstance(body, list) else [body]
    most = service.limits.verdicts if detail == "verdict" else service.limits.records
    if len(records) > most:
        raise RefusedError("many", most=most)
    if not all(isinstance(r, Mapping) for r in records):
        raise RefusedError("record")

    def told(verdicts: Sequence[Verdict], until: float) -> Any:
        found = [answers.detailed(v, detail) for v in verdicts if _in_time(until)]
        return found if isinstance(body, list) else found[0]

    return await _judged(request, records, told)


async def _explain(request: Request) -> Response:
    _only(request, ("on", "require_standing", "rule"))
    body = await _body(request)
    if not isinstance(body, Mapping):
        raise RefusedError("record")

    def told(verdicts: Sequence[Verdict], until: float) -> Any:
        return answers.explained(verdicts[0], language_of(request), request.query_params.getlist("rule"))

    return await _judged(request, [body], told)


async def _judged(
    request: Request, records: Sequence[Any], told: Callable[[Sequence[Verdict], float], Any]
) -> Response:
    """Answer what is told of the verdicts on records; what was told in time is in the log before it is answered."""
    service, asked = _service(request), request.query_params
    until = time.monotonic() + service.limits.seconds

    def answered() -> Any:
        area = answers.dated(
            service.rules.rules, request.path_params["area"], asked.get("on"), asked.get("require_standing")
        )
        verdicts = answers.decided(area, records, until)
        request.scope["told"] = {"records": len(records), "rulebook": area.law.rulebook.digest[:12]}
        found = told(verdicts, until)
        if _in_time(until) and service.log is not None:
            service.log.extend(verdicts)
        return found

    return await _asked(request, answered)


def _in_time(until: float) -> bool:
    if time.monotonic() > until:
        raise answers.TooSlowError("not told in time")
    return True


async def _asked(request: Request, answer: Any) -> Response:
    """Answer by a thread, with the problem that what was raised is; a thread that takes too long is left to itself."""
    try:
        with anyio.fail_after(_service(request).limits.seconds):
            return JSONResponse(await anyio.to_thread.run_sync(answer, abandon_on_cancel=True))
    except NotFoundError as error:
        raise RefusedError("name", why=str(error)) from None
    except (answers.TooSlowError, TimeoutError):
        raise RefusedError("slow", seconds=f"{_service(request).limits.seconds:g}") from None
    except LedgerError:
        raise RefusedError("log") from None


async def _body(request: Request) -> Any:
    """Return the JSON of a request: within its limits, numbers exact, a name twice refused."""
    own = _service(request).limits
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise RefusedError("media")
    length = request.headers.get("content-length", "0")
    if not length.isdigit() or int(length[:20]) > own.size:
        raise RefusedError("large", size=own.size)
    read = bytearray()
    try:
        with anyio.fail_after(own.body_seconds):
            async for part in request.stream():
                read += part
                if len(read) > own.size:
                    raise RefusedError("large", size=own.size)
    except TimeoutError:
        raise RefusedError("slow_body", seconds=f"{own.body_seconds:g}") from None
    return await run_in_threadpool(_json, bytes(read), own.depth)


def _json(body: bytes, depth: int) -> Any:
    try:
        found = json_data(body.decode("utf-8"))
    except UnicodeDecodeError:
        raise RefusedError("json", why="UTF-8") from None
    except ValueError as error:
        if str(error) == "nested too deeply":
            raise RefusedError("deep", most=depth) from None
        raise RefusedError("json", why=str(error)[:200]) from None
    if _deeper(found, depth):
        raise RefusedError("deep", most=depth)
    return found


def _deeper(data: Any, depth: int) -> bool:
    """Return whether mappings and lists lie in one another more than `depth` deep."""
    level = [data]
    for _ in range(depth):
        level = [
            inner
            for outer in level
            if isinstance(outer, dict | list)
            for inner in (outer.values() if isinstance(outer, dict) else outer)
        ]
    return any(isinstance(one, dict | list) for one in level)


async def _refused(request: Request, error: RefusedError) -> Response:
    return problem(request, error.code, **error.slots)


async def _no_route(request: Request, error: HTTPException) -> Response:
    return problem(request, "method" if error.status_code == STATUS["method"] else "path")


async def _left(request: Request, error: ClientDisconnect) -> Response:
    return Response(status_code=GONE)


async def _crashed(request: Request, error: Exception) -> Response:
    return problem(request, "crash")


def lines(url: str, token: str, language: str) -> tuple[str, ...]:
    """Return what is said when the service starts."""
    said = sentence("api.listens", language, url=url)
    return (said, sentence("api.token", language, token=token)) if token else (said,)
