// The page for lines: a line's picture above its text, one after the other; every key goes out at once.

import { Field } from "/field.js";
import { codeOf, mixedWords, rowsOf, scriptOf, shownAlone, turned } from "/palette.js";
import { $, NOT_WHOLE, TOKEN, ask, banner, element, get, isSaving, post, saving, toast } from "/server.js";

const ALIVE_MILLISECONDS = 2000;
const DRAFT_MILLISECONDS = 600; // typing is kept so long after the last key
const RATE_MINUTES = 10; // over which the pace is told
const HIGHEST = 0.3; // of the window's height that a line's picture takes
const LARGEST = 2.5; // times its own pixels
const LOWEST = 40; // pixels on the screen; a line that is longer then is moved along
const NEIGHBOURS = 8; // shown of lines that are pictures of their own
const WORDS = { open: "", accepted: "accepted", skipped: "put off", "no line": "not a line" };
const MARKS = { open: "", accepted: "✓", skipped: "…", "no line": "–" };
const SVG = "http://www.w3.org/2000/svg";

const rows = new Map(); // id -> what the server knows of a line, in the order of pages
const sheets = new Map(); // id -> {id, name, lines}
const field = new Field($("text"), $("mirror"));
let S = { revision: 0, pages: [0, 0] };
let current = null; // id of the line on show
let detail = null; // what the server told of it
let base = 0; // its version that this window has seen
let shownText = ""; // as it came
let savedText = ""; // as the server has it
let drafting = 0;
let theirs = null; // what another window made of this line meanwhile
let busy = false; // between a decision and the next line
let decided = []; // when, in milliseconds
let sheet = null; // the page on show
let sending = Promise.resolve();
const ahead = new Map(); // id -> {version, promise} of lines that are fetched before they are needed

// ---- the server -------------------------------------------------------------------------------

// What changes goes out in order, each with the version that the one before it left.
function send(path, body) {
  const mine = saving(() => sending.then(async () => {
    const changed = await post(path, JSON.stringify({ ...body(), since: S.revision }));
    take(changed);
    return changed;
  }));
  sending = mine.catch(() => {});
  return mine;
}

function take(changed) {
  for (const each of changed.sheets) if (!sheets.has(each.id)) sheets.set(each.id, { ...each, lines: [] });
  for (const row of changed.lines) {
    if (!rows.has(row.id)) sheets.get(row.sheet).lines.push(row.id);
    rows.set(row.id, row);
  }
  S = { ...S, ...changed };
  const problem = changed.problems.join(" · ");
  if (problem !== S.told) banner((S.told = problem));
  draw();
}

const decide = (kind, text) => {
  const line = current;
  return send("/api/decide", () => ({ line, kind, text, version: base })).then(() => {
    if (line === current) base = rows.get(line).version;
  });
};

async function alive() {
  try {
    const changed = await get(`/api/state?since=${S.revision}`);
    if (isSaving() || busy) return;
    take(changed);
    tellTabs(changed.tabs);
    if (!current) await show(next());
    else if (detail && rows.get(current).version !== base && !isTyped()) await show(current);
    else if (detail && detail.read === null && rows.get(current).confidence !== null && !isTyped()) await show(current);
  } catch (error) {
    if (error.status) toast(error.message);
  }
}

function tellTabs(tabs) {
  $("saved").title = tabs > 1 ? "Open in another window, too: each shows what the other decides." : "";
  document.body.dataset.tabs = tabs;
}

// ---- which line -------------------------------------------------------------------------------

const sureness = (row) => (row.confidence === null ? 2 : row.differs ? row.confidence - 1 : row.confidence);

function sequence() {
  const all = [...sheets.values()].flatMap((each) => each.lines);
  if ($("order").value !== "unsure") return all;
  return all.map((id, place) => [sureness(rows.get(id)), place, id]).sort((a, b) => a[0] - b[0] || a[1] - b[1]).map((each) => each[2]);
}

// The next open line behind the one on show, from the beginning again behind the last; then those put off.
function next() {
  const all = sequence();
  const place = $("order").value === "unsure" ? -1 : all.indexOf(current);
  const round = [...all.slice(place + 1), ...all.slice(0, place + 1)].filter((id) => id !== current);
  const of = (status) => round.find((id) => rows.get(id).status === status);
  return of("open") || of("skipped") || current || null;
}

function go(by) {
  const all = sequence(), id = all[all.indexOf(current) + by];
  if (id) open(id);
}

// ---- showing a line ---------------------------------------------------------------------------

function fetchLine(id) {
  const version = rows.get(id).version, found = ahead.get(id);
  if (found && found.version === version && rows.get(id).confidence === found.confidence) return found.promise;
  const promise = Promise.all([
    get(`/api/line?id=${encodeURIComponent(id)}`),
    ask(`/api/line_picture?id=${encodeURIComponent(id)}`).then((answer) => answer.blob()),
  ]);
  promise.catch(() => ahead.delete(id));
  if (ahead.size > 6) ahead.clear();
  ahead.set(id, { version, confidence: rows.get(id).confidence, promise });
  return promise;
}

