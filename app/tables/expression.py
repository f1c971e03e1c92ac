"""The user's one scalar expression: taken apart by DuckDB's own parser, checked, and written anew.

What runs is never the text that was typed. It is written from the checked tree: columns by our own names (``c3``),
constants as literals that we quote, operators and functions from a list. Whatever the list does not name is refused,
so a parser that learns new syntax opens no door.

The list has no function that makes large values out of small ones (``repeat``, ``range``, ``lpad``): neither
the memory limit nor an interrupt stops those. It has none that reads a setting, a file, a variable or another table.
"""

from __future__ import annotations

import difflib
import json
import re
from functools import cache
from typing import TYPE_CHECKING, Any

from app.tables.errors import ExpressionError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import duckdb

    from app.tables.columns import Column

__all__ = ["FUNCTIONS", "MAX_LENGTH", "check", "quoted", "written_name"]

#: Longest text that is looked at. An expression that a person writes is far below.
MAX_LENGTH = 2000

#: Deepest nesting that is written anew; DuckDB's own limit is set to the same.
MAX_DEPTH = 100

#: Functions by name; what they give back is not larger than what they are given, but for a constant factor.
FUNCTIONS = frozenset(
    [
        "abs", "ceil", "ceiling", "floor", "round", "trunc", "sign", "sqrt", "cbrt", "exp", "ln", "log", "log10",
        "log2", "pow", "power", "sin", "cos", "tan", "asin", "acos", "atan", "atan2", "isnan", "isfinite", "isinf",
        "greatest", "least", "mod", "contains", "starts_with", "ends_with", "prefix", "suffix", "like_escape",
        "not_like_escape", "ilike_escape", "not_ilike_escape", "regexp_matches", "regexp_full_match",
        "regexp_extract", "lower", "upper", "lcase", "ucase", "trim", "ltrim", "rtrim", "length", "strlen", "len",
        "left", "right", "substring", "substr", "position", "instr", "strpos", "reverse", "year", "month", "day",
        "hour", "minute", "second", "week", "quarter", "dayofweek", "dayofyear", "date_part", "datepart",
        "date_trunc", "date_diff", "datediff", "epoch", "epoch_ms", "to_days", "to_hours", "to_minutes",
        "to_seconds", "to_months", "to_years", "nullif", "ifnull", "if", "list_contains", "list_has",
        "array_contains", "struct_extract", "json_extract_string", "json_array_length", "json_valid", "json_type",
        "json_contains", "typeof",
    ]
)  # fmt: skip

_INFIX = {
    name: name for name in ("+", "-", "*", "/", "//", "%", "**", "^", "||", "~~", "!~~", "~~*", "!~~*", "~~~", "->>")
}  # fmt: skip
_COMPARISONS = {
    "COMPARE_EQUAL": "=", "COMPARE_NOTEQUAL": "<>", "COMPARE_LESSTHAN": "<", "COMPARE_GREATERTHAN": ">",
    "COMPARE_LESSTHANOREQUALTO": "<=", "COMPARE_GREATERTHANOREQUALTO": ">=",
    "COMPARE_DISTINCT_FROM": "IS DISTINCT FROM", "COMPARE_NOT_DISTINCT_FROM": "IS NOT DISTINCT FROM",
}  # fmt: skip
_TYPES = frozenset(
    [
        "BOOLEAN", "BOOL", "TINYINT", "SMALLINT", "INTEGER", "INT", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT",
        "UINTEGER", "UBIGINT", "FLOAT", "REAL", "DOUBLE", "VARCHAR", "TEXT", "STRING", "DATE", "TIME", "TIMESTAMP",
        "DATETIME", "INTERVAL",
    ]
)  # fmt: skip
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_INTEGER = re.compile(r"-?[0-9]{1,60}")
_NUMBER = re.compile(r"-?[0-9]*\.?[0-9]*(?:[eE][+-]?[0-9]{1,4})?")

#: Keys of a node that carry no meaning, or whose meaning is in the others.
_IGNORED = frozenset(
    [
        "class", "type", "alias", "query_location", "query_location_length", "schema", "catalog", "qualified_name",
        "is_operator", "export_state", "name",
    ]
)  # fmt: skip


