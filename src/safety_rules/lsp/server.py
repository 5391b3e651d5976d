"""The language server: the open buffer is read with the folder around it, and never anything is written."""

from __future__ import annotations

import asyncio
import datetime
from pathlib import Path

from lsprotocol import types as lsp
from pygls.lsp.server import LanguageServer
from pygls.uris import from_fs_path, to_fs_path

from safety_rules.language.diagnostic import Severity, Span
from safety_rules.lsp.reading import (
    Read,
    failing,
    fixes,
    is_rule_file,
    offered,
    place_of,
    read,
    rules_folder_of,
    told,
    word_at,
)  # fmt: skip
from safety_rules.version import VERSION
from safety_rules.words.diagnostic import Diagnostic

QUIET = 0.25  # seconds without a key before a buffer is read
SEVERITIES = {Severity.ERROR: lsp.DiagnosticSeverity.Error, Severity.WARNING: lsp.DiagnosticSeverity.Warning}


class Rules(LanguageServer):
    """The server, with what it read last of each folder, and the last rulebook of each that had no mistake."""

    def __init__(self, language: str) -> None:
        super().__init__("safety-rules", VERSION, text_document_sync_kind=lsp.TextDocumentSyncKind.Full)
        self.said_in = language
        self.found: dict[Path, Read] = {}
        self.good: dict[Path, Read] = {}
        self.asked: dict[str, int] = {}

    def folder(self, uri: str) -> Path:
        """Return the folder of rules of a document."""
        top = self.workspace.root_path
        return rules_folder_of(_path(uri), Path(top) if top else None)

    def buffers(self, folder: Path) -> dict[Path, str]:
        """Return the open documents of a folder."""
        texts = {_path(uri): d.source for uri, d in self.workspace.text_documents.items() if self.ours(uri)}
        return {path: text for path, text in texts.items() if path.is_relative_to(folder)}

    def ours(self, uri: str) -> bool:
        """Return whether a document is a rule file."""
        top = self.workspace.root_path
        return is_rule_file(_path(uri), self.workspace.get_text_document(uri).source, Path(top) if top else None)

    def look(self, folder: Path) -> Read:
        """Read a folder with its open documents."""
        found = self.found[folder] = read(folder, self.buffers(folder))
        if found.book is not None:
            self.good[folder] = found
        return found

    def known(self, uri: str) -> Read:
        """Return the last reading of a document's folder that gave a rulebook, or the last of all."""
        folder = self.folder(uri)
        return self.good.get(folder) or self.found.get(folder) or self.look(folder)

    def line(self, uri: str, at: lsp.Position) -> tuple[str, int]:
        """Return the line of a position and its column in code points."""
        lines = self.workspace.get_text_document(uri).source.split("\n")
        line = lines[at.line] if at.line < len(lines) else ""
        return line, len(line.encode("utf-16-le")[: at.character * 2].decode("utf-16-le", "ignore"))


