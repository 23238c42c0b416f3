// The marking page: what the server holds is drawn, and every edit goes there at once.

import { Picture, Player } from "/picture.js";
import { $, NOT_WHOLE, TOKEN, banner, element, fetchFrames, get, isSaving, post, saving, toast } from "/server.js";
import { Timeline, clock } from "/timeline.js";

const ALIVE_MILLISECONDS = 2000;
const FLUSH_SECONDS = 1; // a held key is saved at least so often
const SPEEDS = [0.25, 0.5, 1, 1.5, 2, 4];
const WIPE = null; // the label of the wiping key
// Okabe and Ito's colours, darkened so that white text can be read on them; grey is the negative.
const COLOURS = ["#0067a3", "#b34f00", "#00785a", "#a3487d", "#7a5c00", "#2f7d9c", "#8a3b3b", "#5b4b9a", "#3f6b2a"];
const NEGATIVE = "#6b7075";

let S = null; // the server's state
let number = 0; // of the video that is open
let chosen = null; // id of the window that marks go to
let label = null; // what dragging marks with
let proposals = [];
let held = []; // labels whose keys are down, the newest last
let stroke = null; // {id, window, label, start, end}: marked, not sent yet
let sending = Promise.resolve();

// ---- the server -------------------------------------------------------------------------------

// Edits go one after another, so that each is planned on what the one before it left.
function send(path, body) {
  sending = saving(() => sending.then(async () => {
    try {
      take(await post(path(S.revision), body(S.revision)));
    } catch (error) {
      if (error.status) toast(error.message);
      if (error.status === 409) take(await get("/api/state"));
      else if (error.status) draw();
    }
  }));
  return sending;
}

const edit = (what) => send(() => "/api/edit", (revision) => JSON.stringify({ revision, edit: what }));

async function alive() {
  try {
    const { revision, tabs } = await get("/api/alive");
    if (revision !== S.revision && !isSaving()) take(await get("/api/state"));
    told(tabs);
  } catch (error) {
    if (error.status) toast(error.message);
  }
}

function told(tabs) {
  const text = "This is open in another tab as well: what is marked in one is shown in the other.";
  if (tabs > 1) banner(text);
  else if ($("banner").textContent === text) banner("");
}

// ---- what is drawn ----------------------------------------------------------------------------

const video = () => S.videos[number];
const windows = () => S.windows.filter((w) => w.video === video().id);
const negative = () => S.labels[S.labels.length - 1];
const labels = () => [...S.labels, ...new Set(S.marks.map((m) => m.label).filter((l) => !S.labels.includes(l)))];

function colours() {
  const found = {};
  labels().filter((l) => l !== negative()).forEach((l, i) => { found[l] = COLOURS[i % COLOURS.length]; });
  found[negative()] = NEGATIVE;
  return found;
}

function keyOf(name) {
  if (name === S.labels[0]) return "W";
  if (name === negative()) return "N";
  const place = labels().filter((l) => l !== negative()).indexOf(name);
  return place >= 1 && place <= 9 ? String(place) : "";
}

function take(state) {
  S = state;
  if (!windows().some((w) => w.id === chosen)) chosen = windows()[0] ? windows()[0].id : null;
  if (!labels().includes(label)) label = S.labels[0];
  if (!S.marks.some((m) => m.id === timeline.picked)) timeline.picked = null;
  told(S.tabs);
  draw();
}

function draw() {
  const mine = windows(), palette = colours();
  const at = player.frame ? player.frame.seconds : 0;
  picture.video = video();
  picture.windows = mine.map((w) => {
    const now = S.marks.find((m) => m.window === w.id && m.start_seconds <= at + 1e-6 && at < m.end_seconds - 1e-6);
    const shown = stroke && stroke.window === w.id ? stroke.label : now && now.label;
    return { ...w, nowLabel: shown, nowColour: shown && palette[shown] };
  });
  picture.chosen = chosen;
  picture.proposals = proposals;
  picture.draw();
  Object.assign(timeline, {
    windows: mine, chosen, stroke, colours: palette, label,
    marks: S.marks.filter((m) => mine.some((w) => w.id === m.window)),
  });
  timeline.draw();
  $("undo").disabled = !S.can_undo;
  $("redo").disabled = !S.can_redo;
  $("hint").hidden = mine.length > 0 || proposals.length > 0;
  $("now-label").textContent = held.length ? (held[held.length - 1] === WIPE ? "wiping" : held[held.length - 1]) : "";
  drawPeople(mine);
  drawProposals();
  drawLabels(mine, palette);
}

