// The reviewing page: one alert after the other, each right, wrong or unsure; marks go out at once.

import { Placement, Player } from "/picture.js";
import { $, NOT_WHOLE, TOKEN, ask, banner, element, fetchFrames, get, isSaving, post, saving, toast } from "/server.js";

const ALIVE_MILLISECONDS = 3000;
const RUN_UP_SECONDS = 2; // shown of the time before an alert began
const WORDS = { right: "right", wrong: "wrong", unsure: "unsure", open: "not reviewed" };

let S = null; // the server's state
let chosen = null; // id of the alert on show
let details = {}; // what its event.json says
let player = null;
let stripUrl = null;

// ---- the server -------------------------------------------------------------------------------

const of = (id) => `event=${encodeURIComponent(id)}`;

async function mark(verdict, label = null) {
  const alert = current();
  if (!alert) return;
  const goOn = verdict !== "open";
  const after = goOn ? following(alert.id) : alert.id;
  await saving(async () => {
    try {
      S = await post("/api/mark", JSON.stringify({ event: alert.id, verdict, label }));
      await show(after);
    } catch (error) {
      if (error.status) toast(error.message);
    }
  });
}

async function alive() {
  try {
    const { revision } = await get("/api/alive");
    if (revision !== S.revision && !isSaving()) {
      S = await get("/api/state");
      if (!current()) await show(listed().length ? listed()[0].id : null);
      draw();
    }
  } catch (error) {
    if (error.status) toast(error.message);
  }
}

// ---- which alert ------------------------------------------------------------------------------

const current = () => S.alerts.find((each) => each.id === chosen) || null;

// What the two lists at the top let through; the alert on show stays, though it was just marked.
function listed() {
  const verdict = $("show").value, camera = $("camera").value;
  return S.alerts.filter((each) => (!camera || each.camera === camera)
    && (verdict === "all" || each.verdict === verdict || each.id === chosen));
}

function following(id) {
  const list = listed(), place = list.findIndex((each) => each.id === id);
  const next = list[place + 1] || list[place - 1];
  return next ? next.id : id;
}

function go(by) {
  const list = listed(), place = list.findIndex((each) => each.id === chosen);
  const next = list[Math.min(Math.max(0, place + by), list.length - 1)];
  if (next && next.id !== chosen) show(next.id);
}

async function show(id) {
  const same = id === chosen;
  chosen = id;
  if (!same) await open();
  draw();
  const row = document.querySelector("#alerts li.chosen");
  if (row) row.scrollIntoView({ block: "nearest" });
}

async function open() {
  const alert = current();
  if (player) player.pause();
  player = null;
  details = {};
  $("strip").hidden = true;
  hint("");
  clear();
  if (!alert) return;
  try {
    details = await get(`/api/alert?${of(alert.id)}`);
  } catch (error) {
    if (error.status) toast(error.message);
  }
  if (chosen !== alert.id) return;
  if (alert.strip) showStrip(alert);
  if (!alert.clip) {
    hint(alert.removed ? "Its evidence was removed by retention." : "No clip was kept of this alert.");
    return;
  }
  const own = new Player((seconds, count) => fetchFrames(`/api/frames?${of(alert.id)}&seconds=${seconds.toFixed(6)}&count=${count}`),
    (frame) => own === player && onFrame(frame), (playing) => own === player && onPlaying(playing));
  own.speed = Number($("speed").value);
  player = own;
  try {
    await own.seek(Math.max(0, (details.begins || 0) - RUN_UP_SECONDS));
    if (own === player) own.play();
  } catch (error) {
    if (own === player && error.status) hint(error.message);
  }
}

async function showStrip(alert) {
  try {
    const picture = await (await ask(`/api/strip?${of(alert.id)}`)).blob();
    if (chosen !== alert.id) return;
    if (stripUrl) URL.revokeObjectURL(stripUrl);
    stripUrl = URL.createObjectURL(picture);
    $("strip").src = stripUrl;
    $("strip").hidden = false;
  } catch (error) {
    if (error.status) toast(error.message);
  }
}

// ---- what is drawn ----------------------------------------------------------------------------

const percent = (share) => (share === null || share === undefined ? "–" : `${Math.round(100 * share)} %`);
const when = (text) => text.slice(0, 19).replace("T", " ") + " UTC";

function draw() {
  const alert = current();
  document.body.dataset.chosen = chosen || "";
  drawList();
  drawFacts(alert);
  drawPrecision();
  drawCurve();
  const done = S.alerts.filter((each) => each.verdict !== "open").length;
  $("progress").textContent = `${done} of ${S.alerts.length} reviewed`;
}

function drawList() {
  const list = listed();
  $("alerts").replaceChildren(...list.map((each) => {
    const row = element("li", { className: each.id === chosen ? "chosen" : "" },
      element("span", { className: "dot", title: WORDS[each.verdict] }),
      element("span", { className: "name", textContent: each.label }),
      element("span", { className: "peak", textContent: percent(each.peak) }),
      element("small", { textContent: `${each.camera}${each.window === "whole" ? "" : `, ${each.window}`} · ${when(each.start_time).slice(5, 19)}` }));
    row.dataset.verdict = each.verdict;
    row.classList.toggle("gone", each.removed);
    row.addEventListener("click", () => show(each.id));
    return row;
  }));
  $("none").hidden = list.length > 0;
  $("none").textContent = S.alerts.length ? "Nothing here: all is reviewed. Choose All at the top to see the marks."
    : "No alert yet. This page shows new ones as they come.";
}

