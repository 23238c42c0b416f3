// The page for handwriting: a given line, a sheet to write it on, and what a network makes of the hand.

import { Sheet } from "/pen.js";
import { $, NOT_WHOLE, TOKEN, ask, banner, element, get, isSaving, post, saving, toast } from "/server.js";

const ALIVE_MILLISECONDS = 2000;
const WAIT_MILLISECONDS = 350; // after the slider rests
const WORDS = { open: "", done: "done", skipped: "skipped" };
const MARKS = { open: "", done: "✓", skipped: "…" };
const SVG = "http://www.w3.org/2000/svg";
const NOBODY = "nobody"; // the network's own hand

const lines = new Map(); // number -> what the server knows of a line
const sheet = new Sheet($("sheet"), stroke);
let S = { revision: 0 };
let current = null; // number of the line on show
let unsent = []; // strokes of it that the server has not confirmed
let sending = Promise.resolve();

// ---- the server -------------------------------------------------------------------------------

// Edits go out in order, each with the version that the one before it left.
function send(number, kind, more = {}) {
  const mine = saving(() => sending.then(async () => {
    const { version } = lines.get(number);
    const body = { line: number, version, kind, since: S.revision, ...more };
    take(await post("/api/edit", JSON.stringify(body)));
  }));
  sending = mine.catch(() => {});
  return mine;
}

async function tried(work) {
  try {
    await work();
  } catch (error) {
    if (!error.status) return; // the banner tells
    toast(error.message);
    take(await get(`/api/state?since=${S.revision}`));
  }
}

function take(changed) {
  for (const row of changed.lines) lines.set(row.number, row);
  S = { ...S, ...changed };
  draw();
}

async function alive() {
  try {
    const changed = await get(`/api/state?since=${S.revision}`);
    if (!isSaving() && !sheet.isWriting) take(changed);
  } catch (error) {
    if (error.status) toast(error.message);
  }
}

// ---- writing ----------------------------------------------------------------------------------

function stroke(points) {
  const number = current;
  unsent.push(points);
  sheet.show(shown());
  tried(async () => {
    try {
      await send(number, "stroke", { points });
    } catch (error) {
      if (error.status) unsent = unsent.filter((each) => each !== points);
      sheet.show(shown());
      throw error;
    }
    unsent = unsent.filter((each) => each !== points);
  });
}

const shown = () => [...(lines.get(current)?.strokes || []), ...unsent];

function open(number) {
  if (unsent.length) return; // soon
  current = number;
  sheet.begin(shown());
  draw();
}

function next() {
  const all = [...lines.keys()];
  const round = [...all.slice(all.indexOf(current) + 1), ...all.slice(0, all.indexOf(current) + 1)];
  const of = (status) => round.find((number) => lines.get(number).status === status);
  return of("open") ?? of("skipped") ?? current;
}

const edit = (kind) => tried(async () => {
  const number = current;
  await send(number, kind);
  if ((kind === "done" || kind === "skip") && number === current) open(next());
  if (kind === "done") fillOwn();
});

// ---- what is drawn ----------------------------------------------------------------------------

function draw() {
  const row = lines.get(current);
  const all = [...lines.values()], done = all.filter((each) => each.saved).length;
  $("bar").value = all.length ? done / all.length : 0;
  $("progress").textContent = `${done} of ${all.length} lines`;
  document.body.dataset.done = done;
  $("lines").replaceChildren(...all.map(drawLine));
  if (!row) return;
  document.body.dataset.line = current;
  document.body.dataset.strokes = row.strokes.length;
  $("given").textContent = row.text;
  $("status").textContent = WORDS[row.status];
  $("undo").disabled = !row.undo;
  $("anew").disabled = !row.strokes.length;
  $("done").disabled = !row.strokes.length && !unsent.length;
  if (!sheet.isWriting) sheet.show(shown());
}

function drawLine(row) {
  const mark = element("span", { className: "mark", textContent: MARKS[row.status] });
  const name = element("span", { dir: "auto", textContent: row.text });
  const made = element("li", { onclick: () => open(row.number) }, element("div", { className: "name" }, name, mark));
  made.dataset.status = row.status;
  made.classList.toggle("chosen", row.number === current);
  if (row.strokes.length) made.append(drawStrokes(row.strokes));
  return made;
}

function drawStrokes(strokes) {
  const points = strokes.flat(), xs = points.map((each) => each[0]), ys = points.map((each) => each[1]);
  const left = Math.min(...xs), top = Math.min(...ys);
  const box = [left - 8, top - 8, Math.max(...xs) - left + 16, Math.max(...ys) - top + 16];
  const picture = document.createElementNS(SVG, "svg");
  picture.setAttribute("viewBox", box.join(" "));
  picture.setAttribute("preserveAspectRatio", "xMinYMid meet");
  for (const each of strokes) {
    const way = document.createElementNS(SVG, "polyline");
    const drawn = each.length > 1 ? each : [each[0], each[0]];
    way.setAttribute("points", drawn.map((point) => point.slice(0, 2).join(",")).join(" "));
    picture.append(way);
  }
  return picture;
}