// Lists are drawn anew only if they changed, so that a name can be typed while frames pass.
function fresh(id, key) {
  if ($(id).dataset.key === key) return false;
  $(id).dataset.key = key;
  $(id).replaceChildren();
  return true;
}

function drawPeople(mine) {
  if (!fresh("people", JSON.stringify([mine, chosen]))) return;
  for (const each of mine) {
    const name = element("input", { type: "text", value: each.person, ariaLabel: "Name", maxLength: 60 });
    name.addEventListener("change", () => edit({ ...each, kind: "window", person: name.value }).then(() => { $("people").dataset.key = ""; draw(); }));
    name.addEventListener("keydown", (e) => { if (e.key === "Enter") name.blur(); });
    const hand = element("select", { ariaLabel: "Writes with", title: "Writes with which hand" },
      ...[["", "hand?"], ["right", "right"], ["left", "left"]].map(([value, text]) => element("option", { value, textContent: text, selected: value === each.hand })));
    hand.addEventListener("change", () => edit({ ...each, kind: "window", hand: hand.value }));
    const remove = element("button", { className: "remove", textContent: "✕", title: "Remove this window and its marks" });
    remove.addEventListener("click", (e) => { e.stopPropagation(); edit({ kind: "remove_window", id: each.id }); toast(`${each.person} was removed, with all marks. Undo brings them back.`); });
    const card = element("li", { className: each.id === chosen ? "chosen" : "" }, name, hand, remove);
    card.addEventListener("pointerdown", () => { if (chosen !== each.id) setTimeout(() => choose(each.id)); });
    $("people").append(card);
  }
}

function drawProposals() {
  if (!fresh("proposals", JSON.stringify(proposals))) return;
  for (const each of proposals) {
    const accept = element("button", { textContent: "Accept" });
    accept.addEventListener("click", () => accepted(each));
    const pass = element("button", { className: "remove", textContent: "✕", title: "Not a person" });
    pass.addEventListener("click", () => { proposals = proposals.filter((p) => p !== each); draw(); });
    $("proposals").append(element("li", {}, element("span", { textContent: each.person || "proposed window" }), accept, pass));
  }
}

function drawLabels(mine, palette) {
  const spent = {};
  for (const mark of S.marks) if (mark.window === chosen) spent[mark.label] = (spent[mark.label] || 0) + mark.end_seconds - mark.start_seconds;
  if (!fresh("labels", JSON.stringify([labels(), label, spent]))) return;
  for (const each of labels()) {
    const swatch = element("span", { className: "swatch" });
    swatch.style.background = palette[each];
    const button = element("button", { className: each === label ? "chosen" : "" }, swatch,
      element("span", { className: "name", textContent: each }),
      element("span", { className: "time", textContent: spent[each] ? `${spent[each].toFixed(1)} s` : "" }),
      element("kbd", { textContent: keyOf(each), hidden: !keyOf(each) }));
    button.addEventListener("click", () => {
      label = each;
      const mark = S.marks.find((m) => m.id === timeline.picked);
      if (mark && mark.label !== each) edit({ kind: "move", mark: mark.id, start_seconds: mark.start_seconds, end_seconds: mark.end_seconds, label: each });
      button.blur();
      draw();
    });
    $("labels").append(element("li", {}, button));
  }
  $("watch-note").textContent = `What is played without a key held becomes “${negative()}”.`;
}

// ---- windows ----------------------------------------------------------------------------------

function choose(id) {
  if (chosen === id) return;
  endStroke();
  chosen = id;
  timeline.picked = null;
  draw();
}