function drawFacts(alert) {
  for (const button of document.querySelectorAll("#verdicts button")) {
    const own = alert && (alert.true_label ? "label" : alert.verdict);
    button.disabled = !alert;
    button.classList.toggle("chosen", button.dataset.verdict === own);
  }
  const other = document.querySelector('#verdicts [data-verdict="label"] .name');
  other.textContent = alert && alert.true_label ? `Wrong, it was ${alert.true_label}` : "Wrong, it was …";
  $("title").textContent = alert ? alert.label : "No alert";
  const length = alert && alert.seconds !== null ? ` · ${alert.seconds.toFixed(1)} s` : "";
  const place = alert && alert.window !== "whole" ? `, ${alert.window}` : "";
  $("where").textContent = alert ? `${alert.camera}${place} · ${when(alert.start_time)}${length}` : "";
  $("problems").hidden = !alert || !alert.problems.length;
  $("problems").textContent = alert ? alert.problems.join(" ") : "";
  $("said").textContent = details.network ? `${details.network} · ${details.codec}` : "";
  const shares = alert ? Object.entries(alert.confidences).sort((a, b) => b[1] - a[1]).slice(0, 6) : [];
  $("scores").replaceChildren(...shares.map(([name, share]) => {
    const bar = element("i");
    bar.style.width = `${100 * share}%`;
    return element("li", { className: name === alert.label ? "said" : "" },
      element("span", { className: "name", textContent: name, title: name }),
      element("span", { className: "track" }, bar),
      element("span", { className: "share", textContent: percent(share) }));
  }));
}

function drawPrecision() {
  const judged = S.precision.filter((each) => each.interval);
  $("precision-box").hidden = !judged.length;
  const rows = judged.flatMap((each) => precisionRows(`${each.camera}, ${each.label}`, each, ""));
  if (judged.length > 1) rows.push(...precisionRows("all", S.all, "all"));
  $("precision").tBodies[0].replaceChildren(...rows);
}

function precisionRows(name, row, kind) {
  const judged = row.right + row.wrong;
  const told = element("tr", { className: kind },
    element("td", { textContent: name }), element("td", { textContent: row.right }),
    element("td", { textContent: judged }),
    element("td", { className: "figure", textContent: percent(row.precision) }));
  if (!row.interval) return [told];
  const [low, high] = row.interval;
  const svg = (tag, values) => {
    const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [key, value] of Object.entries(values)) made.setAttribute(key, value);
    return made;
  };
  const picture = svg("svg", { viewBox: "0 0 100 10", preserveAspectRatio: "none", role: "img",
    "aria-label": `between ${percent(low)} and ${percent(high)}` });
  picture.append(svg("rect", { class: "low-high", x: 100 * low, width: 100 * (high - low), y: 0, height: 10 }),
    svg("rect", { class: "at", x: Math.min(99, 100 * row.precision), width: 1, y: 0, height: 10 }));
  const cell = element("td", { colSpan: 4, title: `${percent(low)} to ${percent(high)}` },
    element("div", { className: "range" }, picture));
  return [told, element("tr", { className: "bar" }, cell)];
}

function onFrame(frame) {
  const canvas = $("picture"), pen = clear();
  const place = new Placement(canvas, frame.bitmap.width, frame.bitmap.height);
  pen.imageSmoothingQuality = "high";
  pen.drawImage(frame.bitmap, place.left, place.top, frame.bitmap.width * place.scale, frame.bitmap.height * place.scale);
  if (details.window_pixels) {
    const [x, y, width, height] = details.window_pixels;
    const scale = place.scale * frame.bitmap.width / (details.width_pixels || frame.bitmap.width);
    for (const [colour, line] of [["#000a", 5], ["#ffd54a", 2.5]]) {
      pen.strokeStyle = colour;
      pen.lineWidth = line;
      pen.strokeRect(place.left + x * scale, place.top + y * scale, width * scale, height * scale);
    }
  }
  $("clock").textContent = `${Math.floor(frame.seconds / 60)}:${(frame.seconds % 60).toFixed(1).padStart(4, "0")}`;
  document.body.dataset.seconds = String(frame.seconds);
  drawCurve();
}

function onPlaying(playing) {
  $("play").textContent = playing ? "Pause" : "Play";
}

// A pen on an empty canvas, in the page's pixels.
function clear(canvas = $("picture")) {
  const ratio = window.devicePixelRatio || 1;
  const width = Math.round(canvas.clientWidth * ratio), height = Math.round(canvas.clientHeight * ratio);
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  const pen = canvas.getContext("2d");
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.clearRect(0, 0, canvas.clientWidth, canvas.clientHeight);
  return pen;
}

