"""Write the README's table of types from the registry, so that it is true.

::

    python tools/readme_table.py          print it
    python tools/readme_table.py --write  put it into README.md
"""

from __future__ import annotations

import argparse
import ast
import inspect
import re
import sys
from pathlib import Path

from datatypes.base import BatchableMedia, WBValue

ROOT = Path(__file__).resolve().parent.parent
BEGIN, END = "<!-- types: written by tools/readme_table.py -->", "<!-- end of types -->"


def renderer_tags() -> set[str]:
    """Return the wire tags that have a renderer, without importing one: they need Streamlit."""
    tags = set()
    for path in sorted((ROOT / "app" / "renderers").glob("*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
                tags |= {str(node.value.value) for target in node.targets if getattr(target, "id", "") == "TAG"}
    return tags


def first_sentence(cls: type) -> str:
    """Return the first sentence of a docstring, in the README's markup and without its full stop."""
    paragraph = inspect.cleandoc(cls.__doc__ or "").partition("\n\n")[0].replace("\n", " ")
    return re.sub(r"[.;](\s.*)?$", "", paragraph).replace("``", "`").replace("|", "\\|")


def table() -> str:
    """Return the table: what each type is, and what the viewer does with it."""
    drawn = renderer_tags()
    lines = ["| Type | Wire tag | What it is | Lists in runs | In the viewer |", "|---|---|---|---|---|"]
    for tag, cls in sorted(WBValue.type_mapping().items(), key=lambda item: item[1].__name__):
        if not cls.__module__.startswith("datatypes."):
            continue
        batch = f"`{cls.batch_type}`" if issubclass(cls, BatchableMedia) and cls.batch_type else "–"
        shown = "drawn" if tag in drawn else "facts and JSON"
        lines.append(f"| `{cls.__name__}` | `{tag}` | {first_sentence(cls)} | {batch} | {shown} |")
    lines.append("| `UnknownValue` | any other | Kept and written back unchanged | – | facts and JSON |")
    return "\n".join(lines)


def with_table(text: str) -> str:
    """Return the README with the table of now."""
    head, _, rest = text.partition(BEGIN)
    return f"{head}{BEGIN}\n{table()}\n{END}{rest.partition(END)[2]}"


def main() -> int:
    """Print the table or write it; return the exit code."""
    parser = argparse.ArgumentParser(description="The README's table of types.")
    parser.add_argument("--write", action="store_true", help="put it into README.md")
    if parser.parse_args().write:
        readme = ROOT / "README.md"
        readme.write_text(with_table(readme.read_text(encoding="utf-8")), encoding="utf-8")
    else:
        print(table())
    return 0


if __name__ == "__main__":
    sys.exit(main())
