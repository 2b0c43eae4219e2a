"""The documents for users say what the code does."""

from __future__ import annotations

from pathlib import Path

from fastapi.testclient import TestClient

from cardscan.web.openapi import all_errors

DOCS = Path(__file__).parents[2] / "docs"


def test_the_table_of_errors_is_complete_and_right() -> None:
    text = (DOCS / "api.md").read_text()
    table = [line for line in text.splitlines() if line.startswith("| `") and line.count("|") == 5]
    assert table == [
        f"| `{error.code}` | {error.http_status} | {error.title} | {error.remedy} |" for error in all_errors()
    ]


def test_every_address_is_in_the_documents(client: TestClient) -> None:
    text = (DOCS / "api.md").read_text().replace("$ID", "{record_id}")
    for path in client.get("/openapi.json").json()["paths"]:
        assert path in text, path


def test_every_filter_is_in_the_documents(client: TestClient) -> None:
    text = (DOCS / "api.md").read_text()
    operation = client.get("/openapi.json").json()["paths"]["/v1/verifications"]["get"]
    for parameter in operation["parameters"]:
        assert f"`{parameter['name']}`" in text
