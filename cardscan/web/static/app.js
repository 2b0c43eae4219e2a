// The page: collects pictures and facts, asks the service, and hands the answer to result.js.
// Nothing is stored in the browser and no address ever holds an id.

import { element, showFault, showVerification, showWorking } from "./result.js";

const byId = (id) => document.getElementById(id);
const form = byId("form");
const list = byId("list");
const answer = byId("answer");
const verifyButton = byId("verify");
const sampleButton = byId("sample");

const SAMPLE_VISIT = { state: "TX", date: "2026-03-01", care: "urgent", network: "in" };
const MAX_PICTURES = 50;

/** Pictures of the card: the file, an address to show it from, and what is wrong with it. */
let pictures = [];
let busy = false;

// --- pictures ------------------------------------------------------------------------------------

function addPictures(files) {
  for (const file of files) {
    if (pictures.length < MAX_PICTURES) pictures.push({ file, url: URL.createObjectURL(file), fault: null });
  }
  drawList();
  if (files.length) say(`${pictures.length} ${pictures.length === 1 ? "picture" : "pictures"} chosen.`);
}

function removePicture(picture) {
  URL.revokeObjectURL(picture.url);
  pictures = pictures.filter((one) => one !== picture);
  drawList();
  say("Picture removed.");
  byId("files").focus();
}

function clearPictures() {
  for (const picture of pictures) URL.revokeObjectURL(picture.url);
  pictures = [];
  drawList();
}

function drawList() {
  list.replaceChildren(...pictures.map((picture, index) => {
    const image = element("img", { src: picture.url, alt: "" });
    image.addEventListener("error", () => image.replaceWith(element("span", { class: "blank" }, extension(picture.file))));
    const remove = element("button", { class: "plain", type: "button", "aria-label": `Remove picture ${index + 1}` }, "Remove");
    remove.addEventListener("click", () => removePicture(picture));
    const size = `${(picture.file.size / 1e6).toFixed(1)} MB`;
    return element("li", {},
      image,
      element("span", { class: "name" }, picture.file.name || `Picture ${index + 1}`, element("br"), element("span", { class: "quiet small" }, size)),
      remove,
      picture.fault && element("p", { class: "fault" }, picture.fault));
  }));
}

function extension(file) {
  const end = file.name.split(".").pop();
  return end && end !== file.name && end.length < 6 ? end.toUpperCase() : "File";
}

/** The name under which a picture is sent: a file's own name may tell whose card it is. */
function sentName(picture, index) {
  const end = extension(picture.file).toLowerCase();
  return `picture-${index + 1}.${end === "file" ? "jpg" : end}`;
}

// --- asking --------------------------------------------------------------------------------------

function headers() {
  const token = byId("token");
  return token && token.value ? { Authorization: `Bearer ${token.value}` } : {};
}

async function verify() {
  if (busy) return;
  if (!pictures.length) {
    showFault(answer, { title: "No picture was chosen.", remedy: "Choose at least one picture of the card, or try the sample card." });
    say("No picture was chosen.");
    byId("files").focus();
    return;
  }
  const asked = [...pictures];
  for (const picture of asked) picture.fault = null;
  drawList();
  setBusy(true);
  showWorking(answer, asked.length);
  say("Reading the card.");
  try {
    const response = await fetch("/v1/verifications", { method: "POST", body: bodyOf(asked), headers: headers() });
    const body = await response.json();
    if (response.ok) show(body, asked);
    else refuse(body, asked);
  } catch {
    refuse({ title: "The service did not answer.", remedy: "Check that it is running, then try again." }, asked);
  } finally {
    setBusy(false);
  }
}

function bodyOf(asked) {
  const body = new FormData();
  asked.forEach((picture, index) => body.append("images", picture.file, sentName(picture, index)));
  for (const name of ["state", "date", "care", "network"]) {
    const value = form.elements[name].value;
    if (value) body.append(name, value);
  }
  return body;
}

