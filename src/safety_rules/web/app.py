"""The page on this machine: put a ledger in, see how it was read, correct that, take results and papers out.

Uploads are read by `worker` in a process of its own, are kept in a temporary folder while the page is open, and go when
told or when the server stops. Only this machine is answered unless a token is asked for, and a form of another site is not.
"""

from __future__ import annotations

import datetime
import hmac
import json
import secrets
import shutil
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import quote, urlsplit

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from safety_rules.face import load
from safety_rules.formats.columns import first_reason, result_cells, result_headings
from safety_rules.formats.ledger_rows import LedgerRow
from safety_rules.formats.marks import marks
from safety_rules.formats.result import ScreenedRow
from safety_rules.formats.safe import CONTROL
from safety_rules.language.clock import is_amount
from safety_rules.language.kinds import Boolean, Choice, Number, Records
from safety_rules.language.vocabulary import Fact
from safety_rules.semantics.verdict.verdict import LANGUAGES
from safety_rules.services.documents import file_name
from safety_rules.web.worker import GRADED
from safety_rules.words.catalog import both, sentence

PAGES = Path(__file__).parent / "pages"
LARGEST = 50_000_000  # bytes of an upload
SECONDS = 300
ENDINGS = (".xlsx", ".xlsm", ".xls", ".xlsb", ".et", ".ods", ".csv", ".jsonl", ".ndjson", ".parquet")
TAKEN = {"result.xlsx": "结果.xlsx", "result.html": "结果.html", "papers.zip": "文书.zip", "map.yaml": "列对应.yaml"}
LOOPBACK = ("localhost", "127.0.0.1", "[::1]", "::1", "testserver")


@dataclass(slots=True)
class Held:
    """A ledger that is held while the page is open."""

    name: str
    area: str
    day: str
    folder: Path
    error: str = ""


@dataclass(slots=True)
class Desk:
    """What the server holds: the folder of all uploads, the ledgers by their key, and the token, if one is asked for."""

    folder: Path
    token: str = ""
    ledgers: dict[str, Held] = field(default_factory=dict)


def application(token: str = "", hosts: tuple[str, ...] = LOOPBACK) -> Starlette:
    """Return the application; with a token, every request must carry it, and any host is answered."""

    @asynccontextmanager
    async def opened(app: Starlette) -> Any:
        with TemporaryDirectory(prefix="safety-rules-") as folder:
            app.state.desk = Desk(Path(folder), token)
            yield

    routes = [
        Route("/", start),
        Route("/ledgers", put, methods=["POST"]),
        Route("/ledgers/{key}", seen),
        Route("/ledgers/{key}/map", corrected, methods=["POST"]),
        Route("/ledgers/{key}/papers", papers, methods=["POST"]),
        Route("/ledgers/{key}/forget", forget, methods=["POST"]),
        Route("/ledgers/{key}/{name}", take),
        Route("/project", project, methods=["GET", "POST"]),
        Route("/health", health),
    ]
    guards = [
        Middleware(TrustedHostMiddleware, allowed_hosts=["*"] if token else list(hosts)),
        Middleware(BaseHTTPMiddleware, dispatch=_guarded),
    ]
    return Starlette(routes=routes, middleware=guards, lifespan=opened)