def server(language: str) -> Rules:
    """Return the server with what it can do."""
    made = Rules(language)

    async def changed(params: lsp.DidChangeTextDocumentParams | lsp.DidOpenTextDocumentParams) -> None:
        uri = params.text_document.uri
        turn = made.asked[uri] = made.asked.get(uri, 0) + 1
        await asyncio.sleep(QUIET)
        if made.asked[uri] != turn:
            return
        if not made.ours(uri):
            made.text_document_publish_diagnostics(lsp.PublishDiagnosticsParams(uri, []))
            return
        folder = made.folder(uri)
        found = await asyncio.to_thread(made.look, folder)
        for path in made.buffers(folder):
            own = [_shown(d, made.said_in) for d in found.diagnostics if _same(d, path)]
            if found.book is not None:
                own += [
                    _failed(at, why)
                    for at, why in await asyncio.to_thread(failing, found.book, str(path), made.said_in)
                ]
            target = from_fs_path(str(path)) or uri
            made.text_document_publish_diagnostics(lsp.PublishDiagnosticsParams(target, own))

    made.feature(lsp.TEXT_DOCUMENT_DID_OPEN)(changed)
    made.feature(lsp.TEXT_DOCUMENT_DID_CHANGE)(changed)

    @made.feature(lsp.TEXT_DOCUMENT_DID_CLOSE)
    def closed(params: lsp.DidCloseTextDocumentParams) -> None:
        uri = params.text_document.uri
        made.asked[uri] = made.asked.get(uri, 0) + 1  # what is being read of it is told no more
        made.text_document_publish_diagnostics(lsp.PublishDiagnosticsParams(uri, []))

    @made.feature(lsp.TEXT_DOCUMENT_COMPLETION, lsp.CompletionOptions(trigger_characters=[".", "[", "'"]))
    def complete(params: lsp.CompletionParams) -> list[lsp.CompletionItem]:
        book = made.known(params.text_document.uri).book
        line, column = made.line(params.text_document.uri, params.position)
        given = [] if book is None else dict(offered(book, line[:column])).items()
        return [lsp.CompletionItem(label=label, detail=detail) for label, detail in given]

    @made.feature(lsp.TEXT_DOCUMENT_HOVER)
    def hover(params: lsp.HoverParams) -> lsp.Hover | None:
        book = made.known(params.text_document.uri).book
        text = (
            told(book, word_at(*made.line(params.text_document.uri, params.position)), datetime.date.today())
            if book
            else ""
        )
        return lsp.Hover(lsp.MarkupContent(lsp.MarkupKind.Markdown, text)) if text else None

    @made.feature(lsp.TEXT_DOCUMENT_DEFINITION)
    def definition(params: lsp.DefinitionParams) -> lsp.Location | None:
        book = made.known(params.text_document.uri).book
        at = place_of(book, word_at(*made.line(params.text_document.uri, params.position))) if book else None
        return None if at is None else lsp.Location(from_fs_path(at.source.name) or "", _range(at))

    @made.feature(lsp.TEXT_DOCUMENT_CODE_ACTION)
    def fix(params: lsp.CodeActionParams) -> list[lsp.CodeAction]:
        uri, path = params.text_document.uri, _path(params.text_document.uri)
        if not made.ours(uri):
            return []
        folder = made.folder(uri)
        found = made.look(folder)
        actions = []
        for diagnostic in found.diagnostics:
            place = _range(diagnostic.at)
            if not _same(diagnostic, path) or not place.start.line <= params.range.start.line <= place.end.line:
                continue
            for one in fixes(diagnostic):
                after = read(folder, {**made.buffers(folder), path: one.whole})
                if len(after.diagnostics) < len(found.diagnostics):  # what does not mend it is not offered
                    edit = lsp.WorkspaceEdit(changes={uri: [lsp.TextEdit(_range(one.at), one.text)]})
                    title = f"{one.at.source.text[one.at.start : one.at.end].strip()} → {one.text.strip()}"
                    actions.append(lsp.CodeAction(title, kind=lsp.CodeActionKind.QuickFix, edit=edit))
                    break
        return actions

    return made


def _path(uri: str) -> Path:
    return Path(to_fs_path(uri) or uri)


def _same(diagnostic: Diagnostic, path: Path) -> bool:
    return Path(diagnostic.at.source.name) == path


def _shown(diagnostic: Diagnostic, language: str) -> lsp.Diagnostic:
    help = diagnostic.help_in(language)
    message = diagnostic.said.in_(language) + (f"\n{help}" if help else "")
    return lsp.Diagnostic(
        _range(diagnostic.at), message, SEVERITIES[diagnostic.severity], code=diagnostic.code, source="safety-rules"
    )


def _failed(at: Span, why: str) -> lsp.Diagnostic:
    warning = lsp.DiagnosticSeverity.Warning
    return lsp.Diagnostic(_range(at), why, warning, code="case-failed", source="safety-rules")


def _range(at: Span) -> lsp.Range:
    return lsp.Range(_position(at, at.start), _position(at, at.end))


def _position(at: Span, offset: int) -> lsp.Position:
    """Return a position as the protocol counts: lines from 0, columns in UTF-16."""
    line, _ = at.source.position(offset)
    start, _ = at.source.line_at(offset)
    return lsp.Position(line - 1, len(at.source.text[start:offset].encode("utf-16-le", "surrogatepass")) // 2)