function freeName() {
  const taken = new Set(S.windows.map((w) => w.person)); // of all videos: one name is one person
  for (let k = 1; ; k++) if (!taken.has(`p${k}`)) return `p${k}`;
}

async function putWindow({ id, x, y, size, person, hand }) {
  const before = new Set(S.windows.map((w) => w.id));
  await edit({ kind: "window", id, video: video().id, x, y, size, person: person || freeName(), hand: hand || "" });
  const made = windows().find((w) => !before.has(w.id));
  if (made) choose(made.id);
}

function accepted(proposal) {
  proposals = proposals.filter((p) => p !== proposal);
  return putWindow(proposal);
}

async function propose() {
  $("propose").disabled = true;
  $("propose").textContent = "Looking…";
  try {
    const { windows: found, source } = await get(`/api/propose/${number}`);
    const near = (p, w) => Math.abs(p.x - w.x) < p.size / 2 && Math.abs(p.y - w.y) < p.size / 2;
    proposals = found.filter((p) => !windows().some((w) => near(p, w)));
    if (!proposals.length) toast(source === "motion" ? "Nothing else moves enough to propose a window. Draw one." : "The table has no other box for this video.");
  } catch (error) {
    toast(error.message);
  } finally {
    $("propose").disabled = false;
    $("propose").textContent = "Propose windows";
    draw();
  }
}

// ---- marking ----------------------------------------------------------------------------------

const labelNow = () => (held.length ? held[held.length - 1] : player.playing && $("watch").checked ? negative() : undefined);

// Called for every frame on show: marks it, if a key is held or watched time is marked.
function mark(frame) {
  const now = chosen ? labelNow() : undefined;
  if (stroke && (stroke.label !== now || stroke.window !== chosen)) endStroke(frame);
  if (now === undefined) return;
  if (!stroke) stroke = { id: crypto.randomUUID(), window: chosen, label: now, start: frame.seconds, end: frame.until, sent: frame.seconds };
  if (player.playing) {
    stroke.end = Math.max(stroke.end, frame.until);
    if (stroke.end - stroke.sent > FLUSH_SECONDS) flush();
  } else {
    paint(stroke.window, frame.seconds, frame.until, stroke.label, stroke.id);
    stroke.sent = stroke.end = frame.until;
    stroke.start = frame.seconds;
  }
}

function paint(window, start, end, name, id = "") {
  return edit({ kind: "paint", window, start_seconds: start, end_seconds: end, label: name, stroke: id });
}

function flush() {
  if (stroke.end - stroke.sent > 1e-6) paint(stroke.window, stroke.sent, stroke.end, stroke.label, stroke.id);
  stroke.sent = stroke.end;
}

// The stroke ends where the frame on show begins, or with it if it is the stroke's only one.
function endStroke(frame = player.frame) {
  if (!stroke) return;
  const over = frame && frame.seconds > stroke.sent && frame.seconds < stroke.end;
  if (over) stroke.end = frame.seconds;
  flush();
  stroke = null;
}

function holdDown(name) {
  if (!chosen) return toast("Draw a window first: drag a square around a person.");
  if (held.includes(name)) return;
  held.push(name);
  if (name !== WIPE) label = name;
  timeline.picked = null;
  if (player.frame) mark(player.frame);
  draw();
}

function letGo(name) {
  if (!held.includes(name)) return;
  held = held.filter((each) => each !== name);
  if (stroke && stroke.label === name) endStroke();
  draw();
}

function letAllGo() {
  for (const name of [...held]) letGo(name);
}

// ---- playing ----------------------------------------------------------------------------------

function onFrame(frame, playing) {
  picture.frame = frame;
  mark(frame);
  $("clock").textContent = clock(frame.seconds);
  $("frame").textContent = `frame ${frame.index + 1} of ${video().frames}`;
  document.body.dataset.seconds = frame.seconds;
  timeline.show(frame.seconds);
  draw();
}

function onPlaying(playing) {
  $("play").textContent = playing ? "Pause" : "Play";
  if (playing) mark(player.frame); // watched from here on: the frame that stood on show, too
  if (!playing && stroke) {
    if (player.frame && player.frame.last) flush();
    endStroke(player.frame && player.frame.last ? null : player.frame);
    draw();
  }
}

