"""Cards that say, in words that no list holds, that their member has no access: never a yes."""

from __future__ import annotations

import pytest
from card_text import card
from classify.test_adversarial import (
    BROAD,
    CIGNA_BACK,
    CLAIMS,
    LIMITED,
    MEMBER,
    NO_GUARANTEE,
    PROVIDERS,
    front,
    outcome,
)

from cardscan.classify.catalogue import load_catalogue
from cardscan.classify.match import match

PPO = front("PPO Plan - Colorado")
HMO = front("HMO")


@pytest.mark.parametrize(
    "sentence",
    [
        "This member may not receive services through the Cigna PPO Network.",
        "This member is not among those who may use the Cigna PPO Network.",
        "Use of the Cigna PPO Network is prohibited.",
        "Your employer has declined the Cigna PPO Network.",
        "Networks not included with this plan: PHCS, MultiPlan, Cigna PPO Network.",
        "Neither PHCS nor the Cigna PPO Network may be used.",
        "Cigna PPO Network access: waived by the group.",
        "Cigna PPO Network access begins 01/01/2028.",
        "Cigna PPO Network access through 12/31/2024 only.",
        "Services by Cigna PPO Network providers will be denied.",
        "The Cigna PPO Network is closed to this group.",
        "The Cigna PPO Network was replaced by First Health on 01/01/2025.",
        "Access to the Cigna PPO Network is on hold.",
        "Nobody on this plan may be seen in the Cigna PPO Network.",
        "The Cigna PPO Network will be added to this plan at renewal.",
        "Cigna PPO Network: groups of 500 and up; this group does not qualify.",
        "Kaiser Permanente will not pay for services by Cigna PPO Network providers.",
        "TheCignaPPONetworkisexcluded.",
        "This network is not available to you.",
        "Cigna PPO Network. Not for this group.",
        "Your employer considered the Cigna PPO Network. It did not buy it.",
        "Access denied",
        "V O I D",
        "Do not use!",
        "Expired.",
        "Old card",
        "TEST CARD",
        "This is not an ID card",
        "Pharmacy card only",
        "Visitor badge",
        "Remittance advice",
        "Proof of loss of coverage",
        "You pay 100% at Cigna PPO Network providers.",
        "Ask about adding the Cigna PPO Network to your plan.",
        "Cigna PPO Network providers may treat you only if approved; otherwise the Cigna PPO Network is barred to you.",
        "As of July 2025 Cigna has been succeeded by MultiPlan.",
        "We have moved from Cigna to First Health.",
        "First Health takes over from Cigna on your renewal.",
        "Kindly disregard any reference to Cigna on this card.",
        "The contract with Cigna came to a close on 3/31/2025.",
        "Cigna PPO Network access sunsets with your group.",
        "Cigna PPO Network: subscriber and spouse only.",
        "The Cigna PPO Network applies to dialysis claims alone.",
        "Cigna PPO Network: grandfathered members.",
        "Cigna PPO Network: benefit exhausted.",
        "The Cigna PPO Network requires the travel endorsement, sold separately.",
        "Call your employer to find out whether Cigna applies to you.",
        "Cigna participation: N",
        "The Cigna wrap network is absent from this plan.",
        "Cigna PPO Network providers are out-of-plan.",
        "C i g n a PPO Network privileges lapse when the member moves.",
        "Cigna PPO Network providers are considered non-participating providers.",
        "Policy lapsed for non-payment",
        "This account is closed.",
        "For demonstration. Fictitious member.",
        "This is a keepsake and not an identification card.",
        "Benefits are paid from the assets of your employer; KPIC processes claims.",
        "KPIC is the claims payer only.",
    ],
)
def test_any_denial_of_the_network_is_a_call(sentence: str) -> None:
    assert outcome(PPO, (*BROAD, sentence)) == "call"
    assert outcome(HMO, (*LIMITED, sentence)) == "call"


