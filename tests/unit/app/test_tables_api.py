"""Answers to the grid: cells in their forms, rows with their place, every mistake told in three fields."""

import asyncio
import io
import json
import math
from urllib.parse import urlencode

import numpy as np
import pytest
from PIL import Image as PilImage
from starlette.applications import Starlette

from app import media, session
from app.tables import cells, previews
from app.tables.api import answer, described, routes
from app.tables.opening import forget, open_table
from datatypes.histogram import Histogram
from datatypes.image import Image
from datatypes.table import Table
from storage import Artifact, Store


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    """A store with a table of every kind of cell."""
    folder = tmp_path_factory.mktemp("api")
    pixels = np.arange(12 * 9 * 3, dtype=np.uint8).reshape(9, 12, 3)
    picture = Image(pixels, caption="a <b>caption</b>")
    table = Table(
        columns=["n", "text", "image", "list", "array", "hist", "mixed", "when", "pictures"],
        data=[
            [1, "short", picture, [1, 2], np.eye(4), Histogram(np_histogram=([1, 3, 2], [0, 1, 2, 3])), 1, None, None],
            [2.5, "l" * 1000, None, list(range(20)), np.ones((4, 4)), None, "two", None, [picture, picture]],
            [math.inf, "", None, {"a": None}, np.zeros((4, 4)), None, [3], None, None],
        ],
        allow_mixed_types=True,
    )
    artifact = Artifact("cells", type="t")
    artifact.add(table, "all")
    numbers = Table(columns=["id", "sq"], data=[[number, number**2] for number in range(500)])
    artifact.add(numbers, "numbers")
    Store(folder / "store").log_artifact(artifact)
    opened = session.open_target(folder / "store")
    session.set_current(opened)
    yield opened
    session.set_current(None)
    forget()


def ask(what, path="all.table.json", **query):
    return answer(what, {"ref": "cells:v0", "path": path, **query})


def test_cells_have_the_forms_that_the_grid_draws(opened):
    status, found = ask("page")
    assert status == 200
    assert (found["count"], found["ignored"], found["whole"]) == (3, [], True)
    first, second, third = ([*row] for row in found["rows"])
    assert [row[0] for row in found["rows"]] == [0, 1, 2]
    assert first[1:3] == [1.0, "short"]
    assert second[2] == {"k": "cut", "t": "l" * cells.SHORT}
    assert third[1] == {"k": "num", "t": "∞"}
    image = first[3]
    assert (image["k"], image["type"], image["icon"], image["t"]) == ("media", "Image", "image", "a <b>caption</b>")
    assert (image["w"], image["h"]) == (12, 9)
    data, mime = media._derived.get(image["src"].removeprefix("/api/d/"))
    assert mime == "image/webp"
    assert PilImage.open(io.BytesIO(data)).size == (12, 9)
    assert first[4] == {"k": "json", "t": "[1, 2]"}
    assert second[4]["t"] == "20 numbers"
    assert (second[4]["line"][0], second[4]["line"][-1]) == (0.0, 1.0)
    assert first[6]["bars"] == [0.3333, 1.0, 0.6667]
    assert (first[7], second[7]) == (1, "two")
    assert second[9]["k"] == "list"
    assert (second[9]["n"], len(second[9]["items"])) == (2, 2)


def test_a_page_has_the_columns_that_are_asked_for(opened):
    _, found = ask("page", "numbers.table.json", c="1", offset="10", limit="3", sort="-id", q="id < 100")
    assert found == {"count": 100, "rows": [[89, 7921], [88, 7744], [87, 7569]], "ignored": [], "whole": True}


@pytest.mark.parametrize(
    ("given", "rows"),
    [({}, 100), ({"limit": "5000"}, 500), ({"limit": "x", "offset": "-3"}, 100), ({"offset": "9" * 30}, 100)],
)
def test_odd_numbers_in_an_address_fall_back(opened, given, rows):
    status, found = ask("page", "numbers.table.json", **given)
    assert (status, len(found["rows"])) == (200, rows)


def test_a_row_is_whole_and_knows_its_neighbours(opened):
    _, found = ask("row", row="1")
    assert found["texts"][1] == "l" * 1000
    assert json.loads(found["texts"][3]) == list(range(20))
    assert (found["place"], found["count"], found["previous"], found["next"]) == (1, 3, 0, 2)
    _, found = ask("row", "numbers.table.json", row="7", sort="-sq", q="id % 2 = 1")
    assert (found["place"], found["count"], found["previous"], found["next"]) == (246, 250, 9, 5)
    _, found = ask("row", "numbers.table.json", row="8", q="id % 2 = 1")
    assert (found["place"], found["previous"], found["next"]) == (None, None, None)
    _, found = ask("row", "numbers.table.json", row="500")
    assert found["cells"] is None
    assert found["ignored"] == ["There is no row 500."]


