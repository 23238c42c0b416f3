// Frames from the server at their true times: one at a time, or played forward.

const CHUNK = 12; // frames asked for at once while playing
const ENOUGH = 18; // frames kept ahead

export class Player {
  // fetchFrames(seconds, count) -> [{index, seconds, until, last, bitmap}]; onFrame(frame, playing)
  constructor(fetchFrames, onFrame, onPlaying) {
    this.fetchFrames = fetchFrames;
    this.onFrame = onFrame;
    this.onPlaying = onPlaying;
    this.frame = null;
    this.playing = false;
    this.speed = 1;
    this.ahead = [];
    this.turn = 0; // what was asked for before a jump is thrown away
    this.seeking = null;
  }

  // Show the frame that is on at `seconds`; of many jumps at once, the last one counts.
  seek(seconds) {
    this.pause();
    this.wanted = seconds;
    if (!this.seeking) {
      this.seeking = this.reach().finally(() => { this.seeking = null; });
    }
    return this.seeking;
  }

  async reach() {
    while (this.wanted !== null) {
      const seconds = this.wanted;
      this.wanted = null;
      const [frame] = await this.fetchFrames(seconds, 1);
      this.show(frame);
    }
  }

  async step(frames) {
    this.pause();
    if (this.seeking) await this.seeking;
    if (!this.frame) return;
    if (frames > 0 && this.frame.last) return;
    await this.seek(frames > 0 ? this.frame.until : Math.max(0, this.frame.seconds - 0.0005));
  }

  show(frame) {
    this.frame = frame;
    this.onFrame(frame, this.playing);
  }

  async play() {
    if (this.playing || !this.frame) return;
    if (this.seeking) await this.seeking;
    if (this.frame.last) await this.seek(0);
    this.playing = true;
    this.turn += 1;
    this.ahead = [];
    this.filling = false;
    this.fill(this.turn);
    this.onPlaying(true);
    let before = null;
    let at = this.frame.seconds;
    const turn = this.turn;
    const tick = (now) => {
      if (!this.playing || turn !== this.turn) return;
      if (before !== null) at += Math.min(0.25, (now - before) / 1000) * this.speed;
      before = now;
      let next = null;
      while (this.ahead.length && this.ahead[0].seconds <= at) next = this.ahead.shift();
      if (next) this.show(next);
      // The clock waits for frames that are late, so that nothing is played unseen.
      if (!this.ahead.length) at = Math.min(at, this.frame.until);
      if (this.frame.last && at >= this.frame.until - 1e-6) return this.pause();
      this.fill(turn);
      requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
  }

  async fill(turn) {
    const newest = this.ahead.length ? this.ahead[this.ahead.length - 1] : this.frame;
    if (this.filling || newest.last || this.ahead.length >= ENOUGH) return;
    this.filling = true;
    try {
      const frames = await this.fetchFrames(newest.until, CHUNK);
      if (turn === this.turn) this.ahead.push(...frames);
    } catch (error) {
      if (turn === this.turn) this.pause();
    } finally {
      if (turn === this.turn) this.filling = false;
    }
  }

  pause() {
    if (!this.playing) return;
    this.playing = false;
    this.turn += 1;
    this.ahead = [];
    this.onPlaying(false);
  }
}

// Where the picture lies in its canvas, and the way between both.
export class Placement {
  constructor(canvas, width, height) {
    this.scale = Math.min(canvas.clientWidth / width, canvas.clientHeight / height);
    this.left = (canvas.clientWidth - width * this.scale) / 2;
    this.top = (canvas.clientHeight - height * this.scale) / 2;
    this.width = width;
    this.height = height;
  }
  toPicture(x, y) { return [(x - this.left) / this.scale, (y - this.top) / this.scale]; }
  toCanvas(x, y) { return [this.left + x * this.scale, this.top + y * this.scale]; }
}

const HANDLE = 9; // half a handle's reach in canvas pixels
const LEAST = 8; // pixels of the picture

// Draws the frame with its windows; turns drags into new, moved and resized windows.
export class Picture {
  // actions: chosen(id), put(window), accept(proposal)
  constructor(canvas, actions) {
    this.canvas = canvas;
    this.actions = actions;
    this.windows = [];
    this.proposals = [];
    this.chosen = null;
    this.frame = null;
    this.draft = null;
    canvas.addEventListener("pointerdown", (e) => this.down(e));
    canvas.addEventListener("pointermove", (e) => this.move(e));
    canvas.addEventListener("pointerup", () => this.up());
    canvas.addEventListener("pointercancel", () => { this.drag = null; this.draft = null; this.draw(); });
    new ResizeObserver(() => this.draw()).observe(canvas);
  }

  get place() { return new Placement(this.canvas, this.video.width, this.video.height); }

  point(event) {
    const box = this.canvas.getBoundingClientRect();
    return this.place.toPicture(event.clientX - box.left, event.clientY - box.top);
  }

  // What lies under a point: a corner of the chosen window, a window, a proposal or nothing.
  hit(x, y) {
    const reach = HANDLE / this.place.scale;
    const chosen = this.windows.find((w) => w.id === this.chosen);
    if (chosen) {
      for (const right of [0, 1]) for (const low of [0, 1]) {
        const cx = chosen.x + right * chosen.size, cy = chosen.y + low * chosen.size;
        if (Math.abs(x - cx) < reach && Math.abs(y - cy) < reach) {
          return { kind: "corner", window: chosen,
                   fixed: [chosen.x + (1 - right) * chosen.size, chosen.y + (1 - low) * chosen.size] };
        }
      }
    }
    const inside = (w) => x >= w.x && y >= w.y && x < w.x + w.size && y < w.y + w.size;
    const bySize = (list) => list.filter(inside).sort((a, b) => a.size - b.size)[0];
    const window = chosen && inside(chosen) ? chosen : bySize(this.windows);
    if (window) return { kind: "window", window };
    const proposal = bySize(this.proposals);
    return proposal ? { kind: "proposal", proposal } : { kind: "none" };
  }