const jump = (seconds) => {
  endStroke();
  return player.seek(Math.min(Math.max(0, seconds), video().duration_seconds)).catch((e) => { if (e.status) toast(e.message); });
};
const second = (by) => jump(player.frame.seconds + by + 1e-4);
const step = (by) => player.step(by).catch((e) => { if (e.status) toast(e.message); });
const toggle = () => (player.playing ? player.pause() : player.play());

function changeSpeed(by) {
  const place = SPEEDS.indexOf(player.speed) + by;
  if (place < 0 || place >= SPEEDS.length) return;
  player.speed = SPEEDS[place];
  $("speed").value = String(player.speed);
}

async function openVideo(which) {
  endStroke();
  player.pause();
  number = which;
  proposals = [];
  chosen = windows()[0] ? windows()[0].id : null;
  timeline.open(video().duration_seconds);
  document.title = `${video().name} · Kineograph`;
  await jump(0);
  draw();
}

// ---- keys -------------------------------------------------------------------------------------

const KEYS = {
  " ": toggle,
  "ArrowLeft": (e) => (e.shiftKey ? second(-1) : step(-1)),
  "ArrowRight": (e) => (e.shiftKey ? second(1) : step(1)),
  "Home": () => jump(0),
  "End": () => jump(video().duration_seconds),
  "[": () => changeSpeed(-1),
  "]": () => changeSpeed(1),
  "ArrowUp": () => another(-1),
  "ArrowDown": () => another(1),
  "p": propose,
  "m": () => { $("watch").checked = !$("watch").checked; },
  "Delete": removePicked,
  "Backspace": removePicked,
  "+": () => timeline.zoom(0.6),
  "=": () => timeline.zoom(0.6),
  "-": () => timeline.zoom(1.7),
  "0": () => timeline.pan(0, video().duration_seconds),
  "?": () => $("keys").showModal(),
};

function another(by) {
  const mine = windows(), place = mine.findIndex((w) => w.id === chosen) + by;
  if (mine[place]) choose(mine[place].id);
}

function removePicked() {
  const mark = S.marks.find((m) => m.id === timeline.picked);
  if (mark) paint(mark.window, mark.start_seconds, mark.end_seconds, WIPE);
}

// undefined: no label has this key
function labelOf(key) {
  if (key === "e") return WIPE;
  return labels().find((name) => keyOf(name).toLowerCase() === key && key);
}

const typing = (target) => target.matches("input[type=text], select, textarea") || $("keys").open || $("files").open;

function onKeyDown(event) {
  if (typing(event.target) || event.altKey) return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (event.ctrlKey || event.metaKey) {
    if (key === "z" || key === "y") {
      event.preventDefault();
      edit({ kind: key === "y" || event.shiftKey ? "redo" : "undo" });
    }
    return;
  }
  const name = labelOf(key);
  if (name !== undefined) {
    event.preventDefault();
    if (!event.repeat) holdDown(name);
  } else if (KEYS[key]) {
    event.preventDefault();
    if (document.activeElement.tagName === "BUTTON") document.activeElement.blur();
    KEYS[key](event);
  }
}

function onKeyUp(event) {
  const name = labelOf(event.key.length === 1 ? event.key.toLowerCase() : event.key);
  if (name !== undefined) letGo(name);
}

// ---- files and the network's questions ----------------------------------------------------------

function drawFormats() {
  $("folder").textContent = S.folder;
  for (const format of S.formats) {
    const out = element("button", { textContent: "Export" }), into = element("button", { textContent: "Import" });
    out.addEventListener("click", () => exportAs(format.key));
    into.addEventListener("click", () => { $("file").dataset.format = format.key; $("file").accept = format.suffix; $("file").click(); });
    $("formats").append(element("li", {}, element("strong", { textContent: `${format.title} (${format.suffix})` }), out, into, element("small", { textContent: format.loses })));
  }
}

