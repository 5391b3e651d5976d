"""The service over HTTP on the loopback, beside the same answer made in process, by the record and by the hundred."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.client import HTTPConnection
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

import safety_rules as sr
from benchmarks.records.admission import reads_lists, records, without_lists
from benchmarks.result import Result, Row
from benchmarks.timing import paired
from safety_rules import answers
from safety_rules.web.api import Service, application

ABOUT = (
    "The built-in admission area as of 2020-10-01, generated records, `detail=outcome`, JSON in and out on both sides. One\n"
    "connection that is kept, server and client in one process: what a request costs, not how many clients are served.\n"
    "The service of zen-engine is of the same shape: starlette and uvicorn, a thread a request, one graph of the rules that read no list\n"
    "of records; it answers with the keys of the failed rules. Ours answers, of the whole area, the outcome with both ends, the\n"
    "failed and open rules and the digests. Both get complete records with empty lists."
)
DAY = "2020-10-01"
PATH = f"/areas/admission/decide?on={DAY}&detail=outcome"


@contextmanager
def served(app: Starlette) -> Iterator[HTTPConnection]:
    """Serve while it is open; yields a connection to the server."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", access_log=False))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        pass
    connection = HTTPConnection("127.0.0.1", server.servers[0].sockets[0].getsockname()[1])
    try:
        yield connection
    finally:
        connection.close()
        server.should_exit = True
        thread.join()


def measured() -> Result:
    """Return what the way over HTTP costs."""
    live = sr.live()
    area = live.area("admission").on(DAY)
    many = [json.loads(json.dumps(r, default=str)) for r in records(area, 100, 7, 0.1)]
    rows: list[Row] = []
    with served(application(Service(live, quiet=True))) as connection:
        for what, count in (("a request of one record", 1), ("a request of 100 records", 100)):
            body = json.dumps(many[:count])
            here, there = _here(live, body), _there(connection, body)
            agrees = json.loads(here()) == json.loads(there())
            times = paired({"in process": here, "over HTTP": there}, 1)
            rows += [
                Row("service", name, what, t.seconds, None if name == "in process" else t.ratio, None, agrees)
                for name, t in times.items()
            ]
    rows += _beside_zen(live, area)
    return Result("service", "a decision over HTTP", ABOUT, tuple(rows), (), ("starlette", "uvicorn", "zen-engine"))


def _beside_zen(live: sr.LiveRules, area: sr.DatedArea) -> Iterator[Row]:
    """Yield what a request costs beside one to a service of zen-engine; none where that is not installed."""
    try:
        from benchmarks.records.peers.zen_graph import failed_by
    except ImportError:
        return
    chosen = tuple(r for r in area.law.rules if not reads_lists(r, area.law))
    keys, failed = {r.key for r in chosen}, failed_by(replace(area.law, rules=chosen))
    full = [without_lists(r) for r in records(area, 400, 5)]
    many = json.loads(json.dumps([r for r in full if not area.decide(r).rules_by_status()[1]][:100], default=str))

    async def decide(request: Request) -> JSONResponse:
        given = await request.json()
        return JSONResponse(await run_in_threadpool(lambda: [failed(r) for r in given]))

    theirs = Starlette(routes=[Route("/areas/admission/decide", decide, methods=["POST"])])
    with served(application(Service(live, quiet=True))) as ours, served(theirs) as other:
        for what, count in (("a complete record", 1), ("100 complete records", 100)):
            body = json.dumps(many[:count])
            here, there = _there(ours, body), _there(other, body)
            said = [keys & {*answer["violated"]} for answer in json.loads(here())]
            agrees = said == [{*theirs_failed} for theirs_failed in json.loads(there())]
            times = paired({"a service of zen-engine": there, "ours": here}, 1)
            for name, t in times.items():
                yield Row("service", name, what, t.seconds, None if name != "ours" else t.ratio, None, agrees)


def _here(live: sr.LiveRules, body: str) -> Callable[[], Any]:
    def decide() -> str:
        area = answers.dated(live.rules, "admission", DAY)
        return json.dumps([answers.detailed(v, "outcome") for v in answers.decided(area, json.loads(body))])

    return decide


def _there(connection: HTTPConnection, body: str) -> Callable[[], Any]:
    def decide() -> bytes:
        connection.request("POST", PATH, body, {"content-type": "application/json"})
        return connection.getresponse().read()

    return decide
