"""A longer attack on the service, a command of its own (pip install schemathesis): it must answer, and never pass
falsely.

    PYTHONPATH=src:tests python tests/service/service_campaign.py --examples 50 --seed 18

Requests drawn from its own description, right ones and wrong ones; then a body of 100 MB, one nested 10,000 deep,
one that says another length than it has, and clients that go away. At the end it is healthy and its decision log is
whole.
"""

from __future__ import annotations

import argparse
import json
import signal
import socket
import subprocess
import sys
import tempfile
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import safety_rules as sr

PATH = "/areas/admission/decide?on=2020-10-01&detail=outcome"
CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
JSON = {"content-type": "application/json"}


def drawn(url: str, area: str, examples: int, seed: int) -> int:
    """Run what schemathesis draws from the description; return its exit code."""
    more = ["--checks", CHECKS, "--max-examples", str(examples), "--seed", str(seed), "--request-timeout", "60"]
    more += ["--include-path-regex", f"^/(areas$|areas/{area}/|law|health)"]
    command = [str(Path(sys.executable).with_name("schemathesis")), "run", f"{url}/openapi.json", *more]
    return subprocess.run(command, check=False).returncode


def refused(host: str, port: int, body: bytes, **headers: str) -> int:
    """Return the status of a request; 0 where the server closed the connection while the body came."""
    connection = HTTPConnection(host, port, timeout=60)
    try:
        connection.request("POST", PATH, body, {**JSON, **headers})
        return connection.getresponse().status
    except (BrokenPipeError, ConnectionResetError):
        return 0
    finally:
        connection.close()


def gone(host: str, port: int, sent: bytes) -> None:
    """Send a part of a request and go away without a word."""
    with socket.create_connection((host, port), timeout=60) as client:
        client.sendall(sent)


def attacked(url: str) -> list[str]:
    """Return what of the attacks by hand went wrong."""
    at = urlsplit(url)
    host, port, wrong = at.hostname or "", at.port or 0, []
    deep, mapped = b"[" * 10_000 + b"]" * 10_000, b'{"a":' * 10_000 + b"1" + b"}" * 10_000
    expected = {
        "100 MB": (refused(host, port, b"[" + b" " * 100_000_000 + b"]"), (413, 0)),
        "nested lists": (refused(host, port, deep), (400,)),
        "nested mappings": (refused(host, port, mapped), (400,)),
        "a length that is none": (refused(host, port, b"{}", **{"content-length": "-1"}), (400, 413)),
    }
    wrong += [f"{name}: {status}" for name, (status, allowed) in expected.items() if status not in allowed]
    head = f"POST {PATH} HTTP/1.1\r\nhost: {host}\r\ncontent-type: application/json\r\ncontent-length: "
    many = json.dumps([{"project": {"id": f"P{i}"}} for i in range(900)]).encode()
    for body, length in ((b'{"pro', 100), (b"", 9_000_000), (many, len(many))):
        gone(host, port, f"{head}{length}\r\n\r\n".encode() + body)
    if (status := refused(host, port, b"{}")) != 200:
        wrong.append(f"after all of it: {status}")
    return wrong


def main() -> int:
    """Serve, attack, and look whether it still stands."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--examples", type=int, default=50)
    options.add_argument("--seed", type=int, default=18)
    options.add_argument(
        "--area", default="rectification", help="the area that is drawn for; .* for all, which takes long"
    )
    asked = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        log, said = Path(folder) / "log.db", (Path(folder) / "said").open("w+")
        command = [sys.executable, "-m", "safety_rules", "serve", "--api", "--port", "0", "-l", "en", "--log", str(log)]
        server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=said, text=True)
        try:
            assert server.stdout is not None
            url = server.stdout.readline().split()[2].rstrip(";")
            wrong = attacked(url)
            wrong += ["what was drawn"] if asked.examples and drawn(url, asked.area, asked.examples, asked.seed) else []
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(60)
        said.seek(0)
        lines = [json.loads(line) for line in said if line.startswith("{")]
        wrong += [f"{line['path']}: {line['status']}" for line in lines if line["status"] >= 500]
        wrong += [str(fault) for fault in sr.DecisionLog(log).verify()[1]]
        wrong += [f"exit code {server.returncode}"] if server.returncode else []
        slow = max(lines, key=lambda line: line["ms"])
        print(f"slowest: {slow['ms'] / 1000:.1f} s, {slow['method']} {slow['path']}, status {slow['status']}")
        print(f"{len(lines)} requests, seed {asked.seed}: {'; '.join(wrong) or 'nothing went wrong'}")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