async function exportAs(format) {
  try {
    const { name, text } = await get(`/api/export/${number}/${format}`);
    const link = element("a", { href: URL.createObjectURL(new Blob([text])), download: name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  } catch (error) {
    toast(error.message);
  }
}

async function importFile() {
  const [file] = $("file").files;
  if (!file) return;
  const text = await file.text(), format = $("file").dataset.format, which = number;
  $("file").value = "";
  $("files").close();
  await send((revision) => `/api/import/${which}/${format}?revision=${revision}`, () => text);
  if (S.notes && S.notes.length) toast(S.notes.join(" "));
}

async function askNetwork() {
  $("ask").disabled = true;
  $("next-note").textContent = "The network looks through the video …";
  try {
    const { seconds } = await get(`/api/unsure/${number}`);
    $("next-note").textContent = seconds.length ? "The seconds it is least sure of, first." : "Every second it could ask about is marked.";
    $("seconds").replaceChildren(...seconds.map((each) => {
      const button = element("button", { textContent: `${clock(each.start_seconds, 1)}  ${each.person}: ${each.label} ${Math.round(100 * each.probability)} %?` });
      button.addEventListener("click", () => { choose(each.window); jump(each.start_seconds); button.blur(); });
      return element("li", {}, button);
    }));
  } catch (error) {
    $("next-note").textContent = "";
    toast(error.message);
  } finally {
    $("ask").disabled = false;
  }
}

// ---- begin ------------------------------------------------------------------------------------

const picture = new Picture($("picture"), { chosen: choose, put: putWindow, accept: accepted });
const player = new Player((seconds, count) => fetchFrames(`/api/frames/${number}?seconds=${seconds.toFixed(6)}&count=${count}`), onFrame, onPlaying);
const timeline = new Timeline($("timeline"), {
  seek: jump,
  chosen: choose,
  pick: (id) => { timeline.picked = id; draw(); },
  paint: (window, from, to) => paint(window, from, to, label),
  move: (mark, from, to) => edit({ kind: "move", mark: mark.id, start_seconds: from, end_seconds: to, label: mark.label }),
});

async function begin() {
  if (!TOKEN) return banner(NOT_WHOLE);
  try {
    S = await get("/api/state");
  } catch (error) {
    return banner(error.message);
  }
  S.videos.forEach((each, i) => $("video").append(element("option", { value: i, textContent: each.name })));
  drawFormats();
  for (const name of S.labels) $("label-keys").append(element("tr", {}, element("td", {}, element("kbd", { textContent: keyOf(name) })), element("td", { textContent: `hold: ${name}` })));
  $("next").hidden = !S.run;
  take(S);
  await openVideo(0);
  setInterval(alive, ALIVE_MILLISECONDS);
  document.body.dataset.ready = "yes";
}

for (const [id, act] of Object.entries({
  "undo": () => edit({ kind: "undo" }), "redo": () => edit({ kind: "redo" }),
  "help": () => $("keys").showModal(), "exchange": () => $("files").showModal(),
  "propose": propose, "ask": askNetwork, "play": toggle,
  "back": () => step(-1), "forward": () => step(1),
  "back-second": () => second(-1), "forward-second": () => second(1),
  "zoom-in": () => timeline.zoom(0.6), "zoom-out": () => timeline.zoom(1.7),
  "zoom-all": () => timeline.pan(0, video().duration_seconds),
})) $(id).addEventListener("click", (event) => { event.currentTarget.blur(); act(); });
$("video").addEventListener("change", () => { $("video").blur(); openVideo(Number($("video").value)); });
$("speed").addEventListener("change", () => { player.speed = Number($("speed").value); $("speed").blur(); });
$("watch").addEventListener("change", () => $("watch").blur());
$("file").addEventListener("change", importFile);
document.addEventListener("keydown", onKeyDown);
document.addEventListener("keyup", onKeyUp);
window.addEventListener("blur", letAllGo);
window.addEventListener("pagehide", () => endStroke());
window.addEventListener("beforeunload", (event) => { endStroke(); if (isSaving()) event.preventDefault(); });
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => S && draw());
begin();
