"""Telephone numbers and the address for claims, as they stand in lines of text."""

from __future__ import annotations

from card_text import sheet_of, side

from cardscan.extract.fields import extract
from cardscan.extract.labels import read_sheet


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