async function show(id) {
  if (!id) return draw();
  let fetched;
  try {
    fetched = await fetchLine(id);
  } catch (error) {
    if (error.status) toast(error.message);
    fetched = [{ ...rows.get(id), given: "", read: null, characters: [], ink: [0, 1], width: 0, height: 0 }, null];
  }
  const picture = fetched[1];
  ahead.delete(id);
  [detail] = fetched;
  current = id;
  base = detail.version;
  theirs = null;
  shownText = savedText = detail.text;
  if ($("line").src) URL.revokeObjectURL($("line").src);
  if (picture) $("line").src = URL.createObjectURL(picture);
  else $("line").removeAttribute("src");
  $("text").disabled = false; // what is disabled takes no focus
  field.open(detail);
  fit();
  $("text").focus({ preventScroll: true });
  $("text").setSelectionRange(0, 0);
  field.jump();
  draw();
  showSheet();
  const after = next();
  if (after && after !== id) fetchLine(after);
  document.body.dataset.line = id;
}

function fit() {
  if (!detail || !detail.width) return;
  const room = $("strip").clientWidth;
  const fitting = Math.min(room / detail.width, (innerHeight * HIGHEST) / detail.height, LARGEST);
  const scale = Math.max(fitting, Math.min(LARGEST, LOWEST / detail.height));
  for (const each of [$("view"), $("field")]) each.style.width = `${Math.max(room, Math.round(detail.width * scale))}px`;
  $("line").width = Math.round(detail.width * scale);
  $("line").height = Math.round(detail.height * scale);
  field.fit(detail.width * scale);
  drawCaret();
}

async function showSheet() {
  const row = rows.get(current);
  $("overview").hidden = sheets.get(row.sheet).lines.length < 2;
  if ($("overview").hidden || (sheet && sheet.id === row.sheet)) return drawSheet();
  try {
    sheet = await get(`/api/sheet?id=${encodeURIComponent(row.sheet)}`);
    const { id } = sheet;
    $("outlines").setAttribute("viewBox", `0 0 ${sheet.width} ${sheet.height}`);
    $("outlines").replaceChildren(...sheet.lines.map((line) => {
      const made = document.createElementNS(SVG, "polygon");
      made.setAttribute("points", line.polygon.map((point) => point.join(",")).join(" "));
      made.addEventListener("click", () => open(line.id));
      made.dataset.id = line.id;
      return made;
    }));
    const picture = await (await ask(`/api/sheet_picture?id=${encodeURIComponent(id)}`)).blob();
    if (!sheet || sheet.id !== id) return;
    if ($("page").src) URL.revokeObjectURL($("page").src);
    $("page").src = URL.createObjectURL(picture);
    await $("page").decode().catch(() => {});
    drawSheet();
  } catch (error) {
    if (error.status) toast(error.message);
  }
}

// ---- what is drawn ----------------------------------------------------------------------------

function draw() {
  drawProgress();
  const row = rows.get(current);
  $("accept").disabled = $("skip").disabled = $("drop").disabled = $("text").disabled = !row;
  if (!row) {
    const [done, found] = S.pages;
    $("name").textContent = done < found ? `Looking for lines: page ${done + 1} of ${found} …` : "No line was found.";
    return;
  }
  const own = sheets.get(row.sheet);
  $("name").textContent = own.lines.length > 1 ? `${own.name}, line ${own.lines.indexOf(current) + 1} of ${own.lines.length}` : own.name;
  $("status").textContent = WORDS[row.status];
  $("status").dataset.status = row.status;
  $("sure").textContent = row.confidence === null ? "" : `${S.reader || "the network"}: ${Math.floor(100 * row.confidence)} % sure`;
  drawNotes();
  drawTexts(own);
  drawSheet();
}

function drawProgress() {
  const all = [...rows.values()], left = all.filter((row) => row.status === "open" || row.status === "skipped").length;
  const done = all.length - left;
  $("bar").value = all.length ? done / all.length : 0;
  const since = Date.now() - RATE_MINUTES * 60000;
  decided = decided.filter((when) => when > since);
  const minutes = decided.length > 2 ? (Date.now() - decided[0]) / 60000 : 0;
  const rate = minutes ? decided.length / minutes : 0;
  const time = rate && left ? ` · ${rate.toFixed(rate < 10 ? 1 : 0)} a minute, ${inWords(left / rate)} left` : "";
  const looked = S.pages[0] < S.pages[1] ? ` so far, page ${S.pages[0]} of ${S.pages[1]}` : "";
  $("progress").textContent = `${done} of ${all.length} lines${looked}${time}`;
  document.body.dataset.done = done;
}

