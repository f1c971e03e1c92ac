"""``vitrina ls``: what is there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.cli.options import add_json, add_store, add_verb, store_of
from app.cli.output import columns, print_json, print_problems, problems_json
from app.text import human_count, human_size, printable

if TYPE_CHECKING:
    import argparse

    from app.session import Session, VersionRow

__all__ = ["add_parser", "run"]


def add_parser(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verb."""
    parser = add_verb(
        verbs,
        "ls",
        run,
        "list artifacts, versions, aliases and runs",
        examples="  vitrina ls my-store\n  vitrina ls --json wandb/latest-run",
    )
    parser.add_argument("path", metavar="PATH", nargs="?", help="what to list (default: the store, else this folder)")
    parser.add_argument("--type", metavar="T", help="only artifacts of this type")
    add_store(parser, "listed where no PATH is given")
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    """List."""
    from app.session import open_target

    session = open_target(args.path or store_of(args)[0] or ".")
    rows = [row for row in session.latest_rows() if args.type in (None, row.type)]
    runs = session.runs()
    document = {
        "kind": session.kind,
        "artifacts": [artifact_json(row) for row in rows],
        "runs": [{"project": run.project, "name": run.name, "id": run.id, "steps": run.steps} for run in runs],
        "problems": problems_json(problems_of(session, runs)),  # last: reading the others finds more
    }
    if args.json:
        print_json(document)
        return 0
    print(_as_text(session, document))
    print_problems(problems_of(session, runs), quiet=args.quiet)
    return 0


def problems_of(session: Session, runs: list[Any]) -> list[Any]:
    """Return what could not be read, of the whole and of its parts; each once."""
    parts = [*(session.artifacts() if session.kind != "store" else ()), *runs]
    found = [*session.problems, *(problem for part in parts for problem in part.problems)]
    return list(dict.fromkeys(found))


def artifact_json(row: VersionRow) -> dict[str, Any]:
    """Return a version as the list has it."""
    return {
        "name": row.name,
        "type": row.type,
        "version": row.version,
        "aliases": sorted(row.aliases),
        "digest": row.digest,
        "size": row.size,
        "entries": row.entries,
    }


def _as_text(session: Session, document: dict[str, Any]) -> str:
    artifacts, runs = document["artifacts"], document["runs"]
    counts = [human_count(len(artifacts), "artifact")] if artifacts else []
    counts += [human_count(len(runs), "run")] if runs else []
    parts = [f"{printable(session.title)}: {session.kind}, {' and '.join(counts) or 'nothing in it'}"]
    if artifacts:
        parts.append(
            columns(
                ("ARTIFACT", "TYPE", "VERSION", "ALIASES", "ENTRIES", "SIZE", "DIGEST"),
                [
                    (
                        item["name"],
                        item["type"] or "",
                        item["version"] or "",
                        " ".join(item["aliases"]),
                        f"{item['entries']:,}",
                        human_size(item["size"]),
                        (item["digest"] or "")[:10],
                    )
                    for item in artifacts
                ],
                right=(4, 5),
            )
        )
    if runs:
        parts.append(
            columns(
                ("RUN", "PROJECT", "ID", "STEPS"),
                [(item["name"], item["project"], item["id"], f"{item['steps']:,}") for item in runs],
                right=(3,),
            )
        )
    return "\n\n".join(parts)
