"""What each exit code of the command line means; they do not change."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """Exit codes.

    DONE 0: done. CRASH 1: an error of ours, with a traceback. USAGE 2: wrong arguments, or a name that nothing has.
    RULES 3: a rule file is wrong. CASE 4: a case failed. REFUSED 5: a record's outcome is at or beyond `--fail-on`,
    `rectify` refuses a row or an event, `replay` comes to another verdict, or `impact` finds a change that
    `--fail-on-change` or `--only-stricter` forbids. LEDGER 6: a ledger cannot be read or written as a whole, or is
    not as it was written. NOT_PROVED 7: a question about rules is not proved. STOPPED 130: stopped from the
    keyboard. PIPE 141: who read the output wanted no more of it.
    """

    DONE = 0
    CRASH = 1
    USAGE = 2
    RULES = 3
    CASE = 4
    REFUSED = 5
    LEDGER = 6
    NOT_PROVED = 7
    STOPPED = 130
    PIPE = 141
