"""POST, GET, list, DELETE and corrections of verifications."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from cardscan.errors import CardscanError, DamagedPicture, EngineFailed, NotAPicture, TooManyPixels
from cardscan.records import Verification
from cardscan.settings import Settings

from .conftest import NAME, FakePipeline, Start, Unexpected, front, picture, problem, wait_until

VISIT = {"state": "TX", "date": "2026-03-01", "care": "urgent", "network": "in", "npi": "1234567893"}


def post(client: TestClient, **visit: str) -> str:
    response = client.post("/v1/verifications", files=[front()], data=visit)
    assert response.status_code == 200, response.text
    return str(response.json()["id"])


def test_pictures_and_facts_reach_the_pipeline(client: TestClient, pipeline: FakePipeline) -> None:
    response = client.post("/v1/verifications", files=[front("a.jpg"), front("b.jpg")], data=VISIT)
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json"
    assert response.headers["cache-control"] == "no-store"
    body = response.json()
    assert body["source"] == ["a.jpg", "b.jpg"]
    assert body["decision"]["appeals"]["addresses"][0]["for"] == "authorized-services"
    ((names, visit, as_of),) = pipeline.asked
    assert names == ("a.jpg", "b.jpg")
    assert visit.model_dump(mode="json") == VISIT
    assert as_of == dt.date.today()
    assert all(name.startswith("reader") for name in pipeline.threads)  # never the event loop


def test_the_answer_is_kept_as_it_was_given(client: TestClient) -> None:
    response = client.post("/v1/verifications", files=[front()], data=VISIT)
    kept = client.get(response.headers["content-location"])
    assert kept.status_code == 200
    assert kept.content == response.content
    Verification.model_validate_json(kept.content)


def test_facts_may_be_missing_or_empty(client: TestClient, pipeline: FakePipeline) -> None:
    assert client.post("/v1/verifications", files=[front()], data={"state": "", "care": ""}).status_code == 200
    assert set(pipeline.asked[0][1].model_dump().values()) == {None}


def test_a_bad_picture_among_good_ones_is_reported(client: TestClient) -> None:
    response = client.post("/v1/verifications", files=[front("good.jpg"), front("empty.jpg", b"")])
    assert response.status_code == 200
    assert [one["source"] for one in response.json()["problems"]] == ["empty.jpg"]


@pytest.mark.parametrize("name", ["../../etc/passwd", "C:\\scans\\passwd", "/etc/passwd", "\x1bpasswd"])
def test_a_file_name_is_only_a_name(client: TestClient, pipeline: FakePipeline, name: str) -> None:
    client.post("/v1/verifications", files=[front(name)])
    shown = pipeline.asked[0][0][0]
    assert shown.endswith("passwd")
    assert not set(shown) & set("/\\\x1b")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ({"state": "ZZ"}, "invalid_state"),
        ({"date": "2026-02-30"}, "invalid_date"),
        ({"date": "yesterday"}, "invalid_date"),
        ({"care": "later"}, "invalid_fact"),
        ({"network": "maybe"}, "invalid_fact"),
        ({"npi": "1234567890"}, "invalid_npi"),
        ({"member": NAME}, "unknown_field"),
        ({"images": "not a file"}, "invalid_request"),
        ({"state": "T" * 5000}, "invalid_request"),
    ],
)
def test_a_fact_that_has_no_meaning_is_refused(
    client: TestClient, pipeline: FakePipeline, data: dict[str, str], code: str
) -> None:
    response = client.post("/v1/verifications", files=[front()], data=data)
    problem(response, 422, code)
    assert NAME not in response.text
    assert pipeline.asked == []


def test_a_field_sent_twice_is_refused(client: TestClient) -> None:
    response = client.post("/v1/verifications", files=[front()], data={"state": ["TX", "CA"]})
    problem(response, 422, "invalid_request")


def test_no_picture(client: TestClient) -> None:
    problem(client.post("/v1/verifications", files={"state": (None, "TX")}), 422, "no_picture")
    empty = b'--b\r\ncontent-disposition: form-data; name="images"; filename=""\r\n\r\n\r\n--b--\r\n'
    headers = {"content-type": "multipart/form-data; boundary=b"}  # what a browser sends for an empty file field
    problem(client.post("/v1/verifications", content=empty, headers=headers), 422, "no_picture")


@pytest.mark.parametrize(
    ("error", "status"), [(NotAPicture(), 415), (DamagedPicture(), 422), (TooManyPixels(), 413), (EngineFailed(), 503)]
)
def test_an_error_of_the_pipeline_keeps_its_code_and_status(
    client: TestClient, pipeline: FakePipeline, error: CardscanError, status: int
) -> None:
    pipeline.error = error
    body = problem(client.post("/v1/verifications", files=[front()]), status, error.code)
    assert body["remedy"] == error.remedy
    assert client.get("/v1/verifications").json()["items"] == []  # nothing half stored


def test_an_unforeseen_error_tells_nothing(client: TestClient, pipeline: FakePipeline) -> None:
    pipeline.error = Unexpected(NAME)
    response = client.post("/v1/verifications", files=[front()])
    problem(response, 500, "internal_error")
    assert NAME not in response.text
    assert "Unexpected" not in response.text


def test_a_file_over_the_limit(client: TestClient, pipeline: FakePipeline) -> None:
    problem(client.post("/v1/verifications", files=[front(data=b"x" * 1_000_001)]), 413, "file_too_large")
    assert client.post("/v1/verifications", files=[front(data=b"x" * 1_000_000)]).status_code == 200


def test_more_pictures_than_the_limit(client: TestClient) -> None:
    problem(client.post("/v1/verifications", files=[front()] * 4), 413, "too_many_pictures")


def test_a_body_over_the_limit_is_refused_unread(client: TestClient) -> None:
    headers = {"content-type": "multipart/form-data; boundary=b", "content-length": "999999999"}
    problem(client.post("/v1/verifications", content=b"--b", headers=headers), 413, "body_too_large")


@pytest.mark.parametrize(
    ("content_type", "body", "status", "code"),
    [
        ("application/json", b"{}", 415, "unsupported_body"),
        ("multipart/form-data", b"", 415, "unsupported_body"),
        ("multipart/form-data; boundary=b", b"nonsense", 400, "damaged_upload"),
        ("multipart/form-data; boundary=b", b"", 400, "damaged_upload"),
        (
            "multipart/form-data; boundary=b",
            b'--b\r\ncontent-disposition: form-data; name="images"; filename="a"\r\n\r\nhalf',
            400,
            "damaged_upload",
        ),
        (
            "multipart/form-data; boundary=b",
            b"--b\r\n" + b"x: y\r\n" * 10_000 + b"\r\n\r\n--b--\r\n",
            400,
            "damaged_upload",
        ),
    ],
)
def test_a_body_that_is_no_form(client: TestClient, content_type: str, body: bytes, status: int, code: str) -> None:
    response = client.post("/v1/verifications", content=body, headers={"content-type": content_type})
    problem(response, status, code)


FORM = (
    b'--b\r\nContent-Disposition: form-data; name="images"; filename="a.jpg"\r\nContent-Type: image/jpeg\r\n\r\nx\r\n'
    b'--b\r\nContent-Disposition: form-data; name="state"\r\n\r\nTX\r\n--b--\r\n'
)


@hypothesis_settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    cuts=st.lists(
        st.tuples(st.integers(0, len(FORM)), st.integers(0, 8), st.binary(max_size=8)), min_size=1, max_size=4
    ),
    boundary=st.sampled_from(["b", "b", "b", '"b"', "c", "", "b; charset=x", "=?"]),
)
def test_no_form_however_damaged_is_an_error_of_the_service(
    client: TestClient, cuts: list[tuple[int, int, bytes]], boundary: str
) -> None:
    body = FORM
    for place, length, new in cuts:
        body = body[:place] + new + body[place + length :]
    headers = {"content-type": f"multipart/form-data; boundary={boundary}"}
    response = client.post("/v1/verifications", content=body, headers=headers)
    if response.status_code != 200:
        assert response.status_code in (400, 413, 415, 422), response.text
        problem(response, response.status_code, response.json()["code"])


# --- asynchronous -----------------------------------------------------------------------------------------------------


def test_a_caller_who_does_not_wait(client: TestClient, pipeline: FakePipeline) -> None:
    pipeline.gate.clear()
    response = client.post("/v1/verifications", files=[front()], headers={"Prefer": "respond-async, wait=1"})
    assert response.status_code == 202
    assert response.headers["preference-applied"] == "respond-async"
    where = response.headers["location"]
    pending = client.get(where)
    assert pending.status_code == 202
    assert pending.json() == {"id": response.json()["id"], "status": "pending"}
    problem(client.delete(where), 409, "still_pending")
    pipeline.gate.set()
    wait_until(lambda: client.get(where).status_code == 200)
    assert client.get(where).json()["id"] == response.json()["id"]
    assert client.delete(where).status_code == 200


def test_an_asynchronous_failure_is_told_to_whoever_asks(client: TestClient, pipeline: FakePipeline) -> None:
    for error, status, code in ((NotAPicture(), 415, "not_a_picture"), (Unexpected(NAME), 500, "internal_error")):
        pipeline.error = error
        response = client.post("/v1/verifications", files=[front()], headers={"Prefer": "respond-async"})
        where = response.headers["location"]
        wait_until(lambda where=where: client.get(where).status_code != 202)  # type: ignore[misc]
        problem(client.get(where), status, code)


# --- fetching, listing, deleting --------------------------------------------------------------------------------------


@pytest.mark.parametrize("record_id", ["0" * 32, "x", "0" * 31, "..%2f..%2fetc", "%00"])
def test_an_unknown_id(client: TestClient, record_id: str) -> None:
    assert client.get(f"/v1/verifications/{record_id}").json()["code"] in ("not_found", "unknown_path")
    assert client.delete(f"/v1/verifications/{record_id}").status_code == 404
    assert client.get(f"/v1/verifications/{record_id}/corrections").status_code == 404


def test_the_list_is_paged_by_a_cursor(client: TestClient) -> None:
    made = [post(client) for _ in range(5)]
    seen: list[str] = []
    query: dict[str, str] = {"limit": "2"}
    while True:
        page = client.get("/v1/verifications", params=query).json()
        seen += [one["id"] for one in page["items"]]
        if page["next_cursor"] is None:
            break
        query["cursor"] = page["next_cursor"]
    assert seen == made[::-1]


def test_the_list_is_filtered(client: TestClient) -> None:
    post(client)
    today = dt.datetime.now(dt.UTC).date()
    yesterday = today - dt.timedelta(days=1)
    for query, count in (
        ({"outcome": "eligible", "issuer": "kaiser-permanente", "variant": "travel", "region": "SCAL"}, 1),
        ({"outcome": "call"}, 0),
        ({"region": "NCAL"}, 0),
        ({"created_from": str(today)}, 1),
        ({"created_to": str(today)}, 1),
        ({"created_to": str(yesterday)}, 0),
        ({"created_from": f"{today}T00:00:00+00:00"}, 1),
        ({"created_to": f"{today}T00:00:00Z"}, 0),
    ):
        assert len(client.get("/v1/verifications", params=query).json()["items"]) == count, query
    assert len(client.get(f"/v1/verifications?created_from={today}T00:00:00+00:00").json()["items"]) == 1


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("cursor=made-up", 400, "invalid_cursor"),
        ("limit=0", 422, "invalid_request"),
        ("limit=101", 422, "invalid_request"),
        ("limit=many", 422, "invalid_request"),
        ("outcome=CANARY", 422, "invalid_request"),
        ("created_from=CANARY", 422, "invalid_date"),
        ("created_to=9999-12-31", 422, "invalid_date"),
        ("outcom=eligible", 422, "unknown_field"),
    ],
)
def test_a_query_that_has_no_meaning_is_refused(client: TestClient, query: str, status: int, code: str) -> None:
    response = client.get(f"/v1/verifications?{query}")
    problem(response, status, code)
    assert "CANARY" not in response.text


def test_a_deletion_gives_a_receipt_once(start: Start, settings: Settings) -> None:
    client = start(keep_pictures=True)
    record_id = post(client)
    client.post(f"/v1/verifications/{record_id}/corrections", json={"corrections": {"rx_bin": "003585"}})
    assert len(list((settings.data_dir / "pictures").iterdir())) == 1
    response = client.delete(f"/v1/verifications/{record_id}")
    assert response.status_code == 200
    receipt = response.json()
    assert (receipt["id"], receipt["kind"]) == (record_id, "verification")
    assert receipt["removed"] == {"verifications": 1, "pictures": 1, "corrections": 1}
    assert set(receipt) == {"receipt", "id", "kind", "deleted_at", "removed", "overwritten"}
    assert receipt["overwritten"] is True
    problem(client.get(f"/v1/verifications/{record_id}"), 404, "not_found")
    problem(client.delete(f"/v1/verifications/{record_id}"), 404, "not_found")
    assert list((settings.data_dir / "pictures").iterdir()) == []


def test_pictures_are_not_kept_unless_asked_for(client: TestClient, settings: Settings) -> None:
    canary = b"PIXELS-OF-A-CARD" * 70_000  # larger than what a form parser usually holds in memory
    client.post("/v1/verifications", files=[front(data=canary[:1_000_000])])
    assert not (settings.data_dir / "pictures").exists()
    for file in settings.data_dir.rglob("*"):
        assert b"PIXELS-OF-A-CARD" not in file.read_bytes(), file.name


# --- corrections ------------------------------------------------------------------------------------------------------


def test_corrections_are_added_and_listed(client: TestClient) -> None:
    record_id = post(client)
    before = client.get(f"/v1/verifications/{record_id}").content
    wanted = {"corrections": {"member_name": NAME, "region": None}, "note": "seen on the card"}
    response = client.post(f"/v1/verifications/{record_id}/corrections", json=wanted)
    assert response.status_code == 201
    assert response.json().items() >= wanted.items()
    listed = client.get(f"/v1/verifications/{record_id}/corrections").json()["items"]
    assert listed == [response.json()]
    assert client.get(f"/v1/verifications/{record_id}").content == before


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        "text",
        {"corrections": {}},
        {"corrections": {"rx_bin": 3585}},
        {"corrections": {NAME: "x"}},
        {"corrections": {"member_nane": "x"}},
        {"corrections": {"rx_bin": "1"}, NAME: 1},
        {"corrections": {"rx_bin": "x" * 501}},
        {"corrections": {"rx_bin": "1"}, "note": "x" * 2001},
        {"corrections": {f"f{number}": "1" for number in range(51)}},
    ],
)
def test_a_correction_that_has_no_meaning_is_refused(client: TestClient, body: object) -> None:
    record_id = post(client)
    response = client.post(f"/v1/verifications/{record_id}/corrections", json=body)
    problem(response, 422, "invalid_request")
    assert NAME not in response.text


@pytest.mark.parametrize(
    ("body", "kind", "status", "code"),
    [
        (b"{", "application/json", 400, "damaged_upload"),
        (b"[" * 50_000, "application/json", 400, "damaged_upload"),
        (b'{"corrections": NaN}', "application/json", 400, "damaged_upload"),
        (b"\xff\xfe", "application/json", 400, "damaged_upload"),
        (b" " * 65_537, "application/json", 413, "body_too_large"),
        (b"{}", "text/plain", 415, "unsupported_body"),
        (b"{}", "", 415, "unsupported_body"),
    ],
)
def test_a_body_that_is_no_json(client: TestClient, body: bytes, kind: str, status: int, code: str) -> None:
    headers = {"content-type": kind} if kind else {}
    for path in (f"/v1/verifications/{'0' * 32}/corrections", "/v1/decisions"):
        problem(client.post(path, content=body, headers=headers), status, code)


def test_a_correction_of_nothing(client: TestClient) -> None:
    response = client.post(f"/v1/verifications/{'0' * 32}/corrections", json={"corrections": {"rx_bin": "1"}})
    problem(response, 404, "not_found")


def test_the_body_is_one_line_of_json(client: TestClient) -> None:
    text = client.post("/v1/verifications", files=[front(data=picture("red"))]).text
    assert "\n" not in text
    json.loads(text)