async def _guarded(request: Request, call: Callable[[Request], Awaitable[Response]]) -> Response:
    """Answer only who may ask: with the token where there is one, never a form of another site, nothing too large."""
    desk: Desk = request.app.state.desk
    given = request.query_params.get("token", request.cookies.get("token", ""))
    if desk.token and not hmac.compare_digest(given.encode(), desk.token.encode()):
        return PlainTextResponse(sentence("web.token", "zh"), 403)
    origin = request.headers.get("origin")
    if request.method == "POST":
        if origin not in (None, "null") and urlsplit(origin).netloc != request.headers.get("host"):
            return PlainTextResponse(sentence("web.origin", "zh"), 403)
        if not request.headers.get("content-length", "").isdigit():
            return PlainTextResponse(sentence("web.length", "zh"), 411)
        if int(request.headers["content-length"]) > LARGEST:
            return PlainTextResponse(sentence("web.large", "zh", size=LARGEST // 1_000_000), 413)
    answer = await call(request)
    if desk.token and "token" in request.query_params:
        answer.set_cookie("token", desk.token, httponly=True, samesite="strict")
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["X-Frame-Options"] = "SAMEORIGIN"
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _desk(request: Request) -> Desk:
    desk: Desk = request.app.state.desk
    return desk


def _language(request: Request) -> str:
    asked = request.query_params.get("l", request.cookies.get("l", "zh"))
    return asked if asked in LANGUAGES else LANGUAGES[0]


def _shown(request: Request, page: str, status: int = 200, **told: Any) -> Response:
    """Return a page in the language that was asked for."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    made = Environment(loader=FileSystemLoader(PAGES), autoescape=True, undefined=StrictUndefined)
    language = _language(request)

    def said(key: str, /, **slots: object) -> str:
        return both(f"web.{key}", **slots).in_(language)

    style = (PAGES.parent.parent / "formats" / "page" / "page.css").read_text("utf-8")
    text = made.get_template(page).render(said=said, language=language, style=style, path=request.url.path, **told)
    answer = HTMLResponse(text, status)
    answer.headers["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-src 'self'; img-src data:; base-uri 'none'"
    )
    if "l" in request.query_params:
        answer.set_cookie("l", language, samesite="strict")
    return answer


def _areas() -> Mapping[str, str]:
    """Return the areas whose ledgers have a row for each record."""
    rules = load()
    return {
        key: rules.area(key).rulebook.areas[key].title.zh
        for key in rules.areas
        if key in ("admission", GRADED, "enterprise_duties")
    }


async def start(request: Request) -> Response:
    """Show where a ledger is put in, and those that are held."""
    today = datetime.date.today().isoformat()
    return _shown(
        request,
        "start.html",
        areas=_areas(),
        today=today,
        held=_desk(request).ledgers,
        message="",
        endings=",".join(ENDINGS),
    )


async def put(request: Request) -> Response:
    """Take a ledger in and read it."""
    async with request.form(max_files=1, max_fields=10) as form:
        return await _put(request, form)


async def _put(request: Request, form: FormData) -> Response:
    upload, area, day = form.get("ledger"), str(form.get("area", "")), str(form.get("day", ""))
    desk = _desk(request)

    def again(message: str, status: int = 400) -> Response:
        return _shown(
            request,
            "start.html",
            status,
            areas=_areas(),
            today=day,
            held=desk.ledgers,
            message=message,
            endings=",".join(ENDINGS),
        )

    if not isinstance(upload, UploadFile) or not upload.filename:
        return again(sentence("web.no_file", _language(request)))
    ending = Path(upload.filename).suffix.lower()
    if ending not in ENDINGS:
        return again(sentence("web.no_ledger", _language(request), name=upload.filename))
    if area not in _areas() or not _is_day(day):
        return again(sentence("web.no_day", _language(request), day=day))
    key = secrets.token_urlsafe(9)
    held = Held(_plain(upload.filename), area, day, desk.folder / key)
    held.folder.mkdir()
    source = held.folder / "in" / f"{file_name(Path(held.name).stem)}{ending}"
    source.parent.mkdir()
    with source.open("wb") as file:
        shutil.copyfileobj(upload.file, file)
    desk.ledgers[key] = held
    await _read(held, _language(request))
    return RedirectResponse(f"/ledgers/{key}", 303)


def _is_day(text: str) -> bool:
    try:
        return bool(datetime.date.fromisoformat(text))
    except ValueError:
        return False


def _plain(name: str) -> str:
    """Return an upload's name as it is shown: one line, no signs that nobody sees."""
    return "".join(c for c in CONTROL.sub("", name).replace("\\", "/").rpartition("/")[2] if c.isprintable())[:120]


async def _read(held: Held, language: str, papers: bool = False) -> None:
    """Have a ledger read by the worker; what went wrong is what the page says."""
    await run_in_threadpool(_worked, held, language, papers)


def _worked(held: Held, language: str, papers: bool) -> None:
    source = next((held.folder / "in").iterdir())
    told = {"file": f"in/{source.name}", "area": held.area, "day": held.day, "language": language, "papers": papers}
    (held.folder / "job.json").write_text(json.dumps(told), "utf-8")
    (held.folder / "error.json").unlink(missing_ok=True)
    command = [sys.executable, "-m", "safety_rules.web.worker", str(held.folder)]
    held.error = ""
    try:
        ended = subprocess.run(command, check=False, capture_output=True, timeout=SECONDS).returncode
    except subprocess.TimeoutExpired:
        held.error = sentence("web.slow", language, seconds=SECONDS)
        return
    if ended:
        error = held.folder / "error.json"
        known = json.loads(error.read_text("utf-8"))["message"] if error.is_file() else ""
        held.error = known.replace(f"{source.parent}/", "") or sentence("web.died", language)


def _held(request: Request) -> Held | None:
    return _desk(request).ledgers.get(request.path_params["key"])


def _gone(request: Request) -> Response:
    return _shown(request, "gone.html", 404)


async def seen(request: Request) -> Response:
    """Show how a ledger was understood, and what came out."""
    held = _held(request)
    if held is None:
        return _gone(request)
    headings = held.folder / "headings.json"
    read = json.loads(headings.read_text("utf-8")) if headings.is_file() else []
    area = load().area(held.area).on(held.day)
    vocabulary = area.law.rulebook.vocabulary
    facts = [f for s in area.law.area.subjects for f in vocabulary.of_subject(s)]
    facts += [f for fact in facts for f in vocabulary.fields(fact.key)]
    there = [name for name in TAKEN if (held.folder / name).is_file()]
    named = {f.key: f.name.in_(_language(request)) for f in facts}
    return _shown(
        request,
        "ledger.html",
        key=request.path_params["key"],
        held=held,
        read=read,
        facts=named,
        there=there,
        papers="papers.zip" in there,
    )


async def corrected(request: Request) -> Response:
    """Keep how columns are to be understood, and read the ledger again."""
    held = _held(request)
    if held is None:
        return _gone(request)
    async with request.form(max_files=0, max_fields=2_000) as form:
        headings, facts = form.getlist("heading"), form.getlist("fact")
    lines = [
        f"{json.dumps(str(h), ensure_ascii=False)}: {{fact: {json.dumps(str(f))}}}"
        for h, f in zip(headings, facts, strict=False)
        if f
    ]
    mapped = held.folder / "map.yaml"
    if lines:
        mapped.write_text("\n".join(dict.fromkeys(lines)) + "\n", "utf-8")
    else:
        mapped.unlink(missing_ok=True)
    (held.folder / "papers.zip").unlink(missing_ok=True)
    await _read(held, _language(request))
    return RedirectResponse(f"/ledgers/{request.path_params['key']}", 303)


async def papers(request: Request) -> Response:
    """Have a paper written for each record."""
    held = _held(request)
    if held is None:
        return _gone(request)
    await _read(held, _language(request), papers=True)
    return RedirectResponse(f"/ledgers/{request.path_params['key']}", 303)


async def take(request: Request) -> Response:
    """Hand a result out: the page is shown, the rest is saved."""
    held, name = _held(request), request.path_params["name"]
    if held is None or name not in TAKEN or not (held.folder / name).is_file():
        return _gone(request)
    answer = FileResponse(held.folder / name)
    if name != "result.html" or "save" in request.query_params:
        stem = Path(held.name).stem
        answer.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(f'{stem}_{TAKEN[name]}')}"
    return answer


async def forget(request: Request) -> Response:
    """Delete a ledger and all that was made from it."""
    held = _desk(request).ledgers.pop(request.path_params["key"], None)
    if held is not None:
        shutil.rmtree(held.folder, ignore_errors=True)
    return RedirectResponse("/", 303)


async def project(request: Request) -> Response:
    """Decide one project that was typed in: the verdict, what is missing, and by how much."""
    language, given, day = _language(request), {}, datetime.date.today().isoformat()
    told: dict[str, Any] = {"rows": [], "outcome": "", "look": None, "first": "", "message": ""}
    if request.method == "POST":
        async with request.form(max_files=0, max_fields=2_000) as form:
            given = {k: str(v).strip() for k, v in form.items() if str(v).strip() and k != "day"}
            day = str(form.get("day", day))
    if not _is_day(day):
        told["message"], day = sentence("web.no_day", language, day=day), datetime.date.today().isoformat()
    area = load().area("admission").on(day)
    vocabulary = area.law.rulebook.vocabulary
    facts = [f for s in area.law.area.subjects for f in vocabulary.of_subject(s)]
    if request.method == "POST" and not told["message"]:
        verdict = area.decide({k: v for k, v in given.items() if k in vocabulary.facts})
        row = ScreenedRow(LedgerRow(0, "", ()), verdict)
        said = zip(result_headings(language), result_cells(row, language), strict=True)
        told["rows"] = [(h, c) for h, c in said if c][1:]
        told["outcome"] = verdict.outcome_name.in_(language)
        told["look"] = marks([o.key for o in area.law.area.outcomes])[verdict.outcome]
        told["first"] = first_reason(row, language)
    fields = [_field(f, language, given.get(f.key, "")) for f in facts]
    return _shown(request, "project.html", fields=fields, day=day, **told)


def _field(fact: Fact, language: str, value: str) -> dict[str, Any]:
    """Return how a fact is asked for: a choice, a yes or no, a number with its unit, or a text."""
    options: list[tuple[str, str]] = []
    unit = ""
    match fact.kind:
        case Boolean():
            options = [(sentence(f"value.{v}", "zh"), sentence(f"value.{v}", language)) for v in ("true", "false")]
        case Choice(choices):
            options = [(option.key, option.name.in_(language)) for option in choices.options]
        case Records():
            options = [(sentence("value.none", "zh"), sentence("value.none", language))]
        case Number(found) if is_amount(fact.kind):
            unit = found.symbol
        case _:
            pass
    return {"key": fact.key, "name": fact.name.in_(language), "options": options, "unit": unit, "value": value}


async def health(request: Request) -> Response:
    """Say that the server answers."""
    return PlainTextResponse("ok")


def lines(host: str, port: int, token: str, language: str) -> Iterator[str]:
    """Yield what is said when the server starts."""
    url = f"http://{host}:{port}/" + (f"?token={token}" if token else "")
    yield sentence("web.running", language, url=url)
    yield sentence("web.stops", language)
