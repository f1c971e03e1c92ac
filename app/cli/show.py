"""``vitrina show``: one artifact, run, entry or value as text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.cli.describe import as_text, entry_document, facts_of
from app.cli.options import add_json, add_store, add_verb, store_of
from app.cli.output import bold, columns, note, print_json, problems_json
from app.text import human_count, human_size, printable

if TYPE_CHECKING:
    import argparse

__all__ = ["add_parser", "run"]

#: Entries and rows that the text for people lists; JSON has all.
_MAX_LINES = 200


def add_parser(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verb."""
    parser = add_verb(
        verbs,
        "show",
        run,
        "show one artifact, run, entry or value as text",
        examples=(
            "  vitrina show my-store//pets:best\n"
            "  vitrina show downloads/pets:v3/predictions\n"
            "  vitrina show --store my-store --json pets/predictions"
        ),
    )
    parser.add_argument("ref", metavar="REF[/ENTRY]", help="what to show; see vitrina --help")
    add_store(parser)
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    """Show."""
    from app.cli.target import find_target

    target = find_target(args.ref, store_of(args))
    if target.artifact is not None:
        if target.entry:
            document, text = entry_document(target.artifact, target.entry), _value_text
        else:
            document, text = _artifact_document(target.artifact), _artifact_text
    elif target.run is not None:
        if target.entry:
            document, text = _run_file_document(target.run, target.entry), _value_text
        else:
            document, text = _run_document(target.run), _run_text
    else:  # a store, or a folder with several things in it
        from app.cli import ls

        args.path, args.type = args.ref, None
        return ls.run(args)
    if args.json:
        print_json(document)
        return 0
    print(text(document))
    if not args.quiet:
        for found in document["problems"]:
            note(f"{found['subject']}: {found['problem'].rstrip('.')}. {found['remedy']}".rstrip())
        for found in document.get("findings", ()):
            note(f"finding: {found['text']}")
    return 0


def _artifact_document(artifact: Any) -> dict[str, Any]:
    entries = [
        {"path": entry.path, "size": entry.size, "digest": entry.digest, "ref": entry.ref}
        for entry in artifact.manifest.entries.values()
    ]
    summary = {
        "name": artifact.name,
        "type": artifact.type,
        "version": artifact.version,
        "aliases": sorted(artifact.aliases),
        "digest": artifact.digest,
        "size": artifact.size,
        "description": artifact.description,
        "metadata": artifact.metadata,
        "entries": entries,
    }
    return {"type": "artifact", "summary": summary, "problems": problems_json(artifact.problems)}


def _artifact_text(document: dict[str, Any]) -> str:
    summary = document["summary"]
    version = f":{summary['version']}" if summary["version"] else ""
    lines = [bold(printable(f"{summary['name']}{version}"))]
    facts = {
        "type": summary["type"],
        "aliases": " ".join(summary["aliases"]) or None,
        "digest": summary["digest"],
        "size": f"{human_size(summary['size'])} in {human_count(len(summary['entries']), 'entry/entries')}",
        "description": summary["description"],
        "metadata": summary["metadata"],
    }
    lines.append(as_text({key: fact for key, fact in facts.items() if fact}))
    shown = summary["entries"][:_MAX_LINES]
    rows = [
        (
            item["path"],
            "" if item["size"] is None else human_size(item["size"]),
            (item["digest"] or "")[:10],
            f"→ {item['ref']}" if item["ref"] else "",
        )
        for item in shown
    ]
    lines += ["", columns(("ENTRY", "SIZE", "DIGEST", ""), rows, right=(1,))] if rows else []
    if len(shown) < len(summary["entries"]):
        lines.append(f"… {len(summary['entries']) - len(shown):,} more; --json lists all")
    return "\n".join(lines)


def _value_text(document: dict[str, Any]) -> str:
    facts = {key: fact for key, fact in document["summary"].items() if key != "$media"}  # the headline says it
    return f"{bold(printable(document['type'] or 'file'))}\n{as_text(facts)}"


def _run_document(run_: Any) -> dict[str, Any]:
    from storage.sources.run_reading import BOOKKEEPING

    problems: list[dict[str, str]] = []

    def facts(values: dict[str, Any], step: int | str) -> dict[str, Any]:
        return {key: facts_of(value, run_, key, step, problems) for key, value in values.items()}

    rows = [{"step": step, "values": facts(values, step)} for step, values in run_.rows_json()]
    stored = {key: value for key, value in run_.stored_summary.items() if key not in BOOKKEEPING}
    summary = {
        "project": run_.project,
        "name": run_.name,
        "id": run_.id,
        "config": run_.config,
        "summary": facts(stored, "summary"),
        "rows": rows,
        "class_labels": run_.class_labels,
        "media_files": run_.media_files(),
    }
    return {"type": "run", "summary": summary, "problems": [*problems_json(run_.problems), *problems]}


def _run_text(document: dict[str, Any]) -> str:
    summary = document["summary"]
    lines = [bold(printable(f"run {summary['name'] or summary['id']}"))]
    facts = {
        "project": summary["project"],
        "id": summary["id"],
        "rows": f"{len(summary['rows']):,}",
        "media": human_count(len(summary["media_files"]), "file"),
        "config": summary["config"],
        "summary": summary["summary"],
    }
    lines.append(as_text({key: fact for key, fact in facts.items() if fact}))
    rows = [(str(row["step"]), " ".join(sorted(row["values"]))) for row in summary["rows"][:_MAX_LINES]]
    lines += ["", columns(("STEP", "KEYS"), rows, right=(0,))] if rows else []
    if len(rows) < len(summary["rows"]):
        lines.append(f"… {len(summary['rows']) - len(rows):,} more; --json lists all")
    return "\n".join(lines)


def _run_file_document(run_: Any, name: str) -> dict[str, Any]:
    value = run_.get(name)
    summary = value.facts() if value is not None else {"path": name}
    return {
        "type": value.artifact_type if value is not None else "file",
        "summary": summary,
        "json": None,
        "problems": [],
    }
