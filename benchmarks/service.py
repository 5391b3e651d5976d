"""The service over HTTP on the loopback, beside the same answer made in process, by the record and by the hundred."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from typing import Any

import uvicorn

import safety_rules as sr
from benchmarks.records.admission import records
from benchmarks.result import Result, Row
from benchmarks.timing import paired
from safety_rules import answers
from safety_rules.web.api import Service, application

ABOUT = (
    "The built-in admission area as of 2020-10-01, generated records, `detail=outcome`, JSON in and out on both sides. One\n"
    "connection that is kept, server and client in one process: what a request costs, not how many clients are served."
)
DAY = "2020-10-01"
PATH = f"/areas/admission/decide?on={DAY}&detail=outcome"


@contextmanager
def served(service: Service) -> Iterator[HTTPConnection]:
    """Serve while it is open; yields a connection to the server."""
    server = uvicorn.Server(uvicorn.Config(application(service), port=0, log_level="error", access_log=False))
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
    with served(Service(live, quiet=True)) as connection:
        for what, count in (("a request of one record", 1), ("a request of 100 records", 100)):
            body = json.dumps(many[:count])
            here, there = _here(live, body), _there(connection, body)
            agrees = json.loads(here()) == json.loads(there())
            times = paired({"in process": here, "over HTTP": there}, 1)
            rows += [
                Row("service", name, what, t.seconds, None if name == "in process" else t.ratio, None, agrees)
                for name, t in times.items()
            ]
    return Result("service", "a decision over HTTP", ABOUT, tuple(rows), (), ("starlette", "uvicorn"))


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
