// A sheet that takes strokes by pen, finger or mouse, every point that the device tells, with its time.

export const WIDTH = 1000; // units of a sheet, however wide it is on the screen
const RULE = 0.64; // of the height, from above: where the ruled line is, and y is 0
const PEN = 3.2; // units

export class Sheet {
  #canvas;
  #onStroke;
  #strokes = [];
  #points = null; // of the stroke that is being written
  #pointer = null;
  #penSeen = false; // from then on a touch is the palm of the hand
  #began = performance.now();

  // onStroke([[x, y, seconds], …]) when the pen is lifted.
  constructor(canvas, onStroke) {
    this.#canvas = canvas;
    this.#onStroke = onStroke;
    canvas.addEventListener("pointerdown", (event) => this.#down(event));
    canvas.addEventListener("pointermove", (event) => this.#move(event));
    for (const name of ["pointerup", "pointercancel", "lostpointercapture"]) {
      canvas.addEventListener(name, (event) => this.#up(event));
    }
    new ResizeObserver(() => this.draw()).observe(canvas);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.draw());
  }

  get isWriting() { return this.#points !== null; }

  // Another line comes on show: its seconds begin.
  begin(strokes) {
    this.#began = performance.now();
    this.show(strokes);
  }

  show(strokes) {
    this.#strokes = strokes;
    this.draw();
  }

  draw() {
    const canvas = this.#canvas, fine = devicePixelRatio || 1;
    const style = getComputedStyle(canvas), box = canvas.getBoundingClientRect();
    canvas.width = Math.max(1, Math.round(box.width * fine));
    canvas.height = Math.max(1, Math.round(box.height * fine));
    const context = canvas.getContext("2d"), scale = canvas.width / WIDTH;
    context.setTransform(scale, 0, 0, scale, 0, RULE * canvas.height);
    context.strokeStyle = style.getPropertyValue("--rule");
    context.lineWidth = 1.2;
    context.beginPath();
    context.moveTo(14, 0);
    context.lineTo(WIDTH - 14, 0);
    context.stroke();
    context.strokeStyle = context.fillStyle = style.getPropertyValue("--pen");
    context.lineWidth = PEN;
    context.lineCap = context.lineJoin = "round";
    for (const stroke of this.#strokes) trace(context, stroke, 0);
    if (this.#points) trace(context, this.#points, 0);
  }

  #down(event) {
    if (this.#pointer !== null || event.button !== 0) return;
    if (event.pointerType === "pen") this.#penSeen = true;
    if (event.pointerType === "touch" && this.#penSeen) return;
    event.preventDefault();
    this.#canvas.focus({ preventScroll: true });
    this.#canvas.setPointerCapture(event.pointerId);
    this.#pointer = event.pointerId;
    this.#points = [];
    this.#take(event);
    this.draw();
  }

  #move(event) {
    if (event.pointerId !== this.#pointer) return;
    const from = Math.max(0, this.#points.length - 1);
    const all = event.getCoalescedEvents ? event.getCoalescedEvents() : [];
    for (const each of all.length ? all : [event]) this.#take(each);
    trace(this.#canvas.getContext("2d"), this.#points, from);
  }

  #up(event) {
    if (event.pointerId !== this.#pointer) return;
    const points = this.#points;
    this.#pointer = this.#points = null;
    if (points.length) this.#onStroke(points);
  }

  #take(event) {
    const box = this.#canvas.getBoundingClientRect(), unit = box.width / WIDTH;
    const last = this.#points.at(-1);
    const x = round((event.clientX - box.left) / unit, 100);
    const y = round((event.clientY - box.top - RULE * box.height) / unit, 100);
    const seconds = Math.max(round((event.timeStamp - this.#began) / 1000, 1000), last ? last[2] : 0);
    if (!last || last[0] !== x || last[1] !== y) this.#points.push([x, y, seconds]);
  }
}

const round = (value, parts) => Math.round(value * parts) / parts;

function trace(context, points, from) {
  context.beginPath();
  if (points.length === 1) {
    context.arc(points[0][0], points[0][1], PEN / 2, 0, 2 * Math.PI);
    context.fill();
    return;
  }
  context.moveTo(points[from][0], points[from][1]);
  for (const [x, y] of points.slice(from + 1)) context.lineTo(x, y);
  context.stroke();
}