  down(event) {
    if (event.button !== 0 || !this.video) return;
    const [x, y] = this.point(event);
    const hit = this.hit(x, y);
    this.canvas.focus({ preventScroll: true });
    this.canvas.setPointerCapture(event.pointerId);
    this.drag = { ...hit, from: [x, y], moved: false };
    if (hit.kind === "window") this.actions.chosen(hit.window.id);
    if (hit.kind === "none") this.drag.fixed = this.inside(x, y);
  }

  move(event) {
    if (!this.video) return;
    const [x, y] = this.point(event);
    if (!this.drag) {
      const kind = this.hit(x, y).kind;
      this.canvas.style.cursor = { corner: "nwse-resize", window: "move", proposal: "pointer" }[kind] || "crosshair";
      return;
    }
    const far = Math.hypot(x - this.drag.from[0], y - this.drag.from[1]) * this.place.scale;
    if (far > 4) this.drag.moved = true;
    if (!this.drag.moved) return;
    if (this.drag.kind === "window") this.draft = this.shifted(this.drag.window, x - this.drag.from[0], y - this.drag.from[1]);
    else if (this.drag.kind === "corner") this.draft = { ...this.drag.window, ...this.square(this.drag.fixed, [x, y]) };
    else this.draft = this.square(this.drag.fixed || this.inside(...this.drag.from), [x, y]);
    this.draw();
  }

  up() {
    const { drag, draft } = this;
    this.drag = null;
    this.draft = null;
    if (!drag) return;
    if (drag.kind === "proposal" && !drag.moved) this.actions.accept(drag.proposal);
    else if (draft && draft.size >= LEAST) this.actions.put(draft);
    this.draw();
  }

  inside(x, y) {
    return [Math.min(Math.max(0, x), this.video.width), Math.min(Math.max(0, y), this.video.height)];
  }

  shifted(window, dx, dy) {
    const x = Math.round(Math.min(Math.max(0, window.x + dx), this.video.width - window.size));
    const y = Math.round(Math.min(Math.max(0, window.y + dy), this.video.height - window.size));
    return { ...window, x, y };
  }

  // The square from a fixed corner towards a point, as large as the picture lets it be.
  square([fx, fy], [x, y]) {
    const right = x >= fx, low = y >= fy;
    const room = Math.min(right ? this.video.width - fx : fx, low ? this.video.height - fy : fy);
    const size = Math.floor(Math.min(Math.max(Math.abs(x - fx), Math.abs(y - fy)), room));
    const left = Math.min(Math.max(0, Math.round(right ? fx : fx - size)), this.video.width - size);
    const top = Math.min(Math.max(0, Math.round(low ? fy : fy - size)), this.video.height - size);
    return { x: left, y: top, size };
  }

  draw() {
    if (!this.video) return;
    const { canvas } = this, ratio = window.devicePixelRatio || 1;
    const width = Math.round(canvas.clientWidth * ratio), height = Math.round(canvas.clientHeight * ratio);
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    const pen = canvas.getContext("2d");
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.clearRect(0, 0, canvas.clientWidth, canvas.clientHeight);
    const place = this.place;
    if (this.frame) {
      pen.imageSmoothingQuality = "high";
      pen.drawImage(this.frame.bitmap, place.left, place.top, place.width * place.scale, place.height * place.scale);
    }
    for (const each of this.proposals) this.outline(pen, place, each, { dash: [7, 5], tag: `${each.person || "?"}  click to accept` });
    for (const each of this.windows) {
      if (this.draft && this.draft.id === each.id) continue;
      this.outline(pen, place, each, { chosen: each.id === this.chosen, tag: each.person });
    }
    if (this.draft) this.outline(pen, place, this.draft, { chosen: true, tag: this.draft.person || `${this.draft.size} px` });
  }

  outline(pen, place, each, { chosen = false, dash = [], tag = "" }) {
    const [x, y] = place.toCanvas(each.x, each.y), size = each.size * place.scale;
    pen.lineJoin = "round";
    for (const [colour, width] of [["#000a", 5], [chosen ? "#ffd54a" : "#ffffff", 2.5]]) {
      pen.setLineDash(dash);
      pen.strokeStyle = colour;
      pen.lineWidth = width;
      pen.strokeRect(x, y, size, size);
    }
    pen.setLineDash([]);
    if (chosen) for (const cx of [x, x + size]) for (const cy of [y, y + size]) {
      pen.fillStyle = "#ffd54a";
      pen.strokeStyle = "#000a";
      pen.lineWidth = 1;
      pen.fillRect(cx - 4, cy - 4, 8, 8);
      pen.strokeRect(cx - 4, cy - 4, 8, 8);
    }
    const label = each.nowLabel ? `${tag} · ${each.nowLabel}` : tag;
    pen.font = "600 13px system-ui, sans-serif";
    const wide = pen.measureText(label).width + 12;
    const left = Math.max(0, Math.min(x, this.canvas.clientWidth - wide)), top = Math.max(0, y - 22);
    pen.fillStyle = each.nowColour || (chosen ? "#ffd54a" : "#ffffff");
    pen.fillRect(left, top, wide, 20);
    pen.fillStyle = each.nowColour ? "#ffffff" : "#1d1f21";
    pen.fillText(label, left + 6, top + 14.5);
  }
}
