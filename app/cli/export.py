"""``vitrina export``: an artifact in a form that others read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.cli.options import add_json, add_store, add_verb, store_of
from app.text import printable

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable
    from pathlib import Path

__all__ = ["add_parser", "run"]

#: Format → what it is.
_FORMATS = {
    "wandb": "a folder with its files and manifest, as W&B's SDK reads it",
    "html": "one file with its pictures, facts and JSON that any browser opens; of one entry, that alone",
    "zip": "its files in one archive",
    "parquet": "the rows of one table; values with files are the text of their JSON",
}


def add_parser(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verb."""
    parser = add_verb(
        verbs,
        "export",
        run,
        "write an artifact or an entry in a form that others read",
        examples=(
            "  vitrina export my-store//pets:best out/pets --format wandb\n"
            "  vitrina export my-store//pets:best/predictions predictions.html --format html"
        ),
    )
    parser.add_argument("ref", metavar="REF", help="the artifact, or an entry of it; see vitrina --help")
    parser.add_argument("dest", metavar="DEST", help="a file or folder that is not there yet")
    meant = "; ".join(f"{name}: {text}" for name, text in _FORMATS.items())
    parser.add_argument("--format", choices=tuple(_FORMATS), required=True, help=meant)
    add_store(parser)
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    """Export."""
    from pathlib import Path

    from app.cli.output import Progress, print_json
    from app.cli.target import find_target
    from app.errors import UsageError

    target = find_target(args.ref, store_of(args))
    if target.artifact is None:
        raise UsageError(args.ref, "is no artifact", "Name one version: STORE//name:v0.")
    if target.entry and args.format in ("wandb", "zip"):
        raise UsageError(args.ref, "is not a whole artifact", "Name one version: STORE//name:v0.")
    writers: dict[str, Callable[[Any, str, Path], Path]] = {
        "wandb": _wandb, "html": _html, "zip": _zip, "parquet": _parquet,
    }  # fmt: skip
    with Progress("exporting", quiet=args.quiet):
        path = writers[args.format](target.artifact, target.entry, Path(args.dest))
    document = {"artifact": target.artifact.qualified_name, "path": str(path), "format": args.format}
    if target.entry:
        document["entry"] = target.entry
    if args.json:
        print_json(document)
    else:
        print(printable(str(path)))
    return 0


def _wandb(artifact: Any, _entry: str, dest: Path) -> Path:
    from storage.export import export_wandb

    return export_wandb(artifact, dest)


def _new_file(dest: Path, write: Callable[[Any], None]) -> Path:
    """Write a file that is not there yet, whole or not at all."""
    import tempfile

    from app.errors import UsageError

    if dest.exists() or dest.is_symlink():
        raise UsageError(str(dest), "is there already", "Name a file that is not there yet.")
    dest.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=dest.parent, prefix=".export-", delete=False) as file:
        from pathlib import Path

        made = Path(file.name)
        try:
            write(file)
            file.close()
            made.chmod(0o644)
            made.replace(dest)
        except BaseException:
            made.unlink(missing_ok=True)
            raise
    return dest


def _html(artifact: Any, entry: str, dest: Path) -> Path:
    from app.html_export import html_pages

    def write(file: Any) -> None:
        for piece in html_pages(artifact, entry):
            file.write(piece.encode("utf-8", "backslashreplace"))

    return _new_file(dest, write)


def _zip(artifact: Any, _entry: str, dest: Path) -> Path:
    import shutil
    import zipfile

    def write(file: Any) -> None:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:  # media are compressed already
            for name in artifact.names():
                if artifact.get_path(name).ref is not None:
                    continue  # a reference has no bytes here; the manifest of --format wandb names it
                with artifact.open(name) as source, archive.open(zipfile.ZipInfo(name), "w", force_zip64=True) as part:
                    shutil.copyfileobj(source, part, 1 << 20)

    return _new_file(dest, write)


def _parquet(artifact: Any, entry: str, dest: Path) -> Path:
    from app.errors import UsageError
    from app.renderers import for_tag
    from app.tables import export
    from app.tables.opening import open_table
    from app.tables.selection import Selection
    from app.views.opening import open_entry

    names = [entry] if entry else [name for name in artifact.value_names() if ".table." in name and "/" not in name]
    if len(names) != 1:
        problem = f"has {len(names)} tables"
        raise UsageError(str(artifact.qualified_name), problem, "Name one of them: STORE//name:v0/table.")
    opened = open_entry(artifact, names[0])
    if opened.problem is not None or for_tag(opened.tag).ICON != "table":
        raise UsageError(names[0], "is no table", "Name one: STORE//name:v0/table.")
    table = open_table(artifact, names[0], value=opened.value, wait=3600.0)
    return _new_file(dest, lambda file: _ignore(export.write(table, Selection(), list(table.columns), "parquet", file)))


def _ignore(_rows: int) -> None:
    """Take the number of rows, which is in the file."""
