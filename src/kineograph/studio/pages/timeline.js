// One row a person over the time of the video: marks as coloured stretches, what is bare is unknown.

const NAMES = 104; // pixels for the names on the left
const RULER = 24;
const ROW = 30;
const EDGE = 6; // pixels around the end of a mark that move only that end
const LEAST_SPAN = 0.5; // seconds that the view shows at least

export class Timeline {
  // actions: seek(s), chosen(window), paint(window, from, to), move(mark, from, to), pick(mark)
  constructor(canvas, actions) {
    this.canvas = canvas;
    this.actions = actions;
    this.windows = [];
    this.marks = [];
    this.colours = {};
    this.duration = 1;
    this.view = [0, 1];
    this.at = 0;
    this.picked = null;
    this.stroke = null; // what is being marked now
    this.drag = null;
    canvas.addEventListener("pointerdown", (e) => this.down(e));
    canvas.addEventListener("pointermove", (e) => this.move(e));
    canvas.addEventListener("pointerup", (e) => this.up(e));
    canvas.addEventListener("pointercancel", () => { this.drag = null; this.draw(); });
    canvas.addEventListener("wheel", (e) => this.wheel(e), { passive: false });
    new ResizeObserver(() => this.draw()).observe(canvas.parentElement);
  }

  get width() { return Math.max(10, this.canvas.clientWidth - NAMES - 8); }
  x(seconds) { return NAMES + (seconds - this.view[0]) / (this.view[1] - this.view[0]) * this.width; }
  seconds(x) {
    const s = this.view[0] + (x - NAMES) / this.width * (this.view[1] - this.view[0]);
    return Math.min(Math.max(0, s), this.duration);
  }

  open(duration) {
    this.duration = duration;
    this.view = [0, duration];
  }

  zoom(factor, around = this.at) {
    const span = Math.min(this.duration, Math.max(LEAST_SPAN, (this.view[1] - this.view[0]) * factor));
    const part = (around - this.view[0]) / (this.view[1] - this.view[0]);
    this.pan(around - part * span, span);
  }

  pan(from, span = this.view[1] - this.view[0]) {
    const start = Math.min(Math.max(0, from), Math.max(0, this.duration - span));
    this.view = [start, Math.min(this.duration, start + span)];
    this.draw();
  }

  // The playhead stays in sight.
  show(seconds) {
    this.at = seconds;
    const span = this.view[1] - this.view[0];
    if (!this.drag && (seconds < this.view[0] || seconds > this.view[1] - 0.02 * span)) {
      if (span < this.duration - 1e-6) this.pan(seconds - 0.1 * span);
    }
    this.draw();
  }

