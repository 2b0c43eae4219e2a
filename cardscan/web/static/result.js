// Draws an answer: the decision first, then why, what to do, what the card says, and the pictures with what was found.

const SVG = "http://www.w3.org/2000/svg";

/** An HTML element with attributes and children; children that are null or false are left out. */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

const OUTCOMES = {
  eligible: { words: "Eligible", icon: ["M24 4a20 20 0 1 0 0 40 20 20 0 0 0 0-40z", "M15 24.5l6.5 6.5L34 18"],
    about: "The card gives access and nothing that is known speaks against it. A card is no guarantee of coverage." },
  not_eligible: { words: "Not eligible", icon: ["M24 4a20 20 0 1 0 0 40 20 20 0 0 0 0-40z", "M17 17l14 14M31 17L17 31"],
    about: "Something certain speaks against it, on the card or in the visit: the reasons are below." },
  call: { words: "Call first", icon: ["M14 7h6l3 9-4 3a22 22 0 0 0 10 10l3-4 9 3v6a4 4 0 0 1-4 4A31 31 0 0 1 10 11a4 4 0 0 1 4-4z"],
    about: "The card alone does not settle it. Ask the plan before you rely on it." },
  retake: { words: "Take the picture again", icon: ["M6 15h8l4-6h12l4 6h8v24H6z", "M24 20a7 7 0 1 0 0 14 7 7 0 0 0 0-14z"],
    about: "The card could not be read well enough to decide." },
};
const NEXT = {
  front: "Photograph the front of the card.",
  back: "Photograph the back of the card: the sentence that decides is there.",
  same_side_again: "Photograph the same side again: flat, sharp, without glare, the whole card in the picture.",
};
const COVERED = {
  "emergency-and-urgent": "Emergency and urgent care",
  "most-covered-services": "Most covered services",
  "plan-terms": "As the plan's terms say",
};
const COLLECT = {
  no: "Collect nothing from the member",
  "after-eligibility-determined": "Collect the cost share only after eligibility is determined",
  "with-estimate": "Collect with an estimate",
};
const MISSING = { state: "state of service", date: "date of service", care: "kind of care", network: "whether the provider is in network" };
const APPEALS = { "authorized-services": "Authorized services", "emergency-services": "Emergency services" };
const KINDS = { physical: "physical card", travel: "travel card", digital: "digital card" };
const ISSUERS = { "kaiser-permanente": "Kaiser Permanente", cigna: "Cigna", other: "another issuer" };
const STATUSES = { valid: "valid", invalid: "not valid", unchecked: "not checked", not_found: "not found" };
const SPECIAL = { id: "ID", rx: "Rx", bin: "BIN", pcn: "PCN", npi: "NPI", pcp: "PCP" };

/** Says that the card is being read. */
export function showWorking(place, count) {
  place.replaceChildren(element("div", { class: "working" },
    element("div", { class: "spinner", "aria-hidden": "true" }),
    element("p", {}, `Reading ${count === 1 ? "one picture" : `${count} pictures`} …`)));
}

/** Shows a problem with its remedy. */
export function showFault(place, problem) {
  place.replaceChildren(element("div", { class: "panel fault-box", "data-code": problem.code ?? "" },
    element("h2", {}, problem.title),
    problem.detail && problem.detail !== problem.title && element("p", {}, problem.detail),
    problem.remedy && element("p", {}, problem.remedy),
    problem.instance && element("p", { class: "quiet small" }, `Request ${problem.instance.replace("urn:uuid:", "")}`)));
}

/** Shows a verification. `pictures` maps the names that were sent to the files. Gives a sentence to be read aloud. */
export function showVerification(place, verification, pictures) {
  const views = viewsOf(verification, pictures);
  place.replaceChildren(...[
    verdict(verification),
    problems(verification, pictures),
    why(verification),
    toDo(verification.decision),
    fields(verification, views),
    views.panel,
    footing(verification),
  ].filter(Boolean));
  const outcome = OUTCOMES[verification.decision.outcome];
  const next = NEXT[verification.decision.next_capture] ?? "";
  return `${outcome.words}. ${next || outcome.about}`;
}