// The probability over the clip, the stretch that is the alert, and where the picture is.
function drawCurve() {
  const canvas = $("curve"), pen = clear(canvas), style = getComputedStyle(document.body);
  const colour = (name) => style.getPropertyValue(name).trim();
  if (!details.length) return;
  const wide = canvas.clientWidth, high = canvas.clientHeight, edge = 6;
  const x = (seconds) => wide * seconds / details.length;
  const y = (share) => high - edge - (high - 2 * edge) * share;
  pen.fillStyle = colour("--warn-ground");
  pen.fillRect(x(details.begins), 0, Math.max(2, x(details.ends) - x(details.begins)), high);
  pen.strokeStyle = colour("--quiet");
  pen.setLineDash([4, 4]);
  for (const level of Object.values(details.thresholds || {}).filter((each) => each !== null)) {
    pen.beginPath(); pen.moveTo(0, y(level)); pen.lineTo(wide, y(level)); pen.stroke();
  }
  pen.setLineDash([]);
  pen.strokeStyle = colour("--accent");
  pen.lineWidth = 2;
  pen.beginPath();
  (details.scores || []).forEach(([seconds, share]) => pen.lineTo(x(seconds), y(share)));
  pen.stroke();
  if (player && player.frame) {
    pen.fillStyle = colour("--ink");
    pen.fillRect(x(player.frame.seconds) - 1, 0, 2, high);
  }
}

function hint(text) { $("hint").textContent = text; $("hint").hidden = !text; }

// ---- what a person does -----------------------------------------------------------------------

function askLabel() {
  const alert = current();
  if (!alert) return;
  const names = S.labels.filter((each) => each !== alert.label);
  $("choices").replaceChildren(...names.map((name, place) => {
    const button = element("button", {}, element("span", { textContent: name }));
    if (place < 9) button.append(element("kbd", { textContent: place + 1 }));
    button.addEventListener("click", () => choose(name));
    return element("li", {}, button);
  }));
  $("word").value = "";
  $("other").showModal();
}

function choose(name) {
  $("other").close();
  mark("wrong", name);
}

const ACTS = {
  r: () => mark("right"), w: () => mark("wrong"), u: () => mark("unsure"), l: askLabel,
  backspace: () => mark("open"),
  j: () => go(1), k: () => go(-1), arrowdown: () => go(1), arrowup: () => go(-1),
  " ": () => player && (player.playing ? player.pause() : player.play()),
  arrowleft: () => player && player.step(-1), arrowright: () => player && player.step(1),
  home: () => player && player.seek(0), "?": () => $("keys").showModal(),
};

function onKeyDown(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if ($("other").open) {
    const button = document.querySelectorAll("#choices button")[Number(event.key) - 1];
    if (button && event.target !== $("word")) { event.preventDefault(); button.click(); }
    return;
  }
  const act = ACTS[event.key.toLowerCase()];
  if (!act || $("keys").open || ["SELECT", "INPUT"].includes(event.target.tagName)) return;
  event.preventDefault();
  if (event.repeat && !event.key.startsWith("Arrow")) return;
  Promise.resolve(act()).catch((error) => error.status && toast(error.message));
}

async function begin() {
  if (!TOKEN) return banner(NOT_WHOLE);
  try {
    S = await get("/api/state");
  } catch (error) {
    return banner(error.message);
  }
  $("folder").textContent = S.folder;
  for (const camera of new Set(S.alerts.map((each) => each.camera))) $("camera").append(element("option", { value: camera, textContent: camera }));
  if (!S.alerts.some((each) => each.verdict === "open")) $("show").value = "all";
  await show(listed().length ? listed()[0].id : null);
  setInterval(alive, ALIVE_MILLISECONDS);
  document.body.dataset.ready = "yes";
}

for (const button of document.querySelectorAll("#verdicts button")) {
  const verdict = button.dataset.verdict;
  button.addEventListener("click", () => { button.blur(); verdict === "label" ? askLabel() : mark(verdict); });
}
for (const [id, key] of Object.entries({ play: " ", back: "arrowleft", forward: "arrowright", help: "?" })) {
  $(id).addEventListener("click", (event) => { event.currentTarget.blur(); ACTS[key](); });
}
for (const id of ["show", "camera"]) {
  $(id).addEventListener("change", async () => {
    $(id).blur();
    chosen = null;
    await show(listed().length ? listed()[0].id : null);
    if (!chosen) { await open(); draw(); }
  });
}
$("speed").addEventListener("change", () => { if (player) player.speed = Number($("speed").value); $("speed").blur(); });
$("curve").addEventListener("click", (event) => player && details.length && player.seek(details.length * event.offsetX / $("curve").clientWidth));
$("cancel").addEventListener("click", () => $("other").close());
$("own").addEventListener("submit", (event) => {
  event.preventDefault();
  if ($("word").value.trim()) choose($("word").value.trim());
});
window.addEventListener("resize", () => { if (player && player.frame) onFrame(player.frame); else drawCurve(); });
document.addEventListener("keydown", onKeyDown);
begin();
