// The text below its picture: as wide as the ink above it, doubtful and new characters marked.

import { mixedWords } from "/palette.js";

const DOUBTFUL = 0.85; // a character less sure is marked
const SMALLEST = 15, LARGEST = 44, USUAL = 26; // pixels of the letters
const TIGHTEST = -0.04, WIDEST = 0.5; // between letters, in heights of the letters
const JOINED = /[\p{Script=Arabic}\p{Script=Syriac}\p{Script=Devanagari}\p{Script=Bengali}\p{Script=Mongolian}]/u;
const pen = document.createElement("canvas").getContext("2d");

export class Field {
  // input, and the element behind it that carries the marks
  constructor(input, mirror) {
    this.input = input;
    this.mirror = mirror;
    this.known = null; // characters that the reader can write
    this.characters = []; // [text, left, right, confidence] as it was read
    this.ink = [0, 1];
    this.width = 0; // of the picture on the screen
    input.addEventListener("scroll", () => { mirror.scrollLeft = input.scrollLeft; });
  }

  // read: what the characters spell; ink: from where to where the picture has letters, as shares.
  open({ text, characters, ink }) {
    this.characters = characters;
    this.ink = ink;
    this.input.value = text;
  }

  fit(width) {
    this.width = width;
    this.draw();
  }

  get text() { return this.input.value; }

  draw() {
    const { input, mirror } = this, text = input.value;
    const family = getComputedStyle(input).fontFamily;
    const wide = (size) => { pen.font = `${size}px ${family}`; pen.fontKerning = "none"; return pen.measureText(text).width; };
    const room = (this.ink[1] - this.ink[0]) * this.width, letters = [...text].length;
    const size = text ? Math.min(LARGEST, Math.max(SMALLEST, (100 * room) / wide(100))) : USUAL;
    const spread = letters && !JOINED.test(text) ? (room - wide(size)) / letters : 0;
    const apart = Math.min(WIDEST * size, Math.max(TIGHTEST * size, spread));
    const start = this.isFromRight ? input.clientWidth - this.ink[1] * this.width : this.ink[0] * this.width;
    for (const each of [input, mirror]) {
      each.style.fontSize = `${size}px`;
      each.style.letterSpacing = `${apart}px`;
      each.style.paddingInlineStart = `${Math.max(4, start)}px`;
    }
    this.apart = apart;
    this.marks = this.judged(text);
    this.paint(text);
    mirror.scrollLeft = input.scrollLeft;
  }

  get isFromRight() { return getComputedStyle(this.input).direction === "rtl"; }

  // How many characters at both ends stand as they were read: what is between was typed.
  kept(text) {
    const read = this.characters.map((each) => each[0]).join("");
    const most = Math.min(read.length, text.length);
    let head = 0, tail = 0;
    while (head < most && read[head] === text[head]) head += 1;
    while (tail < most - head && read[read.length - 1 - tail] === text[text.length - 1 - tail]) tail += 1;
    return { head, tail, read };
  }

  // For each UTF-16 place of the text: what is to be marked there.
  judged(text) {
    const marks = new Array(text.length).fill("");
    const { head, tail, read } = this.kept(text);
    let at = 0;
    for (const [letters, , , sure] of this.characters) {
      const from = at < head ? at : at >= read.length - tail ? at + text.length - read.length : -1;
      if (sure !== null && sure < DOUBTFUL && from >= 0) for (let k = 0; k < letters.length; k += 1) marks[from + k] = "doubt";
      at += letters.length;
    }
    for (const [from, to] of mixedWords(text)) for (let k = from; k < to; k += 1) marks[k] = `${marks[k]} mixed`;
    let place = 0;
    for (const character of text) {
      if (this.isNew(character)) for (let k = 0; k < character.length; k += 1) marks[place + k] = `${marks[place + k]} new`;
      place += character.length;
    }
    return marks;
  }

  isNew(character) {
    return this.known !== null && ![...character.normalize("NFC")].every((each) => this.known.has(each));
  }

  get newCharacters() {
    return [...new Set([...this.input.value.normalize("NFC")].filter((each) => this.isNew(each)))];
  }

  get doubts() { return this.marks.filter((each, k) => each.includes("doubt") && !(this.marks[k - 1] || "").includes("doubt")).length; }

  // Select the next doubtful character behind the cursor; round to the first one.
  jump() {
    const places = this.marks.map((each, k) => (each.includes("doubt") ? k : -1)).filter((k) => k >= 0);
    if (!places.length) return false;
    const from = places.find((k) => k >= this.input.selectionEnd) ?? places[0];
    this.input.setSelectionRange(from, from + 1);
    return true;
  }

  paint(text) {
    const pieces = [];
    for (let from = 0; from < text.length;) {
      let to = from + 1;
      while (to < text.length && this.marks[to] === this.marks[from]) to += 1;
      const piece = document.createElement("span");
      piece.className = this.marks[from];
      piece.textContent = text.slice(from, to);
      pieces.push(piece);
      from = to;
    }
    this.mirror.replaceChildren(...pieces);
  }

  // Where the cursor stands in the picture, as a share of its width.
  get place() {
    const text = this.input.value, at = this.input.selectionEnd;
    const { head, tail, read } = this.kept(text);
    if (this.characters.length && (at <= head || at >= text.length - tail)) {
      const then = at <= head ? at : at + read.length - text.length;
      let count = 0;
      for (const [letters, left, right] of this.characters) {
        if (then < count + letters.length) return left;
        count += letters.length;
        if (then === count && count === read.length) return right;
      }
    }
    pen.font = `${getComputedStyle(this.input).fontSize} ${getComputedStyle(this.input).fontFamily}`;
    const wide = (part) => pen.measureText(part).width + this.apart * [...part].length;
    const share = wide(text.slice(0, at)) / Math.max(1, wide(text)), [left, right] = this.ink;
    return this.isFromRight ? right - (right - left) * share : left + (right - left) * share;
  }

  insert(characters) {
    const { input } = this;
    input.focus();
    // The browser's own way, so that Ctrl+Z takes it back.
    if (!document.execCommand("insertText", false, characters)) input.setRangeText(characters, input.selectionStart, input.selectionEnd, "end");
  }

  // The character before the cursor, and the same place with another one.
  before() {
    const [...letters] = this.input.value.slice(0, this.input.selectionStart);
    return letters[letters.length - 1];
  }

  replaceBefore(character) {
    const { input } = this, at = input.selectionStart;
    input.setSelectionRange(at - this.before().length, at);
    this.insert(character);
  }

  replaceAll(text) {
    this.input.select();
    this.insert(text);
  }
}
