"""The page in a real browser: from the pictures to the decision, by mouse and by keyboard, wide and narrow."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FilePayload, Page, Playwright, expect, sync_playwright

from cardscan.errors import NotAPicture
from cardscan.settings import Settings
from cardscan.web import create_app

from .conftest import NAME, FakePipeline, live, picture

BROWSER_ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    program = shutil.which("chromium")
    if program is None:
        pytest.fail("These tests need a browser. Set it up with: apt-get install chromium")
    running = playwright.chromium.launch(executable_path=program, args=BROWSER_ARGUMENTS)
    yield running
    running.close()


@pytest.fixture
def address(settings: Settings, pipeline: FakePipeline) -> Iterator[str]:
    with live(create_app(settings, pipeline)) as where:
        yield where


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """The page, freshly opened. No test may leave an error in its console or ask another machine for anything."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(10_000)
    opened = context.new_page()
    faults: list[str] = []
    opened.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    opened.on("pageerror", lambda error: faults.append(str(error)))
    opened.on("request", lambda asked: faults.append(asked.url) if not is_own(asked.url, address) else None)
    opened.goto(address)
    expect(opened.locator("#ready")).to_have_text("Ready")
    yield opened
    assert [fault for fault in faults if "status of 4" not in fault] == []
    context.close()


def is_own(url: str, address: str) -> bool:
    return url.startswith((address, "blob:" + address))


def choose(page: Page, *names: str) -> None:
    page.set_input_files("#files", [FilePayload(name=name, mimeType="image/jpeg", buffer=picture()) for name in names])


def test_the_sample_card_leads_to_a_decision(page: Page, pipeline: FakePipeline) -> None:
    page.get_by_role("button", name="Try the sample card").click()
    verdict = page.locator("[data-outcome]")
    expect(verdict).to_have_attribute("data-outcome", "eligible")
    expect(verdict).to_contain_text("Eligible")
    expect(page.locator("#status")).to_contain_text("Eligible")
    expect(page.locator("[data-reason]")).to_have_count(1)
    expect(page.get_by_role("link", name="888-831-0761")).to_have_attribute("href", "tel:8888310761")
    expect(page.locator("[data-field=member_id] .value")).to_have_text("0012345678")
    expect(page.locator(".canvas img")).to_have_count(2)
    expect(page.locator(".canvas polygon.outline")).to_have_count(2)
    ((names, visit, _),) = pipeline.asked
    assert names == ("picture-1.jpg", "picture-2.jpg")
    assert (visit.state, str(visit.date), visit.care, visit.network) == ("TX", "2026-03-01", "urgent", "in")


def test_own_pictures_are_sent_without_their_names(page: Page, pipeline: FakePipeline, address: str) -> None:
    choose(page, "JANE DOE front.jpg", "JANE DOE back.jpg")
    expect(page.locator("#list li")).to_have_count(2)
    page.get_by_label("State of service").select_option("TX")
    page.get_by_label("Emergency", exact=True).check()
    page.get_by_role("button", name="Verify the card").click()
    expect(page.locator("[data-outcome]")).to_be_visible()
    assert pipeline.asked[0][0] == ("picture-1.jpg", "picture-2.jpg")
    assert (pipeline.asked[0][1].state, pipeline.asked[0][1].care) == ("TX", "emergency")
    assert page.url == f"{address}/"
    assert page.evaluate("localStorage.length + sessionStorage.length + document.cookie.length") == 0


def test_it_can_be_used_by_keyboard_alone(page: Page) -> None:
    choose(page, "front.jpg")
    page.get_by_label("State of service").focus()
    page.keyboard.type("Tex")
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "verify":
            break
    page.keyboard.press("Enter")
    expect(page.locator("[data-outcome]")).to_be_visible()
    assert page.evaluate("document.activeElement.id") == "result"
    page.keyboard.press("Tab")
    for _ in range(10):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.className") == "show":
            break
    expect(page.locator("polygon.on")).to_have_count(1)


def test_a_refused_file_says_why_next_to_it(page: Page, pipeline: FakePipeline) -> None:
    pipeline.error = NotAPicture()
    choose(page, "letter.jpg")
    page.get_by_role("button", name="Verify the card").click()
    expect(page.locator("#list .fault")).to_contain_text(NotAPicture.remedy)
    expect(page.locator("[data-code=not_a_picture]")).to_contain_text(NotAPicture.title)
    pipeline.error = None
    page.get_by_role("button", name="Verify the card").click()
    expect(page.locator("[data-outcome]")).to_be_visible()
    expect(page.locator("#list .fault")).to_have_count(0)


def test_pictures_can_be_removed_and_none_is_asked_for(page: Page) -> None:
    choose(page, "a.jpg", "b.jpg")
    page.get_by_role("button", name="Remove picture 1").click()
    page.get_by_role("button", name="Remove picture 1").click()
    expect(page.locator("#list li")).to_have_count(0)
    page.get_by_role("button", name="Verify the card").click()
    expect(page.locator(".fault-box")).to_contain_text("No picture was chosen.")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 768, 1280])
def test_nothing_is_cut_off_at_any_width(page: Page, width: int, scheme: str, tmp_path: Path) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.get_by_role("button", name="Try the sample card").click()
    expect(page.locator("[data-outcome]")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    unnamed = page.evaluate(
        """[...document.querySelectorAll("button, a, input, select")].filter((one) =>
             !(one.labels?.length || one.textContent.trim() || one.getAttribute("aria-label"))).length"""
    )
    assert unnamed == 0


def test_a_service_with_a_token_asks_for_it(browser: Browser, settings: Settings, pipeline: FakePipeline) -> None:
    guarded = settings.model_copy(update={"api_token": "secret"})
    with live(create_app(guarded, pipeline)) as where:
        page = browser.new_page()
        page.goto(where)
        page.get_by_role("button", name="Try the sample card").click()
        expect(page.locator("[data-code=unauthorized]")).to_be_visible()
        page.get_by_label("Token of this service").fill("secret")
        page.get_by_role("button", name="Verify the card").click()
        expect(page.locator("[data-outcome]")).to_be_visible()
        page.close()


def test_the_api_is_described_on_a_page(browser: Browser, address: str) -> None:
    page = browser.new_page()
    page.goto(f"{address}/docs#error-busy")
    expect(page.locator("#error-busy")).to_be_visible()
    operation = page.locator("details", has_text="Verify a card from pictures")
    operation.locator("summary").click()
    expect(operation).to_contain_text("respond-async")
    assert NAME not in page.content()
    page.close()
