"""Telephone numbers and the address for claims, as they stand in lines of text."""

from __future__ import annotations

import pytest
from card_text import field_of, line_at, sheet, sheet_of, side

from cardscan.extract.fields import extract
from cardscan.extract.labels import read_sheet
from cardscan.layout import View


def test_phones_and_the_claims_address() -> None:
    view = side(
        "Member Services 1-800-555-0141", "Providers (888) 831.0761",
        "Send claims to: Cigna Medical Claims, P.O. Box", "188061, Chattanooga, TN 37422-8061. Payer ID 62308.",
    )  # fmt: skip
    fields = extract([read_sheet(view)])
    assert fields["phones"].value == "800-555-0141; 888-831-0761"
    assert fields["claims_address"].value == "Cigna Medical Claims, P.O. Box 188061, Chattanooga, TN 37422-8061"
    assert fields["payer_id"].value == "62308"


def test_a_number_broken_over_two_lines_is_one() -> None:
    view = side(
        "Send claims to P.O. Box 188061, Chattanooga, TN 37422-", "8061. Or call 1-888-831-", "0761 at any hour"
    )
    fields = extract([read_sheet(view)])
    assert fields["claims_address"].value == "P.O. Box 188061, Chattanooga, TN 37422-8061"
    assert fields["phones"].value == "888-831-0761"


def test_a_claims_address_gets_back_the_spaces_that_readers_lose() -> None:
    fields = extract(
        [sheet_of("Send claims to: Cigna Medical Claims,P.0.Box188061,Chattanooga,TN37422-8061.Payer ID 62308")]
    )
    assert fields["claims_address"].value == "Cigna Medical Claims, P.O. Box 188061, Chattanooga, TN 37422-8061"


MEDICAL = "PO Box 188061, Chattanooga, TN 37422"


@pytest.mark.parametrize(
    "lines",
    [
        ("Pharmacy claims: Scripts, PO Box 509108, San Diego, CA 92150", f"Medical claims: {MEDICAL}"),
        ("Send dental claims to PO Box 5, Austin, TX 78701", f"Send medical claims to {MEDICAL}"),
        ("Send dental", "claims to PO Box 5, Austin, TX 78701", f"Send medical claims to {MEDICAL}"),
        ("To appeal a denied claim write to: PO Box 1809, Albany, NY 12201", f"Claims: {MEDICAL}"),
        ("Other claims: PO Box 5, Austin, TX 78701", f"Medical claims: {MEDICAL}"),
        (f"Rx claims: see front. Medical claims: {MEDICAL}",),
        (f"Mail medical and dental claims to {MEDICAL}",),
        ("Send claims to:", "PO Box 188061,", "Chattanooga, TN 37422", "Pharmacy: PO Box 5, Austin, TX 78701"),
    ],
)
def test_the_claims_address_is_that_of_medical_claims(lines: tuple[str, ...]) -> None:
    assert field_of(side(*lines), "claims_address").value == MEDICAL


@pytest.mark.parametrize(
    "lines",
    [
        ("Pharmacy claims: Scripts, PO Box 509108, San Diego, CA 92150",),
        ("To appeal a denied claim write to: PO Box 1809, Albany, NY 12201",),
        ("Claims: see the front", "Appeals: PO Box 1809, Albany, NY 12201"),
        ("Claims: PO Box 188061", "Chattanooga TN", "PCP: LA 12345"),
    ],
)
def test_no_address_is_better_than_another(lines: tuple[str, ...]) -> None:
    assert field_of(side(*lines), "claims_address").value is None


@pytest.mark.parametrize("left", [0, 30])
def test_a_claims_address_in_a_column_of_its_own(left: int) -> None:
    claims = ("Claims address:", "Cigna", "PO Box 188061", "Chattanooga", "TN 37422")
    appeals = ("Appeals:", "Appeals Unit", "PO Box 1809", "Albany", "NY 12201")
    rows = [
        (x, i, text)
        for i, row in enumerate(zip(claims, appeals, strict=True))
        for x, text in zip((left, 30 - left), row, strict=True)
    ]
    found = field_of(sheet(*rows), "claims_address")
    assert found.value == "Cigna PO Box 188061 Chattanooga TN 37422"
    assert found.box is not None
    (x, y), _, (right, bottom), _ = found.box
    assert (x, y, bottom) == (40 + 15 * left, 90, 274)
    assert right < x + 15 * 14


def test_phones_are_as_sure_as_the_worst_and_none_is_given_that_was_hardly_read() -> None:
    lines = [line_at(f"Call 800-555-014{i}", 40, 40 + 50 * i, sure) for i, sure in enumerate((0.99, 0.6, 0.4))]
    found = field_of(View(0, tuple(lines)), "phones")
    assert (found.value, found.confidence) == ("800-555-0140; 800-555-0141", 0.6)
    assert found.box == ((40, 40), (295, 40), (295, 124), (40, 124))


@pytest.mark.parametrize("text", ["1—888—831—0761", "1-888-831-0761", "888–831–0761"])
def test_a_number_with_dashes_of_any_length(text: str) -> None:
    assert field_of(side(f"Call {text}"), "phones").value == "888-831-0761"