function show(verification, asked) {
  const names = new Map(asked.map((picture, index) => [sentName(picture, index), picture]));
  for (const problem of verification.problems) {
    const picture = names.get(problem.source);
    if (picture) picture.fault = `${problem.message} ${problem.remedy}`;
  }
  drawList();
  say(showVerification(answer, verification, names));
  bringIntoView();
}

function refuse(problem, asked) {
  if (asked.length === 1 && problem.code && problem.status !== 503 && problem.status !== 401) {
    asked[0].fault = `${problem.title} ${problem.remedy}`;
    drawList();
  }
  showFault(answer, problem);
  say(`${problem.title} ${problem.remedy}`);
  if (problem.code === "unauthorized" && byId("token")) byId("token").focus();
  else bringIntoView();
}

function bringIntoView() {
  byId("result").focus({ preventScroll: true });
  if (byId("result").getBoundingClientRect().top > window.innerHeight / 2 || window.innerWidth < 960) {
    byId("result").scrollIntoView({ block: "start" });
  }
}

async function trySample() {
  if (busy) return;
  setBusy(true);
  try {
    const files = await Promise.all(["front", "back"].map(async (side) => {
      const response = await fetch(`/static/sample/${side}.jpg`);
      if (!response.ok) throw new Error("missing");
      return new File([await response.blob()], `sample ${side}.jpg`, { type: "image/jpeg" });
    }));
    clearPictures();
    addPictures(files);
    for (const [name, value] of Object.entries(SAMPLE_VISIT)) form.elements[name].value = value;
  } catch {
    refuse({ title: "The sample pictures could not be loaded.", remedy: "Check that the service is running." }, []);
    return;
  } finally {
    setBusy(false);
  }
  await verify();
}

function setBusy(value) {
  busy = value;
  verifyButton.disabled = value;
  sampleButton.disabled = value;
  byId("result").setAttribute("aria-busy", String(value));
}

function say(text) {
  byId("status").textContent = text;
}

// --- readiness -----------------------------------------------------------------------------------

async function watchReadiness() {
  const mark = byId("ready");
  let pause = 1000;
  try {
    const response = await fetch("/readyz");
    const body = await response.json();
    const state = response.ok ? "ready" : body.code === "not_ready" ? "waiting" : "failed";
    const words = { ready: "Ready", waiting: "Getting ready …", failed: body.title };
    if (mark.dataset.state !== state || state === "failed") {
      mark.dataset.state = state;
      mark.textContent = words[state];
      mark.title = state === "failed" ? body.remedy : "";
    }
    if (state !== "waiting") pause = 30000;
  } catch {
    mark.dataset.state = "failed";
    mark.textContent = "Not reachable";
    pause = 5000;
  }
  setTimeout(watchReadiness, pause);
}

// --- wiring --------------------------------------------------------------------------------------

for (const id of ["files", "camera"]) {
  byId(id).addEventListener("change", (event) => {
    addPictures([...event.target.files]);
    event.target.value = "";
  });
}
form.addEventListener("submit", (event) => {
  event.preventDefault();
  verify();
});
sampleButton.addEventListener("click", trySample);

let inside = 0;
document.addEventListener("dragenter", () => { inside += 1; document.body.classList.add("dragging"); });
document.addEventListener("dragleave", () => { inside -= 1; if (inside <= 0) document.body.classList.remove("dragging"); });
document.addEventListener("dragover", (event) => event.preventDefault());
document.addEventListener("drop", (event) => {
  event.preventDefault();
  inside = 0;
  document.body.classList.remove("dragging");
  addPictures([...event.dataTransfer.files]);
});
document.addEventListener("paste", (event) => {
  const files = [...(event.clipboardData?.files ?? [])];
  if (files.length) addPictures(files);
});

const now = new Date();
byId("date").value = new Date(now.getTime() - now.getTimezoneOffset() * 60000).toISOString().slice(0, 10);
watchReadiness();
