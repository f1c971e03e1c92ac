"""What verbs print: strict JSON, aligned columns, one line an error, progress for people alone."""

import io
import json
import time

import pytest

from app.cli import output
from app.cli.output import Progress, columns, complain, print_json, problems_json
from app.errors import UsageError


class Terminal(io.StringIO):
    def isatty(self):
        return True


class TestJson:
    def test_is_strict_and_plain(self, capsys):
        print_json({"a": float("nan"), "b": [float("inf"), -float("inf")], "c": "\x1b[31m\x7f\x9b\u202eä\ud800"})
        text = capsys.readouterr().out
        assert text.isascii()
        assert all(letter.isprintable() or letter == "\n" for letter in text)
        assert json.loads(text, parse_constant=pytest.fail) == {
            "a": {"$nan": True},
            "b": [{"$inf": 1}, {"$inf": -1}],
            "c": "\x1b[31m\x7f\x9b\u202eä\ufffd",
        }

    def test_of_problems(self):
        assert problems_json([UsageError("a", "b", "c")]) == [{"subject": "a", "problem": "b", "remedy": "c"}]


class TestColumns:
    def test_are_aligned(self):
        text = columns(("NAME", "SIZE"), [("cat", "1 B"), ("a longer one", "10.2 kB")], right=(1,))
        assert text.splitlines() == [
            "NAME             SIZE",
            "cat               1 B",
            "a longer one  10.2 kB",
        ]

    def test_count_the_cells_of_a_terminal(self):
        text = columns(("A", "B"), [("猫", "x"), ("e\u0301", "y"), ("ab", "z")])
        assert [line.index(letter) for line, letter in zip(text.splitlines(), "Bxyz", strict=True)] == [
            4,
            3,
            5,
            4,
        ]  # a mark is a letter without a cell

    def test_show_control_characters(self):
        assert columns(("A",), [("a\x1b[31m\nb",)]).splitlines() == ["A", "a\\x1b[31m\\x0ab"]

    def test_without_rows(self):
        assert columns(("A", "B"), []) == "A  B"


class TestStyle:
    @pytest.mark.parametrize(
        ("variables", "styled"),
        [({}, True), ({"NO_COLOR": "1"}, False), ({"NO_COLOR": ""}, True), ({"TERM": "dumb"}, False)],
    )
    def test_obeys_the_user(self, monkeypatch, variables, styled):
        monkeypatch.delenv("NO_COLOR", raising=False)
        monkeypatch.setenv("TERM", "xterm")
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(output.sys, "stdout", Terminal())
        assert output.bold("x") == ("\x1b[1mx\x1b[0m" if styled else "x")

    def test_is_none_in_a_pipe(self, monkeypatch):
        monkeypatch.setattr(output.sys, "stdout", io.StringIO())
        assert output.bold("x") == "x"


class TestErrors:
    @pytest.mark.parametrize(
        ("error", "line"),
        [
            (UsageError("a\x1b\nb", "is wrong.", "Do that."), "vitrina: a\\x1b\\x0ab: is wrong. Do that.\n"),
            (UsageError("a", "is wrong"), "vitrina: a: is wrong.\n"),
            (FileNotFoundError(2, "No such file", "x.png"), "vitrina: x.png: No such file.\n"),
            (
                KeyError("k"),
                "vitrina: KeyError: 'k'. This is a fault of vitrina: run again with -v and report what it prints.\n",
            ),
        ],
    )
    def test_are_one_line(self, capsys, error, line):
        complain(error)
        assert capsys.readouterr() == ("", line)

    def test_tell_all_when_asked(self, capsys):
        complain(KeyError("k"), verbose=True)
        assert capsys.readouterr().err == "KeyError: 'k'\nvitrina: KeyError: 'k'.\n"


class TestProgress:
    def show(self, monkeypatch, stream, *, delay=0.01, quiet=False, total=4):
        monkeypatch.setattr(Progress, "DELAY", delay)
        monkeypatch.setattr(Progress, "INTERVAL", 0.01)
        monkeypatch.setattr(output.sys, "stderr", stream)
        with Progress("copying", total=total, quiet=quiet) as progress:
            for _ in range(2):
                progress.step()
            time.sleep(0.2)
        return stream.getvalue()

    def test_appears_and_goes_away(self, monkeypatch):
        lines = self.show(monkeypatch, Terminal()).split("\r")
        assert lines[0] == ""
        assert lines[1] == "copying 2 of 4 [==========          ]"
        assert lines[-2:] == [" " * len(lines[1]), ""]

    def test_without_a_total_it_tells_the_seconds(self, monkeypatch):
        assert self.show(monkeypatch, Terminal(), total=0).startswith("\rcopying … 0 s\r")

    def test_short_work_shows_nothing(self, monkeypatch):
        assert self.show(monkeypatch, Terminal(), delay=1) == ""

    def test_is_for_people(self, monkeypatch):
        assert self.show(monkeypatch, io.StringIO()) == ""
        assert self.show(monkeypatch, Terminal(), quiet=True) == ""