def quoted(text: str) -> str:
    """Return text as a literal of SQL."""
    return "'" + text.replace("'", "''").replace("\0", "") + "'"


@cache
def _words() -> frozenset[str]:
    """Return the words that are no names where they stand alone."""
    import duckdb

    with duckdb.connect(":memory:") as connection:
        sql = "SELECT keyword_name FROM duckdb_keywords() WHERE keyword_category <> 'unreserved'"
        return frozenset(str(row[0]) for row in connection.execute(sql).fetchall())


def written_name(name: str) -> str:
    """Return the name of a column as it is written in an expression: in double quotes where it needs them."""
    if _NAME.fullmatch(name) and name.lower() not in _words():
        return name
    return '"' + name.replace('"', '""') + '"'


def check(parser: duckdb.DuckDBPyConnection, text: str, columns: Sequence[Column]) -> str:
    """Return the SQL of an expression.

    Parameters
    ----------
    parser : duckdb.DuckDBPyConnection
        Parses; nothing of the expression is executed.
    text : str
        What the user wrote.
    columns : sequence of Column
        The columns that it may name, as they are called in the table.

    Raises
    ------
    ExpressionError
        If it is no single scalar expression of listed parts over these columns; says what is wrong, and where known
        what would be right.
    """
    if len(text) > MAX_LENGTH:
        problem = f"has {len(text):,} characters, the limit is {MAX_LENGTH:,}"
        raise ExpressionError("expression", problem, "Shorten it.")
    if "\0" in text:
        raise ExpressionError("expression", "holds a null character", "Remove it.")
    return _Writer(columns).write(_parse(parser, text), 0)


def _parse(parser: duckdb.DuckDBPyConnection, text: str) -> Any:
    """Return the tree of the expression."""
    import duckdb

    whole = "is more than one expression"
    remedy = "Write one condition, such as: loss > 0.5 and label = 'cat'"
    try:
        row = parser.execute("SELECT json_serialize_sql(?)", [f"SELECT (\n{text}\n)"]).fetchone()
        found = json.loads(row[0]) if row else {"error": True}
    except (duckdb.Error, ValueError, RecursionError) as error:
        raise ExpressionError("expression", f"cannot be read ({_first_line(error)})", remedy) from error
    if found.get("error"):
        raise ExpressionError("expression", _first_line(found.get("error_message", "cannot be read")), remedy)
    statements = found.get("statements")
    node = statements[0].get("node", {}) if isinstance(statements, list) and len(statements) == 1 else {}
    listed = node.get("select_list")
    meanings = {
        key for key, value in node.items() if value and key not in ("type", "select_list", "from_table", "cte_map")
    }
    is_plain = (
        node.get("type") == "SELECT_NODE"
        and isinstance(listed, list)
        and len(listed) == 1
        and (node.get("from_table") or {}).get("type") == "EMPTY"
        and not (node.get("cte_map") or {}).get("map")
        and meanings <= {"aggregate_handling"}
    )
    if not is_plain or not isinstance(listed, list):
        raise ExpressionError("expression", whole, remedy)
    return listed[0]


def _first_line(error: object) -> str:
    text = str(error).strip().splitlines()
    return text[0].removeprefix("Parser Error: ")[:300] if text else "cannot be read"