  wheel(event) {
    event.preventDefault();
    const span = this.view[1] - this.view[0];
    if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
      this.pan(this.view[0] + (event.deltaX || event.deltaY) / this.width * span);
    } else {
      this.zoom(event.deltaY > 0 ? 1.25 : 0.8, this.seconds(event.offsetX));
    }
  }

  // row -1 is the ruler
  hit(x, y) {
    const row = y < RULER ? -1 : Math.floor((y - RULER) / ROW);
    const window = this.windows[row];
    if (!window) return { row, mark: null };
    const mine = this.marks.filter((m) => m.window === window.id);
    let best = null;
    for (const mark of mine) {
      const left = this.x(mark.start_seconds), right = this.x(mark.end_seconds);
      const reach = Math.min(EDGE, (right - left) / 3);
      const beside = mark.id === this.picked ? 3 : 0; // a drag that begins at its end is a new mark
      if (x >= left - beside && x < right + beside) {
        const part = x < left + reach ? "start" : x > right - reach ? "end" : "body";
        if (!best || mark.id === this.picked) best = { row, window, mark, part };
      }
    }
    return best || { row, window, mark: null };
  }

  down(event) {
    if (event.button !== 0) return;
    const hit = this.hit(event.offsetX, event.offsetY);
    this.canvas.focus({ preventScroll: true });
    if (event.offsetX < NAMES) {
      if (hit.window) this.actions.chosen(hit.window.id);
      return;
    }
    this.canvas.setPointerCapture(event.pointerId);
    const seconds = this.seconds(event.offsetX);
    this.drag = { ...hit, from: seconds, to: seconds, x: event.offsetX, moved: false };
    if (hit.row < 0 || !hit.window) this.actions.seek(seconds);
    else this.actions.chosen(hit.window.id);
  }

  move(event) {
    const { drag } = this;
    if (!drag) {
      const { mark, part, row } = this.hit(event.offsetX, event.offsetY);
      this.canvas.style.cursor = event.offsetX < NAMES || row < 0 ? "pointer"
        : mark ? (part === "body" ? "grab" : "ew-resize") : "crosshair";
      return;
    }
    drag.to = this.seconds(event.offsetX);
    if (Math.abs(event.offsetX - drag.x) > 3) drag.moved = true;
    if (drag.row < 0 || !drag.window) this.actions.seek(drag.to);
    this.draw();
  }

  up() {
    const { drag } = this;
    this.drag = null;
    if (!drag || drag.row < 0 || !drag.window) return;
    const span = this.dragged(drag);
    if (!drag.moved) {
      this.actions.pick(drag.mark ? drag.mark.id : null);
      this.actions.seek(drag.from);
    } else if (drag.mark) this.actions.move(drag.mark, ...span);
    else this.actions.paint(drag.window.id, ...span);
    this.draw();
  }

  // From where to where the dragged stretch reaches now.
  dragged(drag) {
    if (!drag.mark) return [Math.min(drag.from, drag.to), Math.max(drag.from, drag.to)];
    let { start_seconds: start, end_seconds: end } = drag.mark;
    const by = drag.to - drag.from;
    if (drag.part === "start") start = Math.min(start + by, end - 0.01);
    else if (drag.part === "end") end = Math.max(end + by, start + 0.01);
    else {
      const inside = Math.min(Math.max(by, -start), this.duration - end);
      start += inside;
      end += inside;
    }
    return [Math.max(0, start), Math.min(this.duration, end)];
  }

  draw() {
    const { canvas } = this, ratio = window.devicePixelRatio || 1;
    const height = RULER + Math.max(1, this.windows.length) * ROW + 6;
    canvas.style.height = `${height}px`;
    Object.assign(canvas, { width: Math.round(canvas.clientWidth * ratio), height: Math.round(height * ratio) });
    const pen = canvas.getContext("2d"), style = getComputedStyle(document.documentElement);
    this.ink = (name) => style.getPropertyValue(name).trim();
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.font = "13px system-ui, sans-serif";
    pen.textBaseline = "middle";
    this.drawRuler(pen, height);
    if (!this.windows.length) {
      pen.fillStyle = this.ink("--quiet");
      pen.fillText("A timeline appears for each window.", NAMES, RULER + ROW / 2);
    }
    this.windows.forEach((window, row) => this.drawRow(pen, window, row));
    const head = this.x(this.at);
    if (head >= NAMES - 1) {
      pen.fillStyle = this.ink("--ink");
      pen.fillRect(head - 1, 0, 2, height);
      pen.beginPath();
      pen.moveTo(head - 6, 0); pen.lineTo(head + 6, 0); pen.lineTo(head, 9);
      pen.fill();
    }
  }

  drawRuler(pen, height) {
    const span = this.view[1] - this.view[0];
    const steps = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600];
    const step = steps.find((s) => s / span * this.width > 70) || 7200;
    pen.fillStyle = this.ink("--quiet");
    for (let k = Math.ceil(this.view[0] / step - 1e-9); k * step <= this.view[1]; k++) {
      const x = this.x(k * step);
      pen.fillRect(x, RULER - 6, 1, 5);
      const text = clock(k * step, step < 1 ? 1 : 0);
      if (x + pen.measureText(text).width + 4 < NAMES + this.width + 8) pen.fillText(text, x + 4, RULER / 2 - 1);
    }
  }

  drawRow(pen, window, row) {
    const top = RULER + row * ROW, chosen = window.id === this.chosen;
    pen.fillStyle = this.ink(chosen ? "--row-chosen" : "--row");
    pen.fillRect(0, top + 1, NAMES - 4, ROW - 2);
    pen.fillRect(NAMES, top + 3, Math.max(0, Math.min(this.x(this.duration), NAMES + this.width) - NAMES), ROW - 6);
    pen.fillStyle = this.ink("--ink");
    pen.save();
    pen.beginPath();
    pen.rect(0, top, NAMES - 8, ROW);
    pen.clip();
    pen.font = `${chosen ? 600 : 400} 13px system-ui, sans-serif`;
    pen.fillText(window.person, 12, top + ROW / 2);
    pen.restore();
    pen.save();
    pen.beginPath();
    pen.rect(NAMES, top, this.width + 8, ROW);
    pen.clip();
    const held = this.drag && this.drag.moved && this.drag.mark ? this.drag.mark.id : null;
    for (const mark of this.marks) {
      if (mark.window === window.id && mark.id !== held) {
        this.drawMark(pen, top, mark.start_seconds, mark.end_seconds, mark.label, mark.id === this.picked);
      }
    }
    if (this.stroke && this.stroke.window === window.id) {
      this.drawMark(pen, top, this.stroke.start, this.stroke.end, this.stroke.label, true);
    }
    if (this.drag && this.drag.moved && this.drag.window && this.drag.window.id === window.id) {
      const label = this.drag.mark ? this.drag.mark.label : this.label;
      this.drawMark(pen, top, ...this.dragged(this.drag), label, true);
    }
    pen.restore();
  }

  drawMark(pen, top, start, end, label, picked) {
    const left = this.x(start), width = Math.max(1.5, this.x(end) - left);
    if (left + width < NAMES || left > NAMES + this.width) return;
    pen.fillStyle = label === null ? this.ink("--panel") : this.colours[label] || "#777";
    pen.fillRect(left, top + 4, width, ROW - 8);
    if (picked) {
      pen.strokeStyle = this.ink("--ink");
      pen.lineWidth = 2;
      pen.strokeRect(left + 1, top + 5, Math.max(1, width - 2), ROW - 10);
    }
    const from = Math.max(left, NAMES);
    if (label && left + width - from > pen.measureText(label).width + 12) {
      pen.fillStyle = "#fff";
      pen.font = "12.5px system-ui, sans-serif";
      pen.fillText(label, from + 6, top + ROW / 2 + 0.5);
    }
  }
}

export function clock(seconds, digits = 3) {
  const whole = Math.floor(seconds + 1e-9), hours = Math.floor(whole / 3600);
  const minutes = Math.floor(whole / 60) % 60;
  const rest = (seconds - Math.floor(whole / 60) * 60).toFixed(digits).padStart(digits ? digits + 3 : 2, "0");
  return hours ? `${hours}:${String(minutes).padStart(2, "0")}:${rest}` : `${minutes}:${rest}`;
}
