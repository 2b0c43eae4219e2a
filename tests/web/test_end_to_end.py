"""The service with the real pipeline, from real pictures to decisions."""

from __future__ import annotations

import io
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from fastapi.testclient import TestClient
from playwright.sync_api import expect, sync_playwright

from cardscan.pipeline import Pipeline
from cardscan.records import Verification
from cardscan.settings import Settings, load_settings
from cardscan.web import create_app

from .conftest import BASE, live, problem, wait_until
from .test_page import BROWSER_ARGUMENTS

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "cardscan" / "web" / "static" / "sample"
FINISHED = ROOT / "samples" / "finished"
VISIT = {"state": "TX", "date": "2026-03-01", "care": "urgent", "network": "in"}


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return load_settings(data_dir=tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="module")
def pipeline(settings: Settings) -> Iterator[Pipeline]:
    built = Pipeline(settings)
    yield built
    built.close()


@pytest.fixture(scope="module")
def client(settings: Settings, pipeline: Pipeline) -> Iterator[TestClient]:
    with TestClient(create_app(settings, pipeline), base_url=BASE) as running:
        wait_until(lambda: running.get("/readyz").status_code == 200, seconds=120)
        yield running


def part(name: str, data: bytes) -> tuple[str, tuple[str, bytes, str]]:
    return ("images", (name, data, "application/octet-stream"))


def sample() -> list[tuple[str, tuple[str, bytes, str]]]:
    return [part(f"{side}.jpg", (SAMPLE / f"{side}.jpg").read_bytes()) for side in ("front", "back")]


def test_the_sample_card_is_eligible_and_says_why(client: TestClient) -> None:
    response = client.post("/v1/verifications", files=sample(), data=VISIT)
    assert response.status_code == 200, response.text
    found = Verification.model_validate_json(response.content)
    assert found.decision.outcome == "eligible"
    assert found.card.issuer == "kaiser-permanente"
    assert found.card.evidence
    assert found.decision.reasons
    assert all(reason.text for reason in found.decision.reasons)
    assert found.decision.claims is not None
    assert found.decision.claims.payer_id == "62308"
    assert client.get(f"/v1/verifications/{found.id}").content == response.content


def test_in_a_state_of_the_plan_it_is_not_eligible(client: TestClient) -> None:
    response = client.post("/v1/verifications", files=sample(), data={**VISIT, "state": "CA"})
    assert response.json()["decision"]["outcome"] == "not_eligible"


def test_every_finished_sample_is_answered_and_none_is_wrongly_eligible(client: TestClient) -> None:
    cases = [yaml.safe_load(path.read_text()) for path in sorted(FINISHED.glob("*.yaml"))]
    assert cases, "there are no finished samples: run python -m samples"
    for case in cases:
        pictures = [part(one["name"], (FINISHED / one["name"]).read_bytes()) for one in case["pictures"]]
        response = client.post("/v1/verifications", files=pictures, data=VISIT)
        assert response.status_code == 200, (case["id"], response.text)
        found = Verification.model_validate_json(response.content)
        assert found.decision.outcome != "eligible" or "eligible" in case["truth"]["outcomes"], case["id"]


def test_files_that_are_no_pictures(client: TestClient) -> None:
    assert client.post("/v1/verifications", files=[part("a.jpg", b"hello, this is text")]).status_code in (415, 422)
    problem(client.post("/v1/verifications", files=[part("a.jpg", b"")]), 422, "empty_file")
    before = len(client.get("/v1/verifications", params={"limit": 100}).json()["items"])
    response = client.post("/v1/verifications", files=[*sample(), part("bad.jpg", b"")], data=VISIT)
    assert response.status_code == 200
    assert [one["source"] for one in response.json()["problems"]] == ["bad.jpg"]
    assert len(client.get("/v1/verifications", params={"limit": 100}).json()["items"]) == before + 1


def test_a_caller_who_does_not_wait_gets_the_same_answer(client: TestClient) -> None:
    response = client.post("/v1/verifications", files=sample(), data=VISIT, headers={"Prefer": "respond-async"})
    assert response.status_code == 202
    where = response.headers["location"]
    wait_until(lambda: client.get(where).status_code == 200, seconds=60)
    assert client.get(where).json()["decision"]["outcome"] == "eligible"


def test_a_zip_of_two_sides_is_one_card(client: TestClient) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for side in ("front", "back"):
            archive.write(SAMPLE / f"{side}.jpg", f"card_{side}.jpg")
    upload = [("files", ("cards.zip", packed.getvalue(), "application/zip"))]
    where = client.post("/v1/batches", files=upload, data=VISIT).headers["location"]
    wait_until(lambda: client.get(where).json()["state"] == "done", seconds=60)
    body = client.get(where).json()
    assert body["counts"] == {"cards": 1, "done": 1, "failed": 0, "pending": 0}
    assert body["items"][0]["outcome"] == "eligible"


@pytest.mark.parametrize(("state", "outcome"), [("TX", "eligible"), ("CA", "not_eligible")])
def test_the_rules_without_a_picture(client: TestClient, state: str, outcome: str) -> None:
    card = {"issuer": "kaiser-permanente", "kind": "travel", "plan": "HMO", "region": "SCAL"}
    response = client.post("/v1/decisions", json={"card": card, "visit": {**VISIT, "state": state}})
    assert response.status_code == 200
    assert response.json()["outcome"] == outcome


def test_variants_and_rules_are_described(client: TestClient) -> None:
    assert len(client.get("/v1/variants").json()["variants"]) >= 13
    assert client.get("/v1/rules").json()["rules"]


def test_the_page_reads_the_sample_card(settings: Settings, pipeline: Pipeline) -> None:
    program = shutil.which("chromium")
    assert program, "This test needs a browser. Set it up with: apt-get install chromium"
    with sync_playwright() as playwright, live(create_app(settings, pipeline)) as where:
        browser = playwright.chromium.launch(executable_path=program, args=BROWSER_ARGUMENTS)
        page = browser.new_page()
        page.goto(where)
        expect(page.locator("#ready")).to_have_text("Ready", timeout=60_000)
        page.get_by_role("button", name="Try the sample card").click()
        expect(page.locator("[data-outcome]")).to_have_attribute("data-outcome", "eligible", timeout=60_000)
        expect(page.locator("polygon.evidence").first).to_be_attached()
        browser.close()