class _Writer:
    """Writes checked nodes as SQL."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self.exact: dict[str, Column] = {}
        self.folded: dict[str, list[Column]] = {}
        for column in columns:
            self.exact.setdefault(column.name, column)
            self.folded.setdefault(column.name.lower(), []).append(column)
        self.kinds: Mapping[str, Callable[[dict[str, Any], int], str]] = {
            "COLUMN_REF": self.column,
            "CONSTANT": self.constant,
            "COMPARISON": self.comparison,
            "CONJUNCTION": self.conjunction,
            "FUNCTION": self.function,
            "OPERATOR": self.operator,
            "BETWEEN": self.between,
            "CASE": self.case,
            "CAST": self.cast,
        }

    def write(self, node: Any, depth: int) -> str:
        """Return one node and all below it."""
        if depth > MAX_DEPTH:
            raise ExpressionError("expression", f"is nested more than {MAX_DEPTH} deep", "Write it flatter.")
        kind = node.get("class") if isinstance(node, dict) else None
        writer = self.kinds.get(str(kind))
        if writer is None:
            shown = str(kind or "this").lower().replace("_", " ")
            remedy = "Use columns, constants, comparisons, and, or, not, in, between, like, case, cast and functions."
            raise ExpressionError("expression", f"holds a part that is not allowed ({shown})", remedy)
        return writer(node, depth + 1)

    def all(self, nodes: Any, depth: int) -> list[str]:
        """Return several nodes."""
        return [self.write(node, depth) for node in nodes]

    def column(self, node: dict[str, Any], depth: int) -> str:
        """Return a column by our own name; ``image.width`` of a column of JSON is a field of it."""
        parts = [str(part) for part in _only(node, "column_names")]
        for count in range(len(parts), 0, -1):
            found = self.find(".".join(parts[:count]))
            if found is not None:
                return found.field_sql(parts[count:], quoted)
        name = ".".join(parts)
        close = difflib.get_close_matches(name, list(self.exact), n=3, cutoff=0.5)
        names = close or list(self.exact)[:8]
        remedy = f"{'Did you mean' if close else 'There are'} {', '.join(names)}{'?' if close else '.'}"
        if not close and len(self.exact) > len(names):
            remedy = f"Some of the {len(self.exact):,} columns: {', '.join(names)}."
        if not any(letter in name for letter in " .") and not close:
            remedy += " Text stands in single quotes."
        raise ExpressionError(f"column {name}", "is not in the table", remedy)

    def find(self, name: str) -> Column | None:
        """Return the column of a name: exactly so, else the only one in other letters."""
        if name in self.exact:
            return self.exact[name]
        others = self.folded.get(name.lower(), [])
        return others[0] if len(others) == 1 else None

    def constant(self, node: dict[str, Any], depth: int) -> str:
        """Return a literal, checked by its own form."""
        literal = _only(node, "literal")
        kind, text = str(literal.get("kind")), str(literal.get("text", ""))
        if kind == "STRING":
            return quoted(text)
        if kind == "BOOLEAN" and text.lower() in ("true", "false"):
            return text.lower()
        if kind == "NULL_LITERAL":
            return "NULL"
        is_number = (
            _INTEGER.fullmatch(text) if kind == "INTEGER" else _NUMBER.fullmatch(text) if kind == "NUMERIC" else None
        )
        if is_number is None or not any(letter.isdecimal() for letter in text):
            raise ExpressionError("expression", f"holds a constant of a kind that is not allowed ({kind.lower()})", "")
        return text

    def comparison(self, node: dict[str, Any], depth: int) -> str:
        """Return a comparison."""
        left, right = _parts(node, "left", "right")
        sign = _COMPARISONS.get(str(node.get("type")))
        if sign is None:
            raise _not_allowed(node)
        return f"({self.beside(left, right, depth)} {sign} {self.beside(right, left, depth)})"

    def beside(self, node: Any, other: Any, depth: int) -> str:
        """Return one side of a comparison: a field of JSON is text, and a number beside a number."""
        found = self.write(node, depth)
        literal = other.get("literal") if isinstance(other, dict) else None
        is_number = isinstance(literal, dict) and literal.get("kind") in ("INTEGER", "NUMERIC")
        return f"TRY_CAST({found} AS DOUBLE)" if is_number and found.startswith("json_extract_string(") else found

    def conjunction(self, node: dict[str, Any], depth: int) -> str:
        """Return ``and`` or ``or`` of several."""
        word = {"CONJUNCTION_AND": " AND ", "CONJUNCTION_OR": " OR "}.get(str(node.get("type")))
        if word is None:
            raise _not_allowed(node)
        return f"({word.join(self.all(_only(node, 'children'), depth))})"

    def function(self, node: dict[str, Any], depth: int) -> str:
        """Return a call of a listed function, or an operator that the parser spells as one."""
        name = str(node.get("function_name", "")).lower()
        orders = (node.get("order_bys") or {}).get("orders")
        is_plain = not (
            orders or node.get("filter") or node.get("distinct") or node.get("schema") or node.get("catalog")
        )
        arguments = _only(node, "arguments", also=("function_name", "order_bys", "filter", "distinct"))
        if not is_plain or any(not isinstance(item, dict) or item.get("name") for item in arguments):
            raise ExpressionError(f"function {name}", "is called in a way that is not allowed", "")
        given = self.all([item.get("expression") for item in arguments], depth)
        if name in _INFIX and len(given) == 2:
            return f"({given[0]} {_INFIX[name]} {given[1]})"
        if name in ("+", "-") and len(given) == 1:
            return f"({name} {given[0]})"
        if name not in FUNCTIONS:
            close = difflib.get_close_matches(name, FUNCTIONS, n=3)
            remedy = f"Did you mean {', '.join(close)}?" if close else "See the list of functions under the filter."
            raise ExpressionError(f"function {name}", "is not allowed", remedy)
        return f"{name}({', '.join(given)})"

    def operator(self, node: dict[str, Any], depth: int) -> str:
        """Return one of the operators that take any number of parts."""
        kind, given = str(node.get("type")), self.all(_only(node, "children"), depth)
        first, rest = (given[0], given[1:]) if given else ("NULL", [])
        forms = {
            "OPERATOR_NOT": f"(NOT {first})",
            "OPERATOR_IS_NULL": f"({first} IS NULL)",
            "OPERATOR_IS_NOT_NULL": f"({first} IS NOT NULL)",
            "OPERATOR_COALESCE": f"coalesce({', '.join(given)})",
            "COMPARE_IN": f"({first} IN ({', '.join(rest)}))",
            "COMPARE_NOT_IN": f"({first} NOT IN ({', '.join(rest)}))",
            "ARRAY_EXTRACT": f"({first}[{rest[0] if rest else 'NULL'}])",
            "STRUCT_EXTRACT": f"struct_extract({', '.join(given)})",
        }
        if kind not in forms or not given:
            raise _not_allowed(node)
        return forms[kind]

    def between(self, node: dict[str, Any], depth: int) -> str:
        """Return ``between``."""
        value, low, high = (self.write(part, depth) for part in _parts(node, "input", "lower", "upper"))
        return f"({value} BETWEEN {low} AND {high})"

    def case(self, node: dict[str, Any], depth: int) -> str:
        """Return ``case``."""
        checks, other = _parts(node, "case_checks", "else_expr")
        whens = [
            f"WHEN {self.write(item.get('when_expr'), depth)} THEN {self.write(item.get('then_expr'), depth)}"
            for item in checks
        ]
        return f"(CASE {' '.join(whens)} ELSE {self.write(other, depth)} END)"

    def cast(self, node: dict[str, Any], depth: int) -> str:
        """Return a cast to one of the plain types."""
        child, target = _parts(node, "child", "type_expr", also=("try_cast",))
        name = str(target.get("type_name", "")).upper() if isinstance(target, dict) else ""
        if name not in _TYPES or target.get("children") or target.get("schema") or target.get("catalog"):
            raise ExpressionError(f"type {name.lower()}", "is not allowed", f"Use one of {', '.join(sorted(_TYPES))}.")
        return f"{'TRY_CAST' if node.get('try_cast') else 'CAST'}({self.write(child, depth)} AS {name})"


def _not_allowed(node: dict[str, Any]) -> ExpressionError:
    return ExpressionError("expression", f"holds a part that is not allowed ({str(node.get('type')).lower()})", "")


def _parts(node: dict[str, Any], *keys: str, also: Sequence[str] = ()) -> list[Any]:
    """Return the parts of a node that we know; a part that we do not know and that says something is refused."""
    unknown = [
        key for key, value in node.items() if value and key not in _IGNORED and key not in keys and key not in also
    ]
    if unknown or any(key not in node for key in keys):
        raise ExpressionError("expression", "is of a form that this version does not know", "Write it another way.")
    return [node[key] for key in keys]


def _only(node: dict[str, Any], key: str, also: Sequence[str] = ()) -> Any:
    return _parts(node, key, also=also)[0]
