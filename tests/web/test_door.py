"""Who may ask, what every answer carries, and what the framework refuses."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from .conftest import FakePipeline, Start, front, problem

# --- the door ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:8080", 200),
        ("localhost", 200),
        ("LOCALHOST:1", 200),
        ("[::1]:8080", 200),
        ("card.example", 200),
        ("evil.example", 400),
        ("127.0.0.1.evil.example", 400),
        ("", 400),
    ],
)
def test_it_answers_to_its_own_names_only(start: Start, host: str, status: int) -> None:
    client = start(host="card.example")
    response = client.get("/v1/limits", headers={"host": host})
    assert response.status_code == status
    if status == 400:
        problem(response, 400, "unknown_host")


def test_behind_any_address_any_name_is_its_own(start: Start) -> None:
    client = start(host="0.0.0.0", api_token="secret", wait=False)
    headers = {"host": "cards.example", "authorization": "Bearer secret"}
    assert client.get("/v1/limits", headers=headers).status_code == 200


@pytest.mark.parametrize(
    ("headers", "allowed"),
    [
        ({}, True),
        ({"origin": "http://127.0.0.1:8080"}, True),
        ({"sec-fetch-site": "same-origin", "origin": "http://127.0.0.1:8080"}, True),
        ({"sec-fetch-site": "none"}, True),
        ({"sec-fetch-site": "same-origin", "origin": "https://cards.example.com"}, True),  # through a proxy
        ({"sec-fetch-site": "cross-site", "origin": "http://127.0.0.1:8080"}, False),
        ({"origin": "https://evil.example"}, False),
        ({"origin": "http://127.0.0.1:9999"}, False),
        ({"origin": "null"}, False),
        ({"sec-fetch-site": "cross-site"}, False),
        ({"sec-fetch-site": "same-site"}, False),
    ],
)
def test_another_sites_page_cannot_change_anything(
    client: TestClient, pipeline: FakePipeline, headers: dict[str, str], allowed: bool
) -> None:
    response = client.post("/v1/verifications", files=[front()], headers=headers)
    deleted = client.delete(f"/v1/verifications/{'0' * 32}", headers=headers)
    if allowed:
        assert response.status_code == 200
        problem(deleted, 404, "not_found")
    else:
        problem(response, 403, "foreign_origin")
        problem(deleted, 403, "foreign_origin")
        assert pipeline.asked == []


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer wrong", "Basic secret", "secret", "Bearer secret2"])
def test_without_the_token_nothing_is_told(start: Start, header: str | None) -> None:
    client = start(api_token="secret")
    headers = {} if header is None else {"authorization": header}
    for method, path in (
        ("GET", "/v1/verifications"),
        ("POST", "/v1/verifications"),
        ("GET", "/metrics"),
        ("GET", "/v1/x"),
    ):
        response = client.request(method, path, headers=headers)
        problem(response, 401, "unauthorized")
        assert response.headers["www-authenticate"] == "Bearer"
    for path in ("/", "/docs", "/healthz", "/readyz"):
        assert client.get(path).status_code == 200


def test_with_the_token_all_is_open(start: Start) -> None:
    client = start(api_token="secret")
    for scheme in ("Bearer", "bearer"):
        assert client.get("/v1/verifications", headers={"authorization": f"{scheme} secret"}).status_code == 200
        assert client.get("/metrics", headers={"authorization": f"{scheme} secret"}).status_code == 200


@pytest.mark.parametrize("path", ["/", "/docs", "/v1/limits", "/healthz", "/static/app.js", "/nothing"])
def test_every_answer_is_guarded(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-frame-options"] == "DENY"
    assert len(headers["x-request-id"]) == 36
    assert headers["cache-control"] == ("no-store" if path in ("/v1/limits", "/nothing") else "no-cache")


@pytest.mark.parametrize("path", ["/", "/docs"])
def test_pages_hold_no_script_or_style_of_their_own(client: TestClient, path: str) -> None:
    text = client.get(path).text
    assert "<style" not in text
    assert " style=" not in text
    assert "<script>" not in text
    assert " onclick" not in text
    assert "//" not in text.replace("http://127.0.0.1", "").replace("<!--", "")


# --- errors of the framework ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nothing", 404, "unknown_path"),
        ("GET", "/v1/verifications/", 404, "unknown_path"),
        ("GET", "/static/nothing.js", 404, "unknown_path"),
        ("GET", "/static/../app.py", 404, "unknown_path"),
        ("PUT", "/v1/verifications", 405, "method_not_allowed"),
        ("GET", "/v1/decisions", 405, "method_not_allowed"),
        ("POST", "/healthz", 405, "method_not_allowed"),
    ],
)
def test_what_the_framework_refuses_is_a_problem_too(
    client: TestClient, method: str, path: str, status: int, code: str
) -> None:
    response = client.request(method, path)
    problem(response, status, code)
    if status == 405:
        assert response.headers["allow"]