const inWords = (minutes) => (minutes < 90 ? `${Math.max(1, Math.round(minutes))} min` : `${(minutes / 60).toFixed(1)} h`);

function drawNotes() {
  const notes = [];
  const note = (kind, ...inside) => notes.push(element("li", { className: kind }, ...inside));
  const fresh = field.newCharacters;
  if (fresh.length) {
    note("new", "New to the alphabet: ", ...fresh.flatMap((each, place) => [
      place ? ", " : "", element("b", { textContent: shownAlone(each) }), ` ${codeOf(each)}`]));
  }
  if (field.doubts) note("doubt", field.doubts === 1 ? "1 place to look at" : `${field.doubts} places to look at`);
  for (const [from, to] of mixedWords(field.text).slice(0, 3)) {
    const word = field.text.slice(from, to);
    note("mixed", element("b", { textContent: word }), ` mixes ${[...new Set([...word].map(scriptOf).filter(Boolean))].join(" and ")}`);
  }
  if (detail && detail.read !== null && detail.read !== field.text) {
    const button = element("button", { textContent: "take it" });
    button.addEventListener("click", takeRead);
    note("", "The network reads ", element("b", { textContent: detail.read, dir: "auto" }), " ", button);
  }
  if (theirs !== null) {
    const button = element("button", { textContent: "show it" });
    button.addEventListener("click", () => show(current));
    note("other", "Another window has changed this line: ", element("b", { textContent: theirs || "(no text)", dir: "auto" }), " ", button);
  }
  $("notes").replaceChildren(...notes);
}

function drawTexts(own) {
  let ids = own.lines;
  if (ids.length < 2) {
    const all = sequence(), place = all.indexOf(current);
    ids = all.slice(Math.max(0, place - NEIGHBOURS), place + NEIGHBOURS + 1);
  }
  $("texts").replaceChildren(...ids.map((id) => {
    const row = rows.get(id);
    const made = element("li", { className: id === current ? "chosen" : "" },
      element("span", { className: "mark", textContent: MARKS[row.status], title: WORDS[row.status] }),
      element("span", { className: "words", dir: "auto", textContent: (id === current ? field.text : row.text) || "…" }));
    made.dataset.status = row.status;
    made.addEventListener("click", () => open(id));
    return made;
  }));
  scrollTo($("texts"), $("texts").querySelector(".chosen"));
}

// Inside its list alone: scrollIntoView would move the whole page on a phone.
function scrollTo(list, chosen) {
  if (!chosen) return;
  const box = list.getBoundingClientRect(), own = chosen.getBoundingClientRect();
  if (own.top < box.top + 40 || own.bottom > box.bottom - 40) list.scrollTop += own.top - box.top - box.height / 3;
}

function drawSheet() {
  for (const each of $("outlines").children) {
    const row = rows.get(each.dataset.id);
    each.dataset.status = row ? row.status : "open";
    each.setAttribute("class", each.dataset.id === current ? "chosen" : "");
  }
  if (innerWidth > 820) scrollTo($("overview"), $("outlines").querySelector(".chosen"));
}

function drawCaret() {
  const shown = document.activeElement === $("text") && detail && detail.width;
  $("caret").hidden = !shown;
  if (!shown) return;
  const left = field.place * $("line").width, strip = $("strip"), seen = left - strip.scrollLeft;
  $("caret").style.left = `${left - 1}px`;
  if (seen < 0 || seen > strip.clientWidth) strip.scrollLeft = left - strip.clientWidth / 3;
}

function drawPalette() {
  const [, characters] = S.rows[$("group").selectedIndex];
  $("characters").replaceChildren(...characters.map((character, place) => {
    const button = element("button", { textContent: shownAlone(character), title: `${codeOf(character)}${place < 9 ? `, Alt ${place + 1}` : ""}` });
    if (place < 9) button.dataset.digit = place + 1;
    button.addEventListener("pointerdown", (event) => event.preventDefault()); // the cursor stays where it is
    button.addEventListener("click", () => field.insert(character));
    return button;
  }));
}

// ---- what a person does -----------------------------------------------------------------------

const isTyped = () => field.text !== shownText;

function onInput() {
  field.draw();
  drawNotes();
  drawCaret();
  clearTimeout(drafting);
  drafting = setTimeout(() => busy || keepDraft(), DRAFT_MILLISECONDS);
}

// What is typed and not accepted yet is on the disk, too.
async function keepDraft() {
  clearTimeout(drafting);
  if (!current || field.text.trim() === savedText.trim()) return;
  savedText = field.text;
  try {
    await decide("draft", savedText);
  } catch (error) {
    savedText = shownText;
    await tell(error);
  }
}