// ---- written in that hand ---------------------------------------------------------------------

let seed = 0;
let drawing = 0; // the one on show
let wanted = null, asked = false, resting = 0;

function fillOwn() {
  if (!S.run) return;
  const known = new Set(S.characters), before = $("own").value;
  const mine = [...lines.values()].filter((row) => row.saved && [...row.text].every((each) => known.has(each)));
  mine.sort((one, other) => other.text.length - one.text.length || one.number - other.number);
  $("own").replaceChildren(
    ...mine.map((row) => element("option", { value: row.number, textContent: `${S.writer}: ${row.text}` })),
    element("option", { value: NOBODY, textContent: "the network itself" }),
  );
  if ([...$("own").options].some((each) => each.value === before && before !== NOBODY)) $("own").value = before;
  if (!mine.length) say("Write a line above and say that it is done; then the network goes on in your hand.");
  else if (!drawing) say("");
}

function say(text, isFault = false) {
  $("said").textContent = text;
  $("said").classList.toggle("fault", isFault);
}

function wish() {
  const own = $("own").value === NOBODY || !$("own").value ? null : Number($("own").value);
  wanted = { text: $("text").value, bias: Number($("bias").value), seed, own };
  work();
}

// One at a time; of those that were asked for meanwhile, the last.
async function work() {
  if (asked || !wanted) return;
  asked = true;
  const now = wanted;
  wanted = null;
  say("Writing …");
  $("drawing").classList.add("stale");
  document.body.dataset.writing = "yes";
  try {
    const made = await post("/api/write", JSON.stringify(now));
    const picture = await (await ask(`/api/drawing/${made.drawing}/svg`)).blob();
    if ($("drawn").src) URL.revokeObjectURL($("drawn").src);
    // It has its size on paper; a screen is looked at from farther away.
    $("drawn").onload = () => { $("drawn").style.width = `${2.2 * $("drawn").naturalWidth}px`; };
    $("drawn").src = URL.createObjectURL(picture);
    $("drawn").alt = now.text;
    $("drawing").hidden = $("downloads").hidden = false;
    $("drawing").classList.remove("stale");
    drawing = made.drawing;
    document.body.dataset.drawing = drawing;
    say(made.finished ? "" : "A row did not come to its end by itself and was cut off. Ask once more, or make it neater.");
  } catch (error) {
    say(error.status ? error.message : "The server does not answer.", true);
  } finally {
    asked = false;
    delete document.body.dataset.writing;
    work();
  }
}

async function save(form) {
  try {
    const file = await (await ask(`/api/drawing/${drawing}/${form}`)).blob();
    const address = URL.createObjectURL(file);
    element("a", { href: address, download: `my-hand.${form}` }).click();
    setTimeout(() => URL.revokeObjectURL(address), 10000);
  } catch (error) {
    if (error.status) toast(error.message);
  }
}

// ---- hands ------------------------------------------------------------------------------------

for (const kind of ["done", "undo", "anew", "skip"]) $(kind).addEventListener("click", () => edit(kind));
document.addEventListener("keydown", (event) => {
  if (event.target.matches("input, select, button, textarea")) return;
  if (event.key === "Enter" && !$("done").disabled) edit("done");
  else if (event.key.toLowerCase() === "z" && (event.ctrlKey || event.metaKey) && !$("undo").disabled) edit("undo");
  else return;
  event.preventDefault();
});
$("write").addEventListener("click", wish);
$("again").addEventListener("click", () => { seed += 1; wish(); });
$("text").addEventListener("keydown", (event) => { if (event.key === "Enter") wish(); });
$("own").addEventListener("change", () => { if (drawing) wish(); });
$("bias").addEventListener("input", () => {
  $("level").textContent = Number($("bias").value).toFixed(1);
  clearTimeout(resting);
  if (drawing) resting = setTimeout(wish, WAIT_MILLISECONDS);
});
for (const button of document.querySelectorAll("[data-form]")) {
  button.addEventListener("click", () => save(button.dataset.form));
}
window.addEventListener("beforeunload", (event) => { if (isSaving()) event.preventDefault(); });

async function begin() {
  if (!TOKEN) return banner(NOT_WHOLE);
  try {
    take(await get("/api/state"));
  } catch (error) {
    if (error.status) banner(error.message);
    return;
  }
  $("folder").textContent = S.folder;
  $("bias").max = S.most_bias;
  $("asking").hidden = !S.run;
  $("run").textContent = S.run ? `by ${S.run}` : "";
  fillOwn();
  open(next() ?? 0);
  document.body.dataset.ready = "yes";
  setInterval(alive, ALIVE_MILLISECONDS);
}

begin();