@pytest.mark.parametrize(
    "sentence",
    [
        "Cigna is an independent company and not affiliated with Kaiser Foundation Health Plan, Inc.",
        "No payment is required from the member until the claim is priced by Cigna and paid by Kaiser Permanente.",
        "In states where Kaiser Permanente does not operate, use the Cigna PPO Network.",
        "This card is not valid after coverage ends.",
        "Coverage ends on the date your group terminates.",
        "Rx ID",
        "Old cards should be destroyed.",
        "Pediatric dental is provided by Delta Dental of Colorado.",
        "If you have other coverage, including Medicare, tell your provider.",
        "Cigna PPO Network providers: 888-831-0761. This card is not a guarantee of coverage.",
        "Not available to members of Kaiser Foundation Health Plan of Washington.",
        "Members call CA 1-800-464-4000, CO 1-800-632-9700, GA 1-888-865-5813, WA 1-888-901-4636",
        "Cigna PPO Network wherever there is no Kaiser Permanente facility.",
        "Do not collect payment before the claim is priced by Cigna.",
        "The Cigna PPO Network is not available in Kaiser Permanente states.",
        "The Cigna PPO Network is not available to Medicare members.",
        "All Cigna products are provided exclusively by or through operating subsidiaries of Cigna Corporation.",
        "Cigna does not insure or administer this plan.",
        "This card is void if altered. Coverage ends when membership ends.",
        "Pharmacy: MedImpact. RxBIN 003585 RxPCN 56000",
        "Plan ID: 40513CO0390012",
        "Ask about your plan's advance directive options.",
        "If you are injured and not in a state where Kaiser Permanente operates, use the Cigna PPO Network.",
        "No referral is needed for Cigna PPO Network providers.",
        "Not sure whether your doctor is in the Cigna PPO Network? Call us.",
        "Cigna is an independent company that gives access to its network. It does not insure or administer the plan.",
        "Neither Cigna nor its affiliates insure, administer or guarantee these benefits.",
        "Cigna PPO Network providers: members owe nothing at the visit.",
        "If a Cigna PPO Network provider bills you, do not pay it and call us.",
        "Prior authorization is waived for emergency services by Cigna PPO Network providers.",
        "Cigna is not responsible for eligibility or benefit determinations.",
        "Inside Kaiser Permanente states the Cigna PPO Network does not apply.",
        "The Cigna PPO Network is excluded inside Kaiser Permanente states.",
        "Dental and vision care are not provided by Cigna.",
        "Cigna is a separate company and bears no insurance risk.",
        "Call Cigna without delay if you cannot reach us. Report a lost card to Cigna customer service.",
    ],
)
def test_what_stands_beside_the_name_without_denying_it(sentence: str) -> None:
    assert outcome(PPO, (*BROAD, sentence)) == "eligible"


@pytest.mark.parametrize(
    "line",
    [
        *("Providers: do not bill Original Medicare.", "Do not submit claims to Medicare for this member."),
        *("Except in an emergency, Medicare covers only care by plan providers.", "M E D I C A R E member", "Medicade"),
        *("This card does not guarantee Medi-Cal eligibility.", "Medi•Cal", "Title XVIII"),
        "Medicaid members may not be balance billed; you are excluded from cost sharing.",
        *(
            "Health Plan of WA Options, Inc.",
            "As an OHP member you owe nothing for this visit to a doctor of your own.",
        ),
        *("Kaiser Permanente, Wash. state", "Washington, Bronze", "Issued by KFHP Wash."),
        *("Not a participating EPO plan.", "Non-participating EPO"),
    ],
)
def test_an_excluded_product_in_a_sentence_is_never_eligible(line: str) -> None:
    assert outcome(HMO, (*LIMITED, line)) != "eligible"


@pytest.mark.parametrize(
    "lines",
    [
        ("Other coverage: Medicare",),
        ("Other health coverage: Medi-Cal",),
        ("Kaiser Permanente Medicare / Medicaid Plan",),
        ("MediCal Recipient",),
        ("Medicar Insurance",),
        ("Medicare Part D plan, creditable coverage included",),
        ("Rx coverage not available for this plan", "Kaiser Permanente Washington"),
        ("Vision not available for this plan", "State of Washington"),
        ("Non-emergency care is not available for dependents", "Kaiser Foundation Health Plan of Washington"),
        ("Dental / Vision", "UnitedHealthcare"),
        ("Medical/Dental/Vision Aetna",),
        ("This network may not be used until 01/01/2028.",),
        ("This card is not valid after December 2024.",),
        ("This card may not be used until the rider is bought.",),
    ],
)
def test_what_is_set_aside_hides_nothing_that_excludes(lines: tuple[str, ...]) -> None:
    assert outcome(HMO, (*LIMITED, *lines)) != "eligible"
    assert outcome((*HMO, *lines), LIMITED) != "eligible"


@pytest.mark.parametrize(
    "lines",
    [
        ("Benefits end if coverage has been", "terminated."),
        ("Alteration makes this card", "void."),
        ("Discard your", "old card."),
        ("See your Summary of Benefits or", "Evidence of Coverage for details"),
        ("Dental", "Not covered"),
        ("Rx card",),
        ("Employee ID",),
        ("Send claims to Cigna. No faxes please.",),
        ("Cigna PPO Network. This card is not transferable.",),
    ],
)
def test_the_last_line_of_a_sentence_is_no_stamp(lines: tuple[str, ...]) -> None:
    assert outcome(PPO, (*BROAD, *lines)) == "eligible"
    assert outcome(HMO, (*LIMITED, *lines)) == "eligible"