// Until the next line stands there, keys would mean the old one, or one that nobody has seen: they
// mean nothing.
async function moving(work) {
  if (busy || !current) return;
  busy = $("text").readOnly = true;
  document.body.dataset.busy = "yes";
  try {
    await work();
  } catch (error) {
    await tell(error);
  } finally {
    busy = $("text").readOnly = false;
    document.body.dataset.busy = "";
  }
}

const open = (id) => moving(async () => {
  await keepDraft();
  await show(id);
});

const settle = (kind) => moving(async () => {
  if (kind !== "accept") await keepDraft();
  clearTimeout(drafting);
  const wasLeft = ["open", "skipped"].includes(rows.get(current).status);
  await decide(kind, field.text);
  if (kind !== "skip" && wasLeft) decided.push(Date.now());
  const after = next();
  if (after === current) toast(allDone());
  await show(after);
});

function allDone() {
  const count = (status) => [...rows.values()].filter((row) => row.status === status).length;
  if (S.pages[0] < S.pages[1]) return "All lines so far are done; more pages are being looked at.";
  return `All lines are done: ${count("accepted")} accepted, ${count("no line")} are not lines, ${count("skipped")} put off.`;
}

async function tell(error) {
  if (!error.status) return;
  toast(error.message);
  if (error.status !== 409) return;
  const changed = await get(`/api/state?since=${S.revision}`).catch(() => null);
  if (changed) take(changed);
  theirs = rows.get(current).text;
  base = rows.get(current).version; // who decides again knows of it
  drawNotes();
}

const undo = () => moving(async () => {
  await keepDraft();
  const { line } = await send("/api/undo", () => ({}));
  decided.pop();
  await show(line);
});

function takeRead() {
  if (detail && detail.read !== null) field.replaceAll(detail.read);
}

function turn(by) {
  const character = field.before(), other = character && turned(character, by);
  if (other) field.replaceBefore(other);
}

function anotherRow() {
  $("group").selectedIndex = ($("group").selectedIndex + 1) % S.rows.length;
  drawPalette();
}

const WITH_ALT = {
  KeyX: () => settle("drop"), KeyZ: undo, KeyR: takeRead, KeyJ: () => { field.jump(); drawCaret(); },
  ArrowUp: () => turn(1), ArrowDown: () => turn(-1), Digit0: anotherRow,
};
const ALONE = { Enter: () => settle("accept"), Escape: () => settle("skip"), ArrowUp: () => go(-1), ArrowDown: () => go(1) };

function onKeyDown(event) {
  if ($("keys").open || event.isComposing || event.ctrlKey || event.metaKey) return;
  if (event.key === "F1") {
    event.preventDefault();
    return $("keys").showModal();
  }
  let act = null;
  if (event.altKey) {
    const digit = /^Digit([1-9])$/.exec(event.code);
    const character = digit && S.rows[$("group").selectedIndex][1][digit[1] - 1];
    act = character ? () => field.insert(character) : WITH_ALT[event.code];
  } else if (!event.shiftKey && !["BUTTON", "SELECT"].includes(event.target.tagName)) {
    act = ALONE[event.key];
  }
  if (!act) return;
  event.preventDefault();
  if (event.repeat && !event.code.startsWith("Arrow")) return;
  act();
}

// ---- begin ------------------------------------------------------------------------------------

async function begin() {
  if (!TOKEN) return banner(NOT_WHOLE);
  let state;
  try {
    state = await get("/api/state");
  } catch (error) {
    return banner(error.message);
  }
  S.rows = rowsOf(state.characters);
  field.known = state.characters.length ? new Set([...state.characters, " "]) : null;
  S.rows.forEach(([name]) => $("group").append(element("option", { textContent: name })));
  drawPalette();
  $("folder").textContent = state.folder;
  document.title = `${state.folder} · Kineograph`;
  take(state);
  tellTabs(state.tabs);
  await show(next());
  setInterval(alive, ALIVE_MILLISECONDS);
  document.body.dataset.ready = "yes";
}

for (const [id, act] of Object.entries({ accept: () => settle("accept"), skip: () => settle("skip"), drop: () => settle("drop"), undo })) {
  $(id).addEventListener("click", () => { $("text").focus({ preventScroll: true }); act(); });
}
$("help").addEventListener("click", () => $("keys").showModal());
$("order").addEventListener("change", () => { $("order").blur(); open(next()); });
$("group").addEventListener("change", () => { drawPalette(); $("text").focus({ preventScroll: true }); });
$("text").addEventListener("input", onInput);
document.addEventListener("selectionchange", drawCaret);
document.addEventListener("keydown", onKeyDown);
new ResizeObserver(fit).observe($("strip"));
window.addEventListener("pagehide", keepDraft);
window.addEventListener("beforeunload", (event) => { keepDraft(); if (isSaving()) event.preventDefault(); });
begin();
