"""The language server: planted mistakes and their fixes, and the real protocol spoken by a client."""

from __future__ import annotations

import asyncio
import datetime
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("pygls", reason="the extra `lsp` is not here: pip install '.[lsp]'")

from lsprotocol import types as lsp
from pygls.lsp.client import BaseLanguageClient

from safety_rules.lsp.reading import failing, fixes, offered, place_of, read, rules_folder_of, told
from safety_rules.services.scaffold.scaffold import new_pack

RULE, FACTS = "warehouse_has_exits.yaml", "vocabulary.yaml"
PLANTED = {  # file, what is right, what is typed
    "a fact misspelt": (RULE, "that: 仓库.安全出口数 >=", "that: 仓库.安全出口 >="),
    "a fact misspelt in English": (RULE, "that: 仓库.安全出口数 >=", "that: warehouse.exit >="),
    "a figure misspelt": (RULE, "标准.仓库安全出口数", "标准.仓库安全出口"),
    "a key misspelt": (RULE, "requires:", "require:"),
    "a clause key misspelt": (RULE, "    that:", "    thta:"),
    "an outcome misspelt": (RULE, "outcome: to_improve", "outcome: to_improv"),
    "a source misspelt": (RULE, "source: warehouse_notice", "source: warehouse_notic"),
    "a full-width sign": (RULE, "安全出口数 >=", "安全出口数 ＞="),
    "a full-width bracket": (RULE, "in_force: {from: 2024-01-01}", "in_force: ｛from: 2024-01-01}"),
    "a full-width colon": (RULE, "authority:", "authority："),
    "a day that is none": (RULE, "{from: 2024-01-01}", "{from: 2024-13-01}"),
    "a Chinese and": (RULE, "仓库.安全出口数 >= 标准.仓库安全出口数", "仓库.安全出口数 >= 1 并且 仓库.安全出口数 >= 2"),
    "one equals sign": (RULE, "安全出口数 >= 标准", "安全出口数 = 标准"),
    "and as in C": (RULE, "仓库.安全出口数 >= 标准.仓库安全出口数", "仓库.安全出口数 >= 1 && 仓库.安全出口数 >= 2"),
    "a tab": (RULE, "  enough_exits:", "\tenough_exits:"),
    "an expectation misspelt": (RULE, "expect: violated", "expect: voilated"),
    "a unit nobody has": (RULE, "安全出口数 >= 标准.仓库安全出口数", "安全出口数 >= 2[间]"),
    "a kind misspelt": (FACTS, "kind: number", "kind: numbr"),
    "a fact twice": (FACTS, "facts:\n", "facts:\n  warehouse.name: {zh: 名字, en: Name, kind: text}\n"),
    "no YAML at all": (RULE, "cases:\n", "cases: [\n"),
}


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("lsp") / "my-rules"
    new_pack(folder, "warehouse", "仓库")
    return folder / "src/my_rules/rules"


def planted(rules: Path, name: str) -> tuple[Path, str, str]:
    file, right, wrong = PLANTED[name]
    path = rules / "warehouse" / file
    text = path.read_text("utf-8")
    assert right in text
    return path, text, text.replace(right, wrong, 1)


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_mistake_is_found_in_the_open_buffer(rules: Path, name: str) -> None:
    path, _, wrong = planted(rules, name)
    found = read(rules, {path: wrong})
    told = [d.at for d in found.diagnostics]
    told += [at for at, _ in failing(found.book, str(path), "en")] if found.book is not None else []
    assert str(path) in {at.source.name for at in told}


def test_many_of_them_have_a_fix_that_mends_them(rules: Path) -> None:
    fixed = []
    for name in PLANTED:
        path, _, wrong = planted(rules, name)
        tried = (
            fix for d in read(rules, {path: wrong}).diagnostics for fix in fixes(d) if fix.at.source.name == str(path)
        )
        if any(not read(rules, {path: fix.whole}).diagnostics for fix in tried):
            fixed.append(name)
    assert len(fixed) >= 15, fixed


def test_names_are_offered_told_and_found_in_both_languages(rules: Path) -> None:
    book = read(rules, {}).book
    assert book is not None
    day = datetime.date(2024, 6, 1)
    names = dict(offered(book, "    that: 仓库."))
    assert {"仓库.安全出口数", "warehouse.exits", "标准.仓库安全出口数", "合计"} <= set(names)
    assert "warehouse_notice" in dict(offered(book, "  - {source: ware"))
    assert "个" in dict(offered(book, "that: 仓库.安全出口数 >= 2["))
    assert "安全出口数量不少于标准" in told(book, "仓库.安全出口数", day)
    assert "第一条" in told(book, "limit.warehouse_exits", day)
    assert place_of(book, "warehouse.exits") is not None
    assert rules_folder_of(rules / "warehouse" / RULE) == rules


@asynccontextmanager
async def session(rules: Path) -> AsyncIterator[tuple[BaseLanguageClient, Callable[[Path, str], Awaitable[Any]]]]:
    """Start the server as an editor does; yield the client, and what a buffer is answered with each time it changes."""
    client, said = BaseLanguageClient("test", "1"), asyncio.Queue[lsp.PublishDiagnosticsParams]()
    client.feature(lsp.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)(lambda params: said.put_nowait(params))
    await client.start_io(sys.executable, "-m", "safety_rules", "lsp", "-l", "en")
    await client.initialize_async(lsp.InitializeParams(lsp.ClientCapabilities(), root_uri=rules.parent.as_uri()))
    client.initialized(lsp.InitializedParams())
    opened = set[Path]()

    async def typed(path: Path, text: str) -> Any:
        uri = path.as_uri()
        if path not in opened:
            client.text_document_did_open(lsp.DidOpenTextDocumentParams(lsp.TextDocumentItem(uri, "yaml", 1, text)))
        else:
            whole = lsp.TextDocumentContentChangeWholeDocument(text)
            document = lsp.VersionedTextDocumentIdentifier(2, uri)
            client.text_document_did_change(lsp.DidChangeTextDocumentParams(document, [whole]))
        opened.add(path)
        while (told := await asyncio.wait_for(said.get(), 60)).uri != uri:
            pass
        return told

    yield client, typed
    await client.shutdown_async(None)
    client.exit(None)
    assert await asyncio.wait_for(client._server.wait(), 60) == 0  # type: ignore[union-attr]
    await client.stop()


