"""`safety-rules`: finds the verb, runs it, and turns errors into one line and a documented exit code."""

from __future__ import annotations

import os
import signal
import sys
from _thread import interrupt_main
from importlib import import_module
from io import TextIOWrapper
from threading import Timer
from typing import Any

import click

from safety_rules.cli.exit_codes import ExitCode
from safety_rules.cli.helping import ToldGroup, answered_in, keep, named, usage
from safety_rules.version import VERSION

VERBS = {
    "screen": "审查项目台账：结论、原因、缺项、差距。Screen a ledger of projects: verdict, reasons, needs and gaps for each row.",
    "grade": "重大危险源辨识与分级。Grade major hazard installations: S, R, level and duties of each unit.",
    "explain": "说明台账一行的结论。Explain the verdict on one row of a ledger.",
    "document": "生成文书草稿：意见书、分级报告、指令书、复查。Write papers ready to sign: opinions, gradings, orders, reviews.",
    "template": "生成空白台账：表头、单位、下拉选项。Write a blank ledger with headings, units and drop-down lists.",
    "rectify": "隐患整改销号：导入、办理、到期、统计、核对。Keep the life of hidden dangers: import, record, close, due, stats, verify.",
    "law": "某日施行哪些规定、哪些未覆盖。Say which law is in force on a day, what rests on it, what is not covered, and what changes next.",
    "serve": "在本机打开网页：放入台账，取出结果和文书。Open a page on this machine: a ledger in, results and papers out.",
    "replay": "按决定记录重新作一遍，逐条核对。Make the decisions of a log again: the same, or what differs.",
    "help": "查诊断代码、规则、函数或专题的说明页。Print the page of a diagnostic's code, a rule, a function or a topic.",
    "check": "检查规则文件，一次列出全部错误及位置。Check rule files: every mistake at once, with its place.",
    "test": "运行规则文件中的示例。Run the cases that stand in rule files.",
    "eval": "算一个条件或算式：结果、原因、未知时的上下限。Work out a condition or formula: its value, its ends where it is open, and why.",
    "prove": "对所有可能的记录证明规则成立。Prove what holds of rules on every record, or show a record.",
    "impact": "规则改动后谁的结论会变。Say what new rules change: whose verdict in a ledger, or which rules.",
    "lock": "把规则的完好状态记入锁文件。Write down the sound state of rules: each loss against it is named.",
    "format": "规则文件中的名称统一写成中文或英文。Write the names in rule files in Chinese or in English.",
    "new": "新建规则包、事项、规则或叠加文件。Write a new pack, area, rule or overlay that passes every check.",
    "graph": "画出规则读取哪些事实和取值。Draw what reads what: rules, derived facts, figures, facts.",
    "index": "生成规则目录的索引页。Write the index page of a rules folder.",
    "schemas": "生成规则文件的 JSON Schema。Write the JSON Schemas of rule files, for editors.",
    "lsp": "编辑器中的规则文件：即时诊断、补全、说明、跳转、改正。Serve an editor: mistakes as typed, completion, hover, fixes.",
    "mcp": "供智能助手只读调用。Serve read-only tools to an assistant (Model Context Protocol).",
}

LONGEST_NAME = 200