function verdict({ card, decision }) {
  const outcome = OUTCOMES[decision.outcome];
  const next = NEXT[decision.next_capture];
  const tags = [
    ISSUERS[card.issuer], card.plan, card.region, KINDS[card.kind],
    card.variant && `${card.variant} · ${percent(card.confidence)}`,
    card.exclusion && `excluded: ${card.exclusion}`, card.funding,
  ].filter(Boolean);
  return element("div", { class: `verdict ${decision.outcome}`, "data-outcome": decision.outcome },
    drawing("0 0 48 48", outcome.icon),
    element("div", {}, element("h2", {}, outcome.words), element("p", {}, next ?? outcome.about)),
    element("div", { class: "more" },
      decision.missing.length > 0 && element("p", {}, "To be sure, also give: ", decision.missing.map((fact) => MISSING[fact] ?? fact).join(", "), "."),
      tags.length > 0 && element("div", { class: "card-line" }, ...tags.map((tag) => element("span", { class: "tag" }, tag)))));
}

function problems({ problems: found }, pictures) {
  if (!found.length) return null;
  return element("div", { class: "panel fault-box" },
    element("h2", {}, "Not every picture could be opened"),
    ...found.map((one) => element("p", {}, element("strong", {}, pictures.get(one.source)?.file.name ?? one.source), `: ${one.message} ${one.remedy}`)));
}

function why({ decision, card }) {
  const reasons = decision.reasons.map((reason) => {
    const place = reason.reference?.replace(/^seeds\/\S+?: /, "");
    const origin = [place, reason.in_force_from && `in force from ${reason.in_force_from}`].filter(Boolean).join(", ");
    return element("li", { "data-reason": reason.code }, element("p", {}, reason.text), origin && element("p", { class: "quiet small", title: reason.reference ?? "" }, origin));
  });
  const seen = card.evidence.map((one) => element("li", {},
    element("p", {}, "“", one.matched || one.phrase, "”"),
    element("p", { class: "quiet small" }, [one.says, `match ${percent(one.score)}`].filter(Boolean).join(" · "))));
  return panel("Why",
    element("ul", { class: "reasons" }, ...reasons),
    seen.length > 0 && element("details", {}, element("summary", {}, `Deciding words on the card (${seen.length})`), element("ul", { class: "reasons" }, ...seen)));
}

function toDo(decision) {
  const rows = [];
  const row = (title, value, ...more) => value && rows.push(element("div", {}, element("dt", {}, title), element("dd", {}, value, ...more)));
  const phone = decision.precertification?.phone;
  row("Eligibility and precertification", phone && element("a", { href: `tel:${phone.replace(/[^+\d]/g, "")}` }, phone));
  row("Covered", COVERED[decision.covered_services]);
  row("Cost share", COLLECT[decision.collect_cost_share]);
  row("Referral", decision.referral_required === null ? null : decision.referral_required ? "Required, from the PCP" : "Not required");
  if (decision.claims) {
    const { name, address, payer_id: payer } = decision.claims;
    row("Claims", name, element("small", {}, ...address.flatMap((line) => [line, element("br")]), `Payer ID ${payer}`));
  }
  const appeals = decision.appeals;
  const addresses = (appeals?.addresses ?? []).map((one) => element("p", {},
    one.for && element("strong", {}, APPEALS[one.for] ?? one.for), one.for && element("br"),
    ...one.lines.flatMap((line) => [line, element("br")]), one.fax && `Fax ${one.fax}`));
  const hasAppeals = addresses.length > 0 || appeals?.instruction;
  if (!rows.length && !hasAppeals) return null;
  return panel("What to do",
    element("dl", { class: "facts" }, ...rows),
    hasAppeals && element("details", { class: "appeals" }, element("summary", {}, "Appeals and disputes"),
      appeals.instruction && element("p", {}, appeals.instruction), ...addresses));
}

