"""The service: the verdicts of the library over HTTP, and what is refused, each with its problem and nothing decided."""

from __future__ import annotations

import json
import random
import re
import signal
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anyio
import jsonschema
import pytest
from starlette.testclient import TestClient

import safety_rules as sr
from safety_rules.web.api import Limits, Service, application

RECORD = {"project": {"id": "P1", "site": "land", "land_area": 20, "fixed_asset_investment": 9999.99}}
ENGLISH, CHINESE = re.compile(r"[a-z]{2,}"), re.compile("[\u4e00-\u9fff]")
DECIDE = "/areas/admission/decide?on=2020-10-01"


@pytest.fixture(scope="module")
def rules() -> sr.LiveRules:
    return sr.live()


@pytest.fixture(scope="module")
def client(rules: sr.LiveRules) -> Iterator[TestClient]:
    with TestClient(application(Service(rules))) as made:
        yield made


def decide(client: TestClient, body: bytes | str, path: str = DECIDE, **headers: str) -> Any:
    return client.post(path, content=body, headers={"content-type": "application/json", **headers})


def code(answer: Any) -> str:
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == answer.status_code
    return str(answer.json()["type"]).rpartition("/")[2]


def test_one_record_has_the_verdict_of_the_library(client: TestClient, rules: sr.LiveRules) -> None:
    here = rules.area("admission").on("2020-10-01").decide(RECORD)
    answer = client.post(DECIDE, json=RECORD)
    assert answer.status_code == 200
    assert answer.json() == json.loads(json.dumps(here.to_dict()))
    assert sr.replay(client.post(f"{DECIDE}&detail=receipt", json=RECORD).json()).same


def test_many_records_are_answered_in_their_order(client: TestClient) -> None:
    many = [{"project": {"id": f"P{i}", "land_area": i}} for i in range(30)]
    told = client.post(f"{DECIDE}&detail=outcome", json=many).json()
    assert [t["subject"] for t in told] == [f"P{i}" for i in range(30)]
    assert {t["outcome"] for t in told} == {"undetermined"}


def test_numbers_arrive_as_they_were_written(client: TestClient) -> None:
    short = '{"project": {"site": "land", "land_area": 20, "fixed_asset_investment": 9999.99999999999999999999}}'
    assert "land_investment_per_mu" in decide(client, short, f"{DECIDE}&detail=outcome").json()["violated"]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_an_explanation_is_that_of_the_library(client: TestClient, rules: sr.LiveRules, language: str) -> None:
    verdict = rules.area("admission").on("2020-10-01").decide(RECORD)
    told = client.post(f"/areas/admission/explain?on=2020-10-01&l={language}", json=RECORD).json()
    assert told["text"] == verdict.explain(language)
    assert told["brief"] == list(verdict.brief(language))
    assert sr.replay(told["receipt"]).same


@pytest.mark.parametrize(
    ("body", "path", "status", "said"),
    [
        ("[" * 100_000, DECIDE, 400, "deep"),
        ('{"project":' * 60 + "1" + "}" * 60, DECIDE, 400, "deep"),
        ('{"project": {"land_area": 20, "land_area": 1}}', DECIDE, 400, "json"),
        ('{"project": {"land_area": NaN}}', DECIDE, 400, "json"),
        ('{"project": {"land_area": ' + "9" * 5000 + "}}", DECIDE, 400, "json"),
        (b"\xff\xfe", DECIDE, 400, "json"),
        ("", DECIDE, 400, "json"),
        ("7", DECIDE, 422, "record"),
        ("[[]]", DECIDE, 422, "record"),
        ("{}", "/areas/admision/decide", 404, "name"),
        ("{}", "/areas/admission/decide?on=2020-13-01", 404, "name"),
        ("{}", "/areas/admission/decide?on=1990-01-01", 404, "name"),
        ("{}", "/areas/admission/decide?day=2020-10-01", 400, "parameter"),
        ("{}", f"{DECIDE}&require_standing=best", 404, "name"),
        ("{}", f"{DECIDE}&detail=all", 404, "name"),
        ("{}", "/areas/admission/explain?rule=nothing", 404, "name"),
        ("[{}]", "/areas/admission/explain", 422, "record"),
        (json.dumps([{}] * 101), DECIDE, 413, "many"),
        ("{}", "/areas", 405, "method"),
        ("{}", "/nowhere", 404, "path"),
    ],
    ids=str,
)
def test_what_cannot_be_answered_is_a_problem(
    client: TestClient, body: bytes | str, path: str, status: int, said: str
) -> None:
    for language, other in (("zh", ENGLISH), ("en", CHINESE)):
        answer = decide(client, body, path, **{"accept-language": language})
        assert (answer.status_code, code(answer)) == (status, said)
        for part in ("title", "detail"):
            words = re.sub(r"`[^`]*`|“[^”]*”|/openapi.json|\{.*\}|detail=outcome", "", answer.json()[part])
            assert (answer.json()[part] != "", other.findall(words)) == (True, [])
    assert client.get(answer.json()["type"]).json()["status"] == status