class AllVerbs(ToldGroup):
    """A group that imports a verb's file only when the verb is used."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the command line, whose words tell in which language help is said."""
        from safety_rules.cli.language import language_named

        keep(ctx, language_named(args))
        return super().parse_args(ctx, args)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the verbs in their own order."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a verb's command."""
        if cmd_name not in VERBS:
            return None
        command: click.Command = import_module(f"safety_rules.cli.{cmd_name}").command
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Run a verb; rule files that hold errors are answered in the verb's language."""
        from safety_rules.language.errors import RuleFileError

        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            sys.exit(ExitCode.PIPE)
        except RuleFileError as error:
            from safety_rules.cli.language import LANGUAGE

            for diagnostic in error.diagnostics:
                click.echo(diagnostic.text(ctx.meta.get(LANGUAGE, "en")), err=True)
            sys.exit(ExitCode.RULES)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the verbs with their sentences, without importing them."""
        from safety_rules.words.catalog import CHINESE, texts

        language = answered_in(ctx)
        halves = {verb: said.partition("。") for verb, said in VERBS.items()}
        rows = [(verb, zh + stop if language == CHINESE else en) for verb, (zh, stop, en) in halves.items()]
        with formatter.section(texts("help.parts", language)[1]):
            formatter.write_dl(rows)


@click.group(cls=AllVerbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(VERSION, prog_name="safety-rules")
def cli() -> None:
    """Exact, explained safety rules. 安全准入规则：精确、可解释。"""


def main() -> None:
    """Run the command line; no error of ours ends in a traceback, and no text is more than a stream can take."""
    code, stopped = int(ExitCode.STOPPED), list[int]()

    def stop(number: int, _: object) -> None:
        stopped.append(number)
        raise KeyboardInterrupt

    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, stop)
    sys.unraisablehook = _stopped_again
    try:
        _take_any_text()
        code = _exit_code()
        if not sys.stdout.closed:  # a server over standard output closes it when it is told to end
            sys.stdout.flush()
    except (KeyboardInterrupt, click.Abort):
        code = ExitCode.STOPPED
    except BrokenPipeError:
        code = ExitCode.PIPE
    except OSError as error:
        code = _failed(error)
    except Exception:
        if not stopped:  # a library may have made an error of its own of what stopped it
            raise
    finally:
        for stream in (s for s in (sys.stdout, sys.stderr) if not s.closed):
            try:  # what they still hold would fail once more, when Python ends
                stream.flush()
            except OSError:
                os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    sys.exit(ExitCode.STOPPED if stopped else code)


def _stopped_again(ignored: sys.UnraisableHookArgs) -> None:
    """Stop once more where Ctrl-C came while an object was let go of, in which Python ignores every error."""
    if ignored.exc_type is KeyboardInterrupt:
        Timer(0.01, interrupt_main).start()
    else:
        sys.__unraisablehook__(ignored)


def _take_any_text() -> None:
    """Give streams that are closed something to be; let others escape what their encoding has not, or write UTF-8.

    UTF-8 is for files and pipes whose encoding has no Chinese at all.
    """
    for name in ("stdin", "stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "r" if name == "stdin" else "w", encoding="utf-8"))  # noqa: SIM115
        elif name != "stdin" and isinstance(stream, TextIOWrapper):
            chinese = not stream.isatty() and b"?" in "规则".encode(stream.encoding, "replace")
            stream.reconfigure(encoding="utf-8" if chinese else None, errors="backslashreplace")


def _exit_code() -> int:
    """Return the exit code of the verb that was asked for; what went wrong is said in a line."""
    from safety_rules.language.errors import LedgerError, SafetyRulesError

    try:
        return int(cli.main(standalone_mode=False) or 0)
    except SystemExit as stop:
        return int(stop.code or 0)
    except click.Abort:
        raise
    except click.ClickException as error:
        _show(error)
        return ExitCode.USAGE
    except SafetyRulesError as error:
        click.echo(_told(str(error)), err=True)
        return ExitCode.LEDGER if isinstance(error, LedgerError) else ExitCode.USAGE


def _show(error: click.ClickException) -> None:
    """Say what is wrong with a command line, in the language in which it is answered."""
    from safety_rules.words.catalog import CHINESE, sentence

    language = _spoken()
    if isinstance(error, getattr(click.exceptions, "NoArgsIsHelpError", ())):
        click.echo(error.format_message(), err=True)
        return
    if language != CHINESE:
        error.show()
        return
    context = getattr(error, "ctx", None)
    if context is not None:
        click.echo(sentence("failed.usage", language, usage=usage(context, language)), err=True)
        click.echo(sentence("failed.help", language, command=context.command_path), err=True)
    told = _told(error.format_message())
    click.echo(named(told, language) if isinstance(error, click.MissingParameter) else told, err=True)


def _spoken() -> str:
    from safety_rules.cli.language import language_named

    return language_named(sys.argv[1:])


def _told(message: str) -> str:
    from safety_rules.words.failure import failed

    return failed(message, _spoken())


def _failed(error: OSError) -> int:
    """Say in a line what the system refused."""
    from safety_rules.words.catalog import CHINESE

    said = (error.strerror or str(error)).lower()
    if error.filename is not None and _spoken() == CHINESE:
        said = f"`{str(error.filename)[:LONGEST_NAME]}` cannot be read: {said}"
    elif error.filename is not None:
        said = f"{said} `{str(error.filename)[:LONGEST_NAME]}`"
    click.echo(_told(said), err=True)
    return ExitCode.LEDGER


if __name__ == "__main__":
    main()