async def _fixes(client: BaseLanguageClient, told: Any) -> list[Any]:
    """Return the quick fixes that are offered at the mistakes of a buffer."""
    document, found = lsp.TextDocumentIdentifier(told.uri), []
    for diagnostic in told.diagnostics:
        asked = lsp.CodeActionParams(document, diagnostic.range, lsp.CodeActionContext([]))
        found += await client.text_document_code_action_async(asked) or []
    return found


async def _spoken(rules: Path) -> dict[str, Any]:
    async with session(rules) as (client, typed):
        path, right, wrong = planted(rules, "an outcome misspelt")
        told: dict[str, Any] = {"wrong": await typed(path, wrong)}
        told["fix"] = await _fixes(client, told["wrong"])
        told["right"] = await typed(path, right)
        document = lsp.TextDocumentIdentifier(path.as_uri())
        line = next(i for i, text in enumerate(right.split("\n")) if "that:" in text)
        position = lsp.Position(line, right.split("\n")[line].index("安全"))
        told["hover"] = await client.text_document_hover_async(lsp.HoverParams(document, position))
        told["definition"] = await client.text_document_definition_async(lsp.DefinitionParams(document, position))
        told["complete"] = await client.text_document_completion_async(lsp.CompletionParams(document, position))
        return told


@pytest.mark.filterwarnings("ignore")
def test_a_client_sees_the_mistake_the_fix_and_the_meaning(rules: Path) -> None:
    told = asyncio.run(_spoken(rules))
    assert [d.code for d in told["wrong"].diagnostics] == ["unknown-outcome"]
    edit = told["fix"][0].edit.changes[told["wrong"].uri][0]
    assert (edit.new_text, edit.range) == ("to_improve", told["wrong"].diagnostics[0].range)
    assert list(told["right"].diagnostics) == []
    assert "warehouse.exits" in told["hover"].contents.value
    assert told["definition"].uri.endswith("vocabulary.yaml")
    assert "仓库.安全出口数" in {i.label for i in told["complete"]}


async def _all_planted(rules: Path) -> tuple[list[str], list[str]]:
    """Return which planted mistakes a client sees, and which have a quick fix, as each is typed and taken back."""
    seen, mended = [], []
    async with session(rules) as (client, typed):
        for name in PLANTED:
            path, right, wrong = planted(rules, name)
            told = await typed(path, wrong)
            seen += [name] if told.diagnostics else []
            mended += [name] if told.diagnostics and await _fixes(client, told) else []
            assert list((await typed(path, right)).diagnostics) == []
    return seen, mended


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_a_client_sees_every_planted_mistake_and_a_fix_of_most(rules: Path) -> None:
    seen, mended = asyncio.run(_all_planted(rules))
    assert (len(PLANTED), seen) == (20, list(PLANTED))
    assert len(mended) >= 15, mended


OTHERS = {
    "docker-compose.yml": "services:\n  web: {image: nginx}\n",
    "values.yaml": "a: [1\n\t&&&",
    "rules.yml": "on: [push]\njobs: {}\n",
    "notes.yaml": "\x00",
}


async def _other(rules: Path) -> dict[str, list[Any]]:
    """Return what is told of buffers that are no rule files, of one that is, beside them, and of that one closed."""
    async with session(rules) as (_, typed):
        found = {name: list((await typed(rules.parent / name, text)).diagnostics) for name, text in OTHERS.items()}
        alone = rules.parent / "own.yaml"
        found["rule"] = list((await typed(alone, "rule: own\n")).diagnostics)
        found["rules"] = list((await typed(rules / "warehouse" / "x.yaml", "services: {}\n")).diagnostics)
        return found


@pytest.mark.filterwarnings("ignore")
def test_yaml_that_is_no_rule_file_is_none_of_ours(rules: Path) -> None:
    found = asyncio.run(_other(rules))
    assert {name: found.pop(name) for name in OTHERS} == {name: [] for name in OTHERS}
    assert {name: bool(told) for name, told in found.items()} == {"rule": True, "rules": True}


async def _closed(rules: Path) -> tuple[list[Any], list[Any]]:
    path, _, wrong = planted(rules, "a key misspelt")
    async with session(rules) as (client, typed):
        before = list((await typed(path, wrong)).diagnostics)
        later = asyncio.get_running_loop().create_future()
        client.protocol.fm.features.pop(lsp.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS, None)
        client.feature(lsp.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)(lambda params: later.set_result(params))
        document = lsp.TextDocumentIdentifier(path.as_uri())
        client.text_document_did_close(lsp.DidCloseTextDocumentParams(document))
        return before, list((await asyncio.wait_for(later, 60)).diagnostics)


@pytest.mark.filterwarnings("ignore")
def test_a_closed_buffer_has_no_mistakes_left(rules: Path) -> None:
    before, after = asyncio.run(_closed(rules))
    assert (bool(before), after) == (True, [])
