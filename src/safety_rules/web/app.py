"""The page on this machine: put a ledger in, see how it was read, correct that, take results and papers out.

Uploads are read by `worker` in a process of its own, are kept in a temporary folder while the page is open, and go
when told or when the server stops. Only this machine is answered unless a token is asked for, and a form of another
site is not.
"""

from __future__ import annotations

import datetime
import hmac
import json
import shutil
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
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
from starlette.responses import FileResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from safety_rules.face import load
from safety_rules.formats.blank_out import write_blank
from safety_rules.language import limits
from safety_rules.language.errors import SafetyRulesError
from safety_rules.services.blank import AREAS, CHECKS, KINDS, blank_sheets, documents_of
from safety_rules.services.documents import file_name, layouts
from safety_rules.services.office import office
from safety_rules.services.rectification.book import HEADINGS
from safety_rules.services.rectification.sheets import vocabulary_of
from safety_rules.web.desk import Desk, Held, ending_of, folder_prefix, is_day, keep, plain, sweep, work
from safety_rules.web.papers import Asked
from safety_rules.web.project import project
from safety_rules.web.rectified import DANGERS, STORE
from safety_rules.web.shown import language_of, shown
from safety_rules.web.worker import GRADED
from safety_rules.words.catalog import sentence
from safety_rules.words.failure import failure

MOST_FIELDS = 2_000
ENDINGS = (".xlsx", ".xlsm", ".xls", ".xlsb", ".et", ".ods", ".csv", ".jsonl", ".ndjson", ".parquet")
TAKEN = {
    "result.xlsx": "结果.xlsx", "result.html": "结果.html", "due.xlsx": "逾期清单.xlsx", "papers.zip": "文书.zip",
    "map.yaml": "列对应.yaml", STORE: "整改台账.db",
}  # fmt: skip
REPORTS = "周报月报台账.xlsx"  # what `result.xlsx` is of a list of dangers
LOOPBACK = ("localhost", "127.0.0.1", "[::1]", "::1", "testserver")