@pytest.mark.parametrize(
    ("what", "query", "problem"),
    [
        ("page", {"q": "nope = 1"}, "is not in the table"),
        ("page", {"q": "read_text('/etc/passwd') = ''"}, "is not allowed"),
        ("page", {"path": "none.table.json"}, "has no entry none.table.json"),
        ("page", {"ref": "nobody:v0"}, "nobody"),
        ("groups", {"by": "2"}, "has no values to group by"),
    ],
)
def test_mistakes_are_told_in_three_fields(opened, what, query, problem):
    status, found = answer(what, {"ref": "cells:v0", "path": "all.table.json", **query})
    assert status == (200 if what == "groups" or "q" in query else 400)  # a typing error is no error of the page
    assert set(found["error"]) == {"subject", "problem", "remedy"}
    assert problem in found["error"]["subject"] + found["error"]["problem"]


def test_nothing_else_can_be_asked_for(opened):
    assert ask("secrets")[0] == 404


def test_every_answer_is_json_without_nan(opened):
    for what in ("state", "page", "facts", "row"):
        status, found = ask(what)
        assert status == 200
        json.dumps(found, allow_nan=False)


def test_one_bad_cell_empties_no_page(opened):
    table = open_table(opened.resolve("cells:v0"), "all.table.json")
    writer = cells.CellWriter(table, [table.columns[2], table.columns[0]], media.url_for_bytes)
    [[bad, good]] = writer.rows([("{no json", 5)])
    assert bad["k"] == "bad"
    assert good == 5


def test_the_picture_of_an_array_is_its_values_in_viridis():
    def pixels(array):
        return np.asarray(PilImage.open(io.BytesIO(previews.array_picture(array))).convert("RGB"))

    found = pixels(np.array([[0.0, 1.0], [math.nan, 0.5]]))
    assert found[0, 0].tolist() == [68, 1, 84]
    assert found[0, 1].tolist() == [253, 231, 37]
    assert found[1, 1].tolist() == [33, 145, 140]
    colours = np.arange(27, dtype=np.uint8).reshape(3, 3, 3)
    assert np.array_equal(pixels(colours), colours)


def get(path, query):
    """Ask the routes as a server does; return status, headers, body."""
    sent = []

    async def send(message):
        sent.append(message)

    asked = iter([{"type": "http.request", "body": b"", "more_body": False}])

    async def receive():
        if (message := next(asked, None)) is None:
            await asyncio.Event().wait()  # nobody hangs up
        return message

    scope = {
        "type": "http",
        "method": "GET",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": urlencode(query).encode(),
        "headers": [],
        "http_version": "1.1",
        "scheme": "http",
    }
    asyncio.run(Starlette(routes=routes())(scope, receive, send))
    headers = {name.decode(): value.decode("latin-1") for name, value in sent[0]["headers"]}
    return sent[0]["status"], headers, b"".join(message.get("body", b"") for message in sent[1:])


def test_exports_are_files(opened):
    query = {"ref": "cells:v0", "path": "numbers.table.json", "q": "id < 3", "format": "csv", "c": "1,0"}
    status, headers, body = get("/api/table/export", query)
    assert (status, body) == (200, b"sq,id\r\n0,0\r\n1,1\r\n4,2\r\n")
    assert headers["content-disposition"] == 'attachment; filename="numbers.selection.formulas-quoted.csv"'
    assert headers["content-type"] == "text/csv; charset=utf-8"
    assert headers["content-length"] == str(len(body))
    for wrong in ({"format": "exe"}, {"q": "x("}, {"path": "nothing"}):
        status, headers, body = get("/api/table/export", {**query, **wrong})
        assert (status, headers["content-type"]) == (400, "application/json")
        assert set(json.loads(body)["error"]) == {"subject", "problem", "remedy"}


def test_answers_are_not_kept_by_the_browser(opened):
    status, headers, body = get("/api/table/page", {"ref": "cells:v0", "path": "numbers.table.json", "limit": "1"})
    assert (status, headers["cache-control"]) == (200, "no-store")
    assert json.loads(body)["rows"] == [[0, 0, 0]]


def test_each_value_of_a_list_says_its_place(opened):
    _, found = ask("page")
    several = found["rows"][1][9]
    assert (several["k"], several["n"], [item["at"] for item in several["items"]]) == ("list", 2, [0, 1])


def test_a_column_of_keys_says_which_rows_they_name(tmp_path):
    species = Table(columns=["species_id", "name"], data=[["s0", "setosa"], ["s1", "iris"]])
    species.set_pk("species_id")
    flowers = Table(columns=["petal", "species", "row"], data=[[1.4, "s0", None], [4.7, "s1", None]])
    flowers.set_fk("species", species, "species_id")
    artifact = Artifact("flowers", type="t")
    artifact.add(species, "species")
    artifact.add(flowers, "flowers")
    saved = Store(tmp_path / "store").log_artifact(artifact)
    described_columns = described(open_table(saved, "flowers.table.json"))["columns"]
    assert [column["link"] for column in described_columns] == [
        None,
        {"path": "species.table.json", "ref": "flowers:v0", "column": "species_id", "written": "species_id"},
        None,
    ]