function fields({ fields: all }, views) {
  const found = Object.entries(all).filter(([, field]) => field.value !== null);
  if (!found.length) return null;
  const rows = found.map(([name, field]) => {
    const line = element("tr", { "data-field": name });
    const label = titleOf(name);
    const box = views.fieldBox(name);
    let head = label;
    if (box) {
      head = element("button", { class: "show", type: "button", "aria-label": `${label}: show on picture ${field.image + 1}` }, label);
      const mark = (on) => { line.classList.toggle("on", on); box.classList.toggle("on", on); };
      line.addEventListener("mouseenter", () => mark(true));
      line.addEventListener("mouseleave", () => mark(false));
      head.addEventListener("focus", () => mark(true));
      head.addEventListener("blur", () => mark(false));
      head.addEventListener("click", () => box.ownerSVGElement.scrollIntoView({ block: "nearest" }));
    }
    line.append(
      element("th", { scope: "row" }, head),
      element("td", { class: "value" }, field.value),
      element("td", { class: "sure" }, percent(field.confidence), " ", element("span", { class: `pill ${field.status}` }, STATUSES[field.status] ?? field.status)));
    return line;
  });
  const table = element("table", {},
    element("thead", {}, element("tr", {}, ...["Field", "Value", "Confidence"].map((title) => element("th", { scope: "col" }, title)))),
    element("tbody", {}, ...rows));
  return panel("What the card says", element("div", { class: "scroll", role: "region", tabindex: "0", "aria-label": "Fields of the card" }, table));
}

/** The pictures with the outline, the evidence, the values and what is wrong drawn over them. */
function viewsOf(verification, pictures) {
  const boxes = new Map();
  const figures = verification.images.map((image, index) => {
    const overlay = drawing(`0 0 ${image.width} ${image.height}`, []);
    const add = (kind, corners, title) => {
      const shape = polygon(kind, corners, title);
      overlay.append(shape);
      return shape;
    };
    if (image.corners) add("outline", image.corners, "Outline of the card");
    for (const one of verification.card.evidence) if (one.image === index && one.box) add("evidence", one.box, one.phrase);
    for (const [name, field] of Object.entries(verification.fields)) {
      if (field.image === index && field.box) boxes.set(name, add("value", field.box, titleOf(name)));
    }
    for (const one of image.quality.problems) if (one.box) add("trouble", one.box, one.message);
    return figure(image, index, overlay, pictures.get(image.source));
  });
  const key = element("p", { class: "key" },
    ...[["outline", "card"], ["evidence", "deciding words"], ["value", "fields"], ["trouble", "hard to read"]].map(([kind, word]) => element("span", { class: kind }, word)));
  return {
    fieldBox: (name) => boxes.get(name) ?? null,
    panel: figures.length ? panel("Pictures", element("div", { class: "views" }, ...figures), key) : null,
  };
}

function figure(image, index, overlay, picture) {
  const canvas = element("div", { class: "canvas" });
  const showBlank = () => { canvas.classList.add("unseen"); canvas.querySelector("img")?.remove(); };
  if (picture && image.page === 0) {
    const shown = element("img", { src: picture.url, alt: `Picture ${index + 1}, ${image.side === "unknown" ? "side not known" : image.side}` });
    shown.addEventListener("error", showBlank);
    canvas.append(shown);
  } else showBlank();
  canvas.append(overlay);
  const side = { front: "Front", back: "Back", both: "Both sides", unknown: "Side not known" }[image.side];
  const faults = image.quality.problems.map((one) => one.message).join(" ");
  return element("figure", { class: "view" }, canvas,
    element("figcaption", {}, `${side} · quality ${percent(image.quality.score)}`, faults && element("span", { class: "quiet" }, ` · ${faults}`)));
}

function footing({ timing_ms: time, versions }) {
  const stages = ["decode", "locate", "ocr", "match", "rules"].map((stage) => `${stage} ${Math.round(time[stage])} ms`).join(", ");
  return element("p", { class: "quiet small" }, `Read in ${(time.total / 1000).toFixed(2)} s (${stages}) · rules ${versions.rules} · engine ${versions.engine}`);
}

function panel(title, ...children) {
  return element("section", { class: "panel", "aria-label": title }, element("h2", {}, title), ...children);
}

function drawing(viewBox, paths) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", viewBox);
  svg.setAttribute("aria-hidden", "true");
  for (const path of paths) {
    const line = document.createElementNS(SVG, "path");
    line.setAttribute("d", path);
    svg.append(line);
  }
  return svg;
}

function polygon(kind, corners, title) {
  const shape = document.createElementNS(SVG, "polygon");
  shape.setAttribute("class", kind);
  shape.setAttribute("points", corners.map((corner) => corner.join(",")).join(" "));
  const words = document.createElementNS(SVG, "title");
  words.textContent = title;
  shape.append(words);
  return shape;
}

function titleOf(name) {
  const words = name.split("_").map((word) => SPECIAL[word] ?? word).join(" ");
  return words[0].toUpperCase() + words.slice(1);
}

function percent(value) {
  return `${Math.round(value * 100)} %`;
}
