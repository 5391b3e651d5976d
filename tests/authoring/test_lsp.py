"""The language server: planted mistakes and their fixes, and the real protocol spoken by a client."""

from __future__ import annotations

import asyncio
import datetime
import sys
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


async def _spoken(rules: Path) -> dict[str, Any]:
    client, said = BaseLanguageClient("test", "1"), asyncio.Queue[lsp.PublishDiagnosticsParams]()
    client.feature(lsp.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)(lambda params: said.put_nowait(params))
    await client.start_io(sys.executable, "-m", "safety_rules", "lsp", "-l", "en")
    path, right, wrong = planted(rules, "an outcome misspelt")
    uri = path.as_uri()
    await client.initialize_async(lsp.InitializeParams(lsp.ClientCapabilities(), root_uri=rules.as_uri()))
    client.initialized(lsp.InitializedParams())
    client.text_document_did_open(lsp.DidOpenTextDocumentParams(lsp.TextDocumentItem(uri, "yaml", 1, wrong)))
    told: dict[str, Any] = {"wrong": await asyncio.wait_for(said.get(), 60)}
    document = lsp.TextDocumentIdentifier(uri)
    at = told["wrong"].diagnostics[0].range
    told["fix"] = await client.text_document_code_action_async(
        lsp.CodeActionParams(document, at, lsp.CodeActionContext([]))
    )
    whole = lsp.TextDocumentContentChangeWholeDocument(right)
    client.text_document_did_change(
        lsp.DidChangeTextDocumentParams(lsp.VersionedTextDocumentIdentifier(2, uri), [whole])
    )
    told["right"] = await asyncio.wait_for(said.get(), 60)
    line = next(i for i, text in enumerate(right.split("\n")) if "that:" in text)
    position = lsp.Position(line, right.split("\n")[line].index("安全"))
    told["hover"] = await client.text_document_hover_async(lsp.HoverParams(document, position))
    told["definition"] = await client.text_document_definition_async(lsp.DefinitionParams(document, position))
    told["complete"] = await client.text_document_completion_async(lsp.CompletionParams(document, position))
    await client.shutdown_async(None)
    client.exit(None)
    told["exit"] = await asyncio.wait_for(client._server.wait(), 60)
    await client.stop()
    return told


@pytest.mark.filterwarnings("ignore")
def test_a_client_sees_the_mistake_the_fix_and_the_meaning(rules: Path) -> None:
    told = asyncio.run(_spoken(rules))
    assert [d.code for d in told["wrong"].diagnostics] == ["unknown-outcome"]
    edit = told["fix"][0].edit.changes[told["wrong"].uri][0]
    assert (edit.new_text, edit.range) == ("to_improve", told["wrong"].diagnostics[0].range)
    assert list(told["right"].diagnostics) == []
    assert told["exit"] == 0
    assert "warehouse.exits" in told["hover"].contents.value
    assert told["definition"].uri.endswith("vocabulary.yaml")
    assert "仓库.安全出口数" in {i.label for i in told["complete"]}