@pytest.mark.parametrize(
    "name",
    [
        "José A. Washington",
        "Dmitri Washington Jr",
        "WASHINGTON JR, NGOC T",
        "Washington, Aaliyah A",
        "Subscriber: Ana Washington",
    ],
)
def test_a_name_that_only_a_person_can_have(name: str) -> None:
    assert outcome((*HMO, name), LIMITED) == "eligible"
    assert outcome(("KAISER PERMANENTE", "Washington", "HMO", name, *MEMBER), LIMITED) != "eligible"


def test_a_denial_on_a_side_that_lost_its_full_stops_is_judged_by_itself() -> None:
    lines = (
        "Underwritten by KPIC. PHCS (KP states). Cigna PPO Network (all other states)",
        "Cigna providers:888-831-0761. Claims: Cigna, PO Box188061,Chattanooga,TN 37422",
        "Payer ID 62308",
        "This group has chosenlocal providers ov er the Cigna PPO Network",
        "Appointments, advice and prescriptions:kp.org or the Kaiser Permanente app",
        "Please present this card with a photo ID at each visit. Finder, dr op in any mailbox; return",
        "postage guaranteed",
    )
    assert outcome(PPO, lines) != "eligible"
    assert outcome(PPO, (*lines[:3], *lines[4:])) == "eligible"


def test_labels_over_their_values_are_no_sentence() -> None:
    rows = ("cigna healthcare", "POS Open Access", "ID", "U83231964", "PCN", "Coverage Effective", "28-Sep-2023")
    assert "limit" not in {find.meaning.attribute for find in match(card(rows), load_catalogue())}


def test_a_network_that_is_not_open_to_medicare_members_excludes_nobody_else() -> None:
    assert outcome(HMO, (*LIMITED, "Not available to Medicare or Medicaid members.")) == "eligible"


@pytest.mark.parametrize("tiers", ["Tiers I, II and III.", "Copay by tier: T1 $20 T2 $40 T3 50%", ""])
def test_a_northwest_pos_plan_without_its_number_of_tiers_is_never_eligible(tiers: str) -> None:
    assert outcome(front("POS - Northwest"), (*LIMITED, tiers)) != "eligible"


_KP = "KAISER PERMANENTE"
_TITLE = "PPO Plan - Colorado"


@pytest.mark.parametrize(
    ("titles", "back"),
    [
        (("Paramount", "POS Plan"), ("Outside of Ohio: Cigna Healthcare PPO Network.", "Referrals: your PCP.")),
        (("Cigna", "Dental Care Access POS"), CIGNA_BACK),
        (("Cigna Dental Care", "Point of Service (POS)"), CIGNA_BACK),
        (("Pinnacle Claims", "PPO Plan - Southern California"), ("Cigna Healthcare PPO Network. See kp.org", CLAIMS)),
        (
            ("Cigna Healthcare", "PPO Plan (KPPP)", "Employer: Kaiser Permanente"),
            ("Region: Southern California. kphr.kp.org", "Use Cigna PPO Network providers."),
        ),
        (("Gravie", "PPO Plan"), BROAD),
        ((_KP, "Indemnity Plan - Northern California"), BROAD),
        ((_KP, "HMO - Georgia"), ("Dental: Cigna PPO Network, 1-800-244-6224.", NO_GUARANTEE)),
        ((_KP, _TITLE), (*BROAD, "Benefits are payable from the general assets of Acme.")),
        ((_KP, _TITLE, "EXPIRED"), BROAD),
        ((_KP, _TITLE, "SAMPLE"), BROAD),
    ],
)
def test_cards_that_are_not_what_their_words_resemble(titles: tuple[str, ...], back: tuple[str, ...]) -> None:
    assert outcome((*titles, *MEMBER), back) != "eligible"
    assert outcome((_KP, _TITLE, *MEMBER), BROAD) == "eligible"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Member Name: BEATRIX E. PARK", "Member Name: DWAYNE F. HOLLINGSWORTH"),  # an initial is no name in common
        ("Group Number: 123456-0001", "Member Name: KIMBERLY LI"),  # the front shows no such person
    ],
)
def test_two_peoples_cards_are_never_eligible(first: str, second: str) -> None:
    lines = ("KAISER PERMANENTE", "PPO Plan - Colorado", first, "RxBIN: 003585", "STEFAN GOLDFARB")
    assert outcome(lines, (second, *BROAD)) == "call"


def test_a_front_is_no_sentence_and_its_members_name_is_not_quoted() -> None:
    lines = ("KAISER PERMANENTE", "Cigna PPO Network", "PPO Plan - Colorado", *MEMBER, "PCP: None", "Dental: No")
    assert outcome(lines, BROAD) == "eligible"


def test_a_member_called_washington_is_of_no_region() -> None:
    lines = ("KAISER PERMANENTE", "HMO", "Member Name", "Thomas Washington", *MEMBER[1:])
    assert outcome(lines, LIMITED) == "eligible"
    assert outcome(("KAISER PERMANENTE", "HMO", "Washington, Core", *MEMBER), (PROVIDERS, *LIMITED)) != "eligible"
