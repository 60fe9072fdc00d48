"""Writes the reference in api.md from what the API says of itself, and nothing else of the page."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from aggregator.web.app import description
from aggregator.web.problems import KINDS

_PAGE: Final = Path(__file__).with_name("api.md")
_BLOCK: Final = re.compile(
    r"(?<=<!-- reference: begin -->\n).*?(?=<!-- reference: end -->)", re.DOTALL
)
Schema = Mapping[str, Any]


def reference(api: Schema) -> str:
    """The reference as Markdown: what can be asked, how it fails, and the shapes of answers."""
    lines = ["## What can be asked", ""]
    for path, operations in api["paths"].items():
        lines += _operation(path, operations["get"])
    lines += ["## Problems", "", "| type | status | meaning |", "| --- | --- | --- |"]
    lines += [f"| `/problems/{each.name}` | {each.status} | {each.meaning} |" for each in KINDS]
    lines += ["", "## Shapes", ""]
    for name, shape in sorted(api["components"]["schemas"].items()):
        lines += _shape(name, shape)
    return "\n".join(lines) + "\n"


def _operation(path: str, found: Schema) -> Iterator[str]:
    yield from (f"### GET {path}", "", " ".join(found["description"].split()), "")
    if found.get("parameters"):
        yield from ("| parameter | type | default | meaning |", "| --- | --- | --- | --- |")
        yield from (_parameter(each) for each in found["parameters"])
        yield ""
    answers = found["responses"]["200"].get("content", {})
    shapes = [_kind(each["schema"]) for each in answers.values() if "schema" in each]
    if shapes:
        yield from (f"Answers with {', '.join(shapes)}.", "")


def _parameter(each: Schema) -> str:
    schema = each["schema"]
    default = (
        "" if schema.get("default") is None else f"`{json.dumps(schema['default']).strip(chr(34))}`"
    )
    needed = "**needed**" if each["required"] else default
    meaning = each.get("description", "").replace("\n", " ")
    kind = _kind(schema).removesuffix(" or null")
    return f"| `{each['name']}` | {kind} | {needed} | {meaning} |"


def _shape(name: str, shape: Schema) -> Iterator[str]:
    yield from (f"### {name}", "", shape.get("description", "").replace("\n", " "), "")
    yield from ("| field | type | meaning |", "| --- | --- | --- |")
    for field, schema in shape["properties"].items():
        yield f"| `{field}` | {_kind(schema)} | {schema.get('description', '')} |"
    yield ""


def _kind(schema: Schema) -> str:
    """A type in words."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if "anyOf" in schema:
        return " or ".join(_kind(each) for each in schema["anyOf"])
    if "enum" in schema:
        return ", ".join(f"`{each}`" for each in schema["enum"])
    kind = schema.get("type", "any")
    if kind == "array":
        return f"list of {_kind(schema.get('items', {}))}"
    if schema.get("format") == "date-time":
        return "time"
    return {"string": "text", "null": "null", "object": "object"}.get(kind, kind) + _range(schema)


def _range(schema: Schema) -> str:
    least, most = schema.get("minimum"), schema.get("maximum")
    small = 10**6
    if least is None or most is None or most > small:
        return ""
    return f" {least:g} to {most:g}"


def renewed(page: str) -> str:
    """The page with its reference made anew."""
    return _BLOCK.sub(lambda _: reference(description()), page)


if __name__ == "__main__":
    _PAGE.write_text(renewed(_PAGE.read_text(encoding="utf-8")), encoding="utf-8")
