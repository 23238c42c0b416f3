// What all pages share: asking the server with the address's token, and what a person is told.

export const $ = (id) => document.getElementById(id);
export const TOKEN = location.hash.slice(1);

// Names this tab to the server; kept over a reload, and not copied when a tab is duplicated.
export const TAB = sessionStorage.getItem("tab") || crypto.randomUUID();
sessionStorage.removeItem("tab");
window.addEventListener("pagehide", () => sessionStorage.setItem("tab", TAB));

const COMMAND = `kineograph ${document.body.dataset.command}`;
const NOT_CONNECTED = "Not connected";
const KEPT_ALIVE = 30000; // characters; what is kept alive reaches the server though the tab closes

// The answer, if it is a good one; else an Error in the server's words with its `status`.
export async function ask(path, options = {}) {
  const url = path + (path.includes("?") ? "&" : "?") + `tab=${TAB}`;
  let answer;
  try {
    answer = await fetch(url, { ...options, headers: { "X-Kineograph-Token": TOKEN } });
  } catch (error) {
    banner("The server does not answer: it was ended. What was saved is safe; nothing new is saved. "
      + `Start ${COMMAND} again and open its new address.`);
    document.body.dataset.saved = "no";
    $("saved").textContent = NOT_CONNECTED;
    throw error;
  }
  if (answer.ok) return answer;
  const said = await answer.json().catch(() => ({ error: `The server failed (${answer.status}).` }));
  const fault = new Error(said.error);
  fault.status = answer.status;
  throw fault;
}

export const get = async (path) => (await ask(path)).json();

export async function post(path, body) {
  return (await ask(path, { method: "POST", body, keepalive: body.length < KEPT_ALIVE })).json();
}

// An answer of times and JPEGs: 4 bytes say how long the JSON before the pictures is.
export async function fetchFrames(path) {
  const content = await (await ask(path)).arrayBuffer();
  const length = new DataView(content).getUint32(0);
  const head = JSON.parse(new TextDecoder().decode(new Uint8Array(content, 4, length)));
  if (head.problem) banner(head.problem);
  let from = 4 + length;
  return Promise.all(head.frames.map(async (frame) => {
    const jpeg = new Blob([new Uint8Array(content, from, frame.bytes)], { type: "image/jpeg" });
    from += frame.bytes;
    return { ...frame, bitmap: await createImageBitmap(jpeg) };
  }));
}

// ---- what is told -----------------------------------------------------------------------------

let waiting = 0;

export const isSaving = () => waiting > 0;

// Tells that something is being saved until `work` has ended.
export async function saving(work) {
  waiting += 1;
  tellSaved();
  try {
    return await work();
  } finally {
    waiting -= 1;
    tellSaved();
  }
}

function tellSaved() {
  if ($("saved").textContent === NOT_CONNECTED) return;
  document.body.dataset.saved = waiting ? "no" : "yes";
  $("saved").textContent = waiting ? "Saving…" : "Saved";
}

export function banner(text) {
  $("banner").textContent = text;
  $("banner").hidden = !text;
}

let toasting = 0;

export function toast(text) {
  $("toast").textContent = text;
  $("toast").hidden = false;
  clearTimeout(toasting);
  toasting = setTimeout(() => { $("toast").hidden = true; }, 6000);
}

export const NOT_WHOLE = `The address is not whole: open the one that ${COMMAND} printed, `
  + "with all that stands behind the #.";

export function element(name, fields = {}, ...inside) {
  const made = Object.assign(document.createElement(name), fields);
  made.append(...inside);
  return made;
}