def test_only_json_of_this_machine_is_taken(client: TestClient) -> None:
    assert code(client.post(DECIDE, content="{}", headers={"content-type": "text/plain"})) == "media"
    assert code(client.get("/areas", headers={"host": "evil.example"})) == "host"
    assert code(decide(client, "{}", origin="http://evil.example")) == "origin"


def test_a_large_request_is_refused_before_it_is_read_and_while_it_comes(rules: sr.LiveRules) -> None:
    with TestClient(application(Service(rules, limits=Limits(size=1_000)))) as client:
        assert code(decide(client, b"[" + b" " * 2_000)) == "large"

        def parts() -> Iterator[bytes]:
            yield from (b" " * 100 for _ in range(1_000))

        answer = client.post(DECIDE, content=parts(), headers={"content-type": "application/json"})
        assert code(answer) == "large"


def test_what_is_not_decided_in_time_is_not_answered(rules: sr.LiveRules) -> None:
    with TestClient(application(Service(rules, limits=Limits(seconds=-1)))) as client:
        assert code(decide(client, "[{}, {}]")) == "slow"


@pytest.mark.parametrize("path", [DECIDE, "/areas/admission/explain?on=2020-10-01"])
def test_what_takes_too_long_is_refused_in_its_time_and_in_no_log(
    path: str, rules: sr.LiveRules, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited, log = threading.Event(), sr.DecisionLog(tmp_path / "log.db")

    def slowly(*_: Any) -> Any:
        waited.wait(10)

    monkeypatch.setattr("safety_rules.answers.explained", slowly)
    monkeypatch.setattr("safety_rules.answers.detailed", slowly)
    with TestClient(application(Service(rules, log=log, limits=Limits(seconds=0.05)))) as client:
        answer = client.post(path, json=RECORD)
        assert (code(answer), answer.status_code) == ("slow", 503)
        waited.set()
    assert not log.path.exists()


def test_a_token_opens_the_door_and_health_needs_none(rules: sr.LiveRules) -> None:
    with TestClient(application(Service(rules, "secret"))) as client:
        assert code(client.get("/areas")) == "token"
        assert code(client.get("/areas", headers={"authorization": "Bearer secrét".encode()})) == "token"
        assert client.get("/areas", headers={"authorization": "Bearer secret", "host": "a.example"}).status_code == 200
        assert client.get("/health").json()["status"] == "ok"


def test_nothing_is_answered_that_is_not_in_the_log(rules: sr.LiveRules, tmp_path: Path) -> None:
    log = sr.DecisionLog(tmp_path / "log.db")
    with TestClient(application(Service(rules, log=log))) as client:
        assert client.post(f"{DECIDE}&detail=outcome", json=[RECORD, RECORD]).status_code == 200
        assert client.post("/areas/admission/explain?on=2020-10-01", json=RECORD).status_code == 200
    assert (len(log), log.verify()[1]) == (3, ())
    broken = sr.DecisionLog(tmp_path / "gone" / "log.db")
    with TestClient(application(Service(rules, log=broken))) as client:
        assert code(client.post(DECIDE, json=RECORD)) == "log"


def test_its_log_is_a_line_of_json_without_facts(client: TestClient, capsys: pytest.CaptureFixture[str]) -> None:
    answer = client.post(f"{DECIDE}&detail=outcome", json={"project": {"id": "秘密"}})
    line = json.loads(capsys.readouterr().err.splitlines()[-1])
    assert (line["status"], line["records"], line["request"]) == (200, 1, answer.headers["x-request-id"])
    assert "秘密" not in json.dumps(line, ensure_ascii=False)


def test_the_description_has_a_path_and_true_examples_for_each_area(client: TestClient, rules: sr.LiveRules) -> None:
    told = client.get("/openapi.json").json()
    refs = {part for part in json.dumps(told).split('"') if part.startswith("#/")}
    for ref in refs:
        at = told
        for step in ref[2:].split("/"):
            at = at[step]
    for area in rules.rules.areas:
        body = told["paths"][f"/areas/{area}/decide"]["post"]["requestBody"]["content"]["application/json"]
        law = rules.area(area).on("2026-10-01")
        read = {language: law.admit(example["value"]) for language, example in body["examples"].items()}
        assert read["zh"].values
        assert read["zh"].values == read["en"].values
        assert [p for r in read.values() for p in r.problems if p.code in ("heading", "unknown-fact")] == []
    whole = {"$ref": "#/components/schemas/Verdict", "components": told["components"]}
    jsonschema.Draft202012Validator(whole).validate(client.post(DECIDE, json=RECORD).json())


def test_the_rest_answers(client: TestClient) -> None:
    assert client.get("/areas/admission/schema").json()["properties"]["project"]
    assert client.get("/areas/admission/schema?of=verdict").json()["properties"]["findings"]
    assert client.get("/law?on=2020-10-01&area=admission").json()["schema"] == "safety_rules.law/1"
    assert [a["area"] for a in client.get("/areas").json()] == client.get("/health").json()["areas"]


def test_nothing_that_is_sent_is_an_error_of_ours(client: TestClient) -> None:
    draw = random.Random(18)
    whole = json.dumps([RECORD, {"企业": {"名单记录": [{"名单": "黑名单"}]}}], ensure_ascii=False).encode()
    for _ in range(300):
        body = bytearray(whole)
        for _ in range(draw.randint(1, 6)):
            at = draw.randrange(len(body))
            body[at : at + draw.randint(0, 9)] = draw.choice(
                [
                    b"",
                    b"{",
                    b"]",
                    b"null",
                    b'""',
                    b"\xff",
                    b"1e999",
                    b"-0",
                    b"[[[",
                    b'"\\ud800"',
                    str(draw.random()).encode(),
                ]
            )
        answer = decide(client, bytes(body), f"{DECIDE}&detail=outcome")
        assert answer.status_code in (200, 400, 422), (bytes(body), answer.text)
        if answer.status_code == 200:
            told = answer.json() if isinstance(answer.json(), list) else [answer.json()]
            assert all(t["at_worst"] != "admitted" for t in told), bytes(body)


def test_it_starts_answers_and_stops_when_told(tmp_path: Path) -> None:
    started = subprocess.Popen(
        [sys.executable, "-m", "safety_rules", "serve", "--api", "--port", "0", "-l", "en"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert started.stdout is not None
        url = started.stdout.readline().split()[2].rstrip(";")
        asked = urllib.request.Request(
            url + DECIDE, json.dumps(RECORD).encode(), {"content-type": "application/json"}, method="POST"
        )
        with urllib.request.urlopen(asked, timeout=60) as answer:
            assert json.load(answer)["outcome"] == "rejected"
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(url + "/nowhere", timeout=60)
        refused.value.close()
    finally:
        started.send_signal(signal.SIGTERM)
        _, said = started.communicate(timeout=60)
    assert started.returncode == 0
    assert [json.loads(line)["status"] for line in said.splitlines()] == [200, 404]


def test_a_client_that_goes_away_is_answered_nothing_and_nothing_is_decided(
    rules: sr.LiveRules, tmp_path: Path
) -> None:
    log, sent = sr.DecisionLog(tmp_path / "log.db"), list[Any]()
    parts = iter([{"type": "http.request", "body": b'{"pro', "more_body": True}, {"type": "http.disconnect"}])

    async def receive() -> Any:
        return next(parts)

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [(b"host", b"localhost"), (b"content-type", b"application/json"), (b"content-length", b"100")]
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/areas/admission/decide",
        "query_string": b"",
        "headers": headers,
    }
    app = application(Service(rules, log=log))
    anyio.run(app, {**scope, "http_version": "1.1", "scheme": "http", "server": ("localhost", 80)}, receive, send)
    assert [m.get("status") for m in sent if m["type"] == "http.response.start"] == [499]
    assert not log.path.exists()
