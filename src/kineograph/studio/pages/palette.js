// Characters that are hard to type: rows to insert from, and those that look like another.

const CIRCLE = "◌"; // carries a mark that would stand alone
const ROWS = [
  ["Old print", "ſꝛßẞ⸗ꝰæœÆŒꝑꝓꝗꝙꝫ℔₰ͤ̄̃"],
  ["Signs", "§–—…„“”‚‘’«»‹›¶†‡·•°№×½¼¾"],
  ["Accents", "äöüÄÖÜéèêëáàâãåçñíìîïóòôõøúùûýÿčšžđć"],
  ["Cyrillic", "абвгдеёжзийклмнопрстуфхцчшщъыьэюяѣіѳѵґєїў"],
  ["Greek", "αβγδεζηθικλμνξοπρσςτυφχψω"],
];

// Each turns into the next; the last of many is the twin of another script.
const TURNS = [
  "sſßѕ", "S§ẞЅ", "rꝛ", "-–—⸗¬", "\"„“”«»", "'’‚‘‹›", "aäáàâãåæаα", "AÄÁÀÂÅÆАΑ", "eéèêëęеѣ", "EÉÈÊЕΕ",
  "oöóòôõøœоο", "OÖÓÒÔØŒОΟ", "uüúùûů", "UÜÚÙÛ", "iíìîïіι", "IÍÌІΙ", "cçčćс", "CÇČС", "nñńη", "zžź", "yýÿу",
  "pꝑꝓрρ", "PРΡ", "qꝗꝙ", "xх×χ", "XХΧ", "BВΒ", "HНΗ", "KКΚ", "kκ", "MМΜ", "TТΤ", "еёєѣ", "ийїі", "ьъ", ".·…•",
  "lł", "vѵν", "wω", "dđ", "fſƒ", "t†",
].map((turn) => [...turn]);

// What stands after a character in its turn; undefined where it has none. by: 1 or -1.
export function turned(character, by) {
  const turn = TURNS.find((each) => each[0] === character) || TURNS.find((each) => each.includes(character));
  return turn && turn[(turn.indexOf(character) + by + turn.length) % turn.length];
}

const plain = /^[\u0020-\u007e]$/;
const isMark = (character) => /^\p{M}$/u.test(character);

// Rows by name; the first holds what an alphabet has beyond a keyboard's characters.
export function rowsOf(alphabet) {
  const own = alphabet.filter((each) => !plain.test(each) && !/^[\p{Cf}\p{Z}]$/u.test(each));
  const rows = ROWS.map(([name, characters]) => [name, [...characters]]);
  return own.length ? [["This alphabet", own], ...rows] : rows;
}

export const shownAlone = (character) => (isMark(character) ? CIRCLE + character : character);

export function codeOf(character) {
  return `U+${character.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}`;
}

export function scriptOf(character) {
  return ["Latin", "Cyrillic", "Greek"].find((script) => new RegExp(`^\\p{Script=${script}}$`, "u").test(character));
}

// Where words begin and end that mix scripts, as [from, to) of the text.
export function mixedWords(text) {
  return [...text.matchAll(/[\p{L}\p{M}]+/gu)]
    .filter(([word]) => new Set([...word].map(scriptOf).filter(Boolean)).size > 1)
    .map((found) => [found.index, found.index + found[0].length]);
}
