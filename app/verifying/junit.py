"""A report as JUnit XML, which every CI shows: a suite for each artifact, a case for each value and each problem."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

if TYPE_CHECKING:
    from app.verifying.report import Report, ValueVerdict, Wrong

__all__ = ["junit_xml"]

#: Characters that XML 1.0 cannot hold, not even escaped.
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit_xml(path: str, report: Report) -> str:
    """Return a report as one XML document.

    Parameters
    ----------
    path : str
        What was checked, as the user named it.
    report : Report
        What was found. A value is a case; problems of what is no value, of a file say, are cases of their own.
        Findings are the text of a case and never a failure.
    """
    owners = dict.fromkeys(
        [*(verdict.artifact for verdict in report.verdicts), *(wrong.artifact for wrong in report.problems)]
    )
    suites = [_suite(owner, report) for owner in owners]
    if not report.is_complete:
        suites.append(_whole("verify", "the check was stopped before its end"))
    elif not suites:
        suites.append(_whole("verify", ""))
    body = "\n".join(suites)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name={_attribute(path)}>\n{body}\n</testsuites>\n'


def _suite(owner: str, report: Report) -> str:
    problems = [wrong for wrong in report.problems if wrong.artifact == owner]
    verdicts = [verdict for verdict in report.verdicts if verdict.artifact == owner]
    named = {verdict.entry for verdict in verdicts}
    cases = [_value_case(verdict, report, problems) for verdict in verdicts]
    cases += [_problem_case(wrong) for wrong in problems if wrong.entry not in named]
    failures = sum("<failure" in case for case in cases)
    head = f'<testsuite name={_attribute(owner or "store")} tests="{len(cases)}" failures="{failures}" errors="0">'
    return "\n".join([head, *cases, "</testsuite>"])


def _value_case(verdict: ValueVerdict, report: Report, problems: list[Wrong]) -> str:
    inner = "".join(_failure(wrong) for wrong in problems if wrong.entry == verdict.entry)
    said = [
        found.text for found in report.findings if (found.artifact, found.entry) == (verdict.artifact, verdict.entry)
    ]
    said.insert(0, f"{verdict.state}, {verdict.verdict}")
    name, kind = _attribute(verdict.entry), _attribute(f"{verdict.artifact}.{verdict.type or 'file'}")
    return (
        f"<testcase name={name} classname={kind}>{inner}<system-out>{_text(chr(10).join(said))}</system-out></testcase>"
    )


def _problem_case(wrong: Wrong) -> str:
    name = _attribute(wrong.entry or wrong.check)
    kind = _attribute(f"{wrong.artifact or 'store'}.{wrong.check}")
    return f"<testcase name={name} classname={kind}>{_failure(wrong)}</testcase>"


def _failure(wrong: Wrong) -> str:
    return (
        f"<failure type={_attribute(wrong.check)} message={_attribute(wrong.problem)}>{_text(wrong.remedy)}</failure>"
    )


def _whole(name: str, problem: str) -> str:
    failure = f'<failure type="stopped" message={_attribute(problem)}/>' if problem else ""
    count = 1 if problem else 0
    case = f'<testcase name="whole" classname="{name}">{failure}</testcase>'
    return f'<testsuite name="{name}" tests="1" failures="{count}" errors="0">\n{case}\n</testsuite>'


def _text(text: str) -> str:
    return escape(_FORBIDDEN.sub("�", text))


def _attribute(text: str) -> str:
    return quoteattr(_FORBIDDEN.sub("�", text))