def application(token: str = "", hosts: tuple[str, ...] = LOOPBACK) -> Starlette:
    """Return the application; with a token, every request must carry it, and any host is answered."""

    @asynccontextmanager
    async def opened(app: Starlette) -> Any:
        sweep()
        with TemporaryDirectory(prefix=folder_prefix()) as folder:
            app.state.desk = Desk(Path(folder), token)
            yield

    routes = [
        Route("/", start),
        Route("/ledgers", put, methods=["POST"]),
        Route("/ledgers/{key}", seen),
        Route("/ledgers/{key}/map", corrected, methods=["POST"]),
        Route("/ledgers/{key}/again", again, methods=["POST"]),
        Route("/ledgers/{key}/otherwise", otherwise, methods=["POST"]),
        Route("/ledgers/{key}/settle", settled, methods=["POST"]),
        Route("/ledgers/{key}/papers", papers, methods=["POST"]),
        Route("/ledgers/{key}/forget", forget, methods=["POST"]),
        Route("/ledgers/{key}/{name}", take),
        Route("/template", template),
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
        if int(request.headers["content-length"]) > limits.UPLOAD:
            return PlainTextResponse(sentence("web.large", "zh", size=limits.UPLOAD // 1_000_000), 413)
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


def _areas(language: str) -> Mapping[str, str]:
    """Return the areas whose ledgers have a row for each record, and the list of dangers."""
    rules = load()
    titles = {key: rules.area(key).rulebook.areas[key].title for key in rules.areas}
    asked = ("admission", GRADED, "enterprise_duties")
    return {key: title.in_(language) for key, title in titles.items() if key in asked} | {
        DANGERS: sentence("web.dangers", language)
    }


async def start(request: Request) -> Response:
    """Show where a ledger is put in, and those that are held."""
    return _start(request, datetime.date.today().isoformat())


def _start(request: Request, day: str, message: str = "", status: int = 200, area: str = "") -> Response:
    fields = documents_of(load().area(AREAS[CHECKS]).on(datetime.date.today().isoformat()).law)
    told = {"areas": _areas(language_of(request)), "area": area, "today": day, "held": _desk(request).ledgers}
    told |= {"blanks": KINDS, "fields": fields}
    return shown(request, "start.html", status, message=message, endings=",".join(ENDINGS), **told)


async def put(request: Request) -> Response:
    """Take a ledger in and read it."""
    async with request.form(max_files=2, max_fields=10) as form:
        return await _put(request, form)


async def _put(request: Request, form: FormData) -> Response:
    area, day, desk, language = (
        str(form.get("area", "")),
        str(form.get("day", "")),
        _desk(request),
        language_of(request),
    )
    upload, kept = form.get("ledger"), form.get("store")
    wrong = _wrong(upload, language)
    if not wrong and (area not in _areas(language) or not is_day(day)):
        wrong = sentence("web.no_day", language, day=day)
    if wrong or not isinstance(upload, UploadFile):
        return _start(request, day, wrong, 400, area)
    key = desk.hold(upload.filename or "", area, day, upload.file)
    held = desk.ledgers[key]
    if area == DANGERS and isinstance(kept, UploadFile) and kept.filename:
        with (held.folder / "given.db").open("wb") as file:
            shutil.copyfileobj(kept.file, file)
    await run_in_threadpool(work, held, language)
    return RedirectResponse(f"/ledgers/{key}", 303)


def _wrong(upload: object, language: str) -> str:
    """Return what is wrong with an upload: none, or none that can be read."""
    if not isinstance(upload, UploadFile) or not upload.filename:
        return sentence("web.no_file", language)
    known = ending_of(upload.filename) in ENDINGS
    return "" if known else sentence("web.no_ledger", language, name=plain(upload.filename))


def _held(request: Request) -> Held | None:
    return _desk(request).ledgers.get(request.path_params["key"])


def _gone(request: Request) -> Response:
    return shown(request, "gone.html", 404)


def _seen(request: Request, held: Held, message: str = "", status: int = 200) -> Response:
    """Show a ledger: what is wrong, how it was understood, and what came out."""
    language = language_of(request)
    if held.area == DANGERS:
        facts = list(vocabulary_of(HEADINGS).facts.values())
    else:
        book = load().area(held.area).rulebook  # of no day: the law of some has no rule
        vocabulary = book.vocabulary
        facts = [f for s in book.areas[held.area].subjects for f in vocabulary.of_subject(s)]
        facts += [f for fact in facts for f in vocabulary.fields(fact.key)]
    there = [name for name in TAKEN if (held.folder / name).is_file()]
    read = held.told("headings.json") or []
    lost = sum(not column["fact"] for column in read)
    message = message or held.error
    if not message and held.area != DANGERS and 2 * lost > len(read):
        message = sentence("web.another_area", language, lost=lost, known=len(read) - lost)
    return shown(
        request,
        "ledger.html",
        status,
        key=request.path_params["key"],
        held=held,
        message=message,
        read=read,
        said=held.told("said.json"),
        facts={f.key: f.name.in_(language) for f in facts},
        there=there,
        areas=_areas(language),
        dangers=held.area == DANGERS,
        papers=(held.told("papers.json") or {}).get("count"),
        kinds={k: v["name"] for k, v in layouts().items() if k != "law" and v["from"] != "ledger"},
        units=held.told("units.json") or [],
        office=office() is not None,
        endings=",".join(ENDINGS),
    )


async def seen(request: Request) -> Response:
    """Show how a ledger was understood, and what came out."""
    held = _held(request)
    return _gone(request) if held is None else _seen(request, held)


def _old(request: Request, held: Held, form: FormData) -> Response | None:
    """Return what a form of an earlier state of a ledger is answered with; None where it is of this one."""
    if form.get("version") in (None, str(held.version)):
        return None
    return _seen(request, held, sentence("web.changed", language_of(request)), 409)


async def _read_again(request: Request, held: Held, papers: Asked | None = None) -> Response:
    await run_in_threadpool(work, held, language_of(request), papers)
    return RedirectResponse(f"/ledgers/{request.path_params['key']}", 303)


async def corrected(request: Request) -> Response:
    """Keep how columns are to be understood, and read the ledger again."""
    held = _held(request)
    if held is None:
        return _gone(request)
    async with request.form(max_files=0, max_fields=MOST_FIELDS) as form:
        headings, facts, old = form.getlist("heading"), form.getlist("fact"), _old(request, held, form)
    if old is not None:
        return old
    lines = [
        f"{json.dumps(str(h), ensure_ascii=False)}: {{fact: {json.dumps(str(f), ensure_ascii=False)}}}"
        for h, f in zip(headings, facts, strict=False)
        if f
    ]
    mapped = held.folder / "map.yaml"
    if lines:
        mapped.write_text("\n".join(dict.fromkeys(lines)) + "\n", "utf-8")
    else:
        mapped.unlink(missing_ok=True)
    return await _read_again(request, held)


async def again(request: Request) -> Response:
    """Take a ledger in once more, mended, and read it in the place of the earlier one."""
    held = _held(request)
    if held is None:
        return _gone(request)
    async with request.form(max_files=1, max_fields=10) as form:
        upload, old = form.get("ledger"), _old(request, held, form)
        wrong = _wrong(upload, language_of(request))
        if old is not None:
            return old
        if wrong or not isinstance(upload, UploadFile):
            return _seen(request, held, wrong, 400)
        keep(held, upload.filename or "", upload.file)
    held.hand = None
    held.rows_told.clear()
    return await _read_again(request, held)


async def otherwise(request: Request) -> Response:
    """Read a ledger by the rules of another area, or as of another day."""
    held, language = _held(request), language_of(request)
    if held is None:
        return _gone(request)
    async with request.form(max_files=0, max_fields=10) as form:
        area, day, old = str(form.get("area", "")), str(form.get("day", "")), _old(request, held, form)
    if old is not None:
        return old
    if area not in _areas(language) or not is_day(day):
        return _seen(request, held, sentence("web.no_day", language, day=day), 400)
    if area != held.area:
        (held.folder / "map.yaml").unlink(missing_ok=True)
    held.area, held.day, held.hand = area, day, None
    held.rows_told.clear()
    held.version += 1
    return await _read_again(request, held)


async def settled(request: Request) -> Response:
    """Record what stands otherwise in the ledger of rectifications as corrections: by whom, and why."""
    held = _held(request)
    if held is None:
        return _gone(request)
    async with request.form(max_files=0, max_fields=MOST_FIELDS) as form:
        by, why, day = (str(form.get(name, "")).strip() for name in ("by", "why", "day"))
        old = _old(request, held, form)
        rows = {n.removeprefix("row-"): v == "same" for n, v in form.items() if n.startswith("row-") and v}
    if old is not None:
        return old
    by_hand = bool(by and why)
    if not by_hand and (by or why or not rows or any(rows.values())):
        return _seen(request, held, sentence("web.no_hand", language_of(request)), 400)
    if not is_day(day):
        return _seen(request, held, sentence("web.no_day", language_of(request), day=day), 400)
    held.hand = (by, why, day) if by_hand else None
    held.rows_told |= rows
    return await _read_again(request, held)


async def papers(request: Request) -> Response:
    """Have papers written: all, or those that are asked for."""
    held = _held(request)
    if held is None:
        return _gone(request)
    async with request.form(max_files=0, max_fields=10) as form:
        kind, about = (str(form.get(name, "")).strip() for name in ("kind", "about"))
        asked, old = Asked(kind if kind in layouts() else "", about, "pdf" in form), _old(request, held, form)
    return old if old is not None else await _read_again(request, held, asked)


async def take(request: Request) -> Response:
    """Hand a result out: the page is shown, the rest is saved."""
    held, name = _held(request), request.path_params["name"]
    if held is None or name not in TAKEN or not (held.folder / name).is_file():
        return _gone(request)
    answer = FileResponse(held.folder / name)
    if name != "result.html" or "save" in request.query_params:
        called = f"{Path(held.name).stem}_{REPORTS if held.area == DANGERS and name == 'result.xlsx' else TAKEN[name]}"
        answer.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(called)}"
    return answer


async def forget(request: Request) -> Response:
    """Delete a ledger and all that was made from it."""
    held = _desk(request).ledgers.pop(request.path_params["key"], None)
    if held is not None:
        shutil.rmtree(held.folder, ignore_errors=True)
    return RedirectResponse("/", 303)


async def template(request: Request) -> Response:
    """Hand a blank ledger out."""
    kind, field = (request.query_params.get(name, "") for name in ("kind", "field"))
    language, day = language_of(request), datetime.date.today().isoformat()
    if kind not in KINDS:
        return _gone(request)
    try:
        made = await run_in_threadpool(_blank, kind, field if kind == CHECKS else "", language, day)
    except SafetyRulesError as error:
        return _start(request, day, failure(str(error), language), 400)
    answer = Response(made, media_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
    answer.headers["Content-Disposition"] = (
        f"attachment; filename*=UTF-8''{quote(file_name('空白台账', kind, field))}.xlsx"
    )
    return answer


def _blank(kind: str, field: str, language: str, day: str) -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "blank.xlsx"
        write_blank(blank_sheets(kind, lambda area: load().area(area).on(day).law, language, field), path, language)
        return path.read_bytes()


async def health(request: Request) -> Response:
    """Say that the server answers."""
    return PlainTextResponse("ok")


def lines(host: str, port: int, token: str, language: str) -> Iterator[str]:
    """Yield what is said when the server starts."""
    url = f"http://{host}:{port}/" + (f"?token={token}" if token else "")
    yield sentence("web.running", language, url=url)
    yield sentence("web.stops", language)
