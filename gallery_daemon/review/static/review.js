// The Review page: the queue, what is chosen of it, and what becomes of it.

import { Acts } from "./acts.js";
import { Choice } from "./choice.js";
import { Grid } from "./grid.js";
import { Large } from "./large.js";
import { Pointing } from "./pointing.js";
import { Queue } from "./queue.js";
import { server } from "./server.js";

const MANY = 100; // to be asked about before
const CHANGES_MS = 1500;

const byId = (id) => document.getElementById(id);
const begun = JSON.parse(byId("review").dataset.review);
const classes = begun.classes;
const box = byId("grid");

const queue = new Queue(begun.total, begun.items, async (from, count) => {
  const told = await server.ask(`/review/${begun.queue}/photos?from=${from}&count=${count}`);
  return told.items;
});
const choice = new Choice(queue);
const grid = new Grid(box, queue, choice);
const acts = new Acts(queue, changed, tell);
const large = new Large(queue, choice, changed);
new Pointing(box, grid, choice, large, changed);

// ---- what is shown

function changed() {
  choice.settle();
  grid.drawNow();
  showProgress();
  showDock();
  large.show();
}

const count = (number) => number.toLocaleString("en");
const photos = (number) => (number === 1 ? "1 photo" : `${count(number)} photos`);

let standing = begun.progress;
// This page knows best how many are left: what the news say of it is not shown.
const entry = document.querySelector('[data-count="/review"]');
entry?.removeAttribute("data-count");
function showProgress() {
  const all = acts.decided + queue.size;
  byId("left").textContent = count(queue.size);
  byId("line").value = all ? acts.decided / all : 0;
  const words = [];
  if (acts.decided > 0) words.push(`${count(acts.decided)} of ${count(all)} decided`);
  if (standing.unlearned) {
    words.push(standing.unlearned === 1 ? "1 new lesson" : `${count(standing.unlearned)} new lessons`);
  }
  for (const [name, had, needed] of standing.new_classes ?? []) {
    if (had < needed) words.push(`${name}: ${had} of ${needed} photos to learn it`);
  }
  byId("standing").textContent = words.join(" · ");
  const isEmpty = !queue.size;
  byId("empty").hidden = !isEmpty;
  box.hidden = isEmpty;
  byId("dock").classList.toggle("idle", isEmpty);
  byId("whole").hidden = isEmpty;
  if (isEmpty && acts.decided > 0) {
    byId("empty-title").textContent = "All decided";
    byId("empty-words").textContent = `${photos(acts.decided)} in this sitting. The model learns from them.`;
  }
  if (entry) entry.textContent = count(queue.size);
}
document.addEventListener("progress", (event) => {
  standing = event.detail;
  showProgress();
});

function showDock() {
  const meant = choice.meant();
  const item = queue.item(meant[0]);
  const guesses = meant.length === 1 && item ? item.guesses.map(([name]) => name) : [];
  for (const button of document.querySelectorAll("#classes [data-class]")) {
    button.disabled = !meant.length;
    button.classList.toggle("likely", button.dataset.class === guesses[0]);
  }
  document.querySelector('[data-act="new"]').disabled = !meant.length;
  document.querySelector('[data-act="skip"]').disabled = !meant.length;
  document.querySelector('[data-act="undo"]').disabled = !acts.canUndo;
  box.classList.toggle("choosing", choice.chosen.size > 0);
  if (choice.chosen.size) say(`${photos(choice.chosen.size)} chosen`, false, "chosen");
  else if (said === "chosen") say("", false);
}

// ---- what is said

const SAID_MS = 10_000;

let said = "";
let silence = 0;
function say(words, isTrouble, kind = "") {
  said = kind;
  clearTimeout(silence);
  if (kind === "done") silence = setTimeout(() => say(""), SAID_MS);
  words = words.slice(0, 1).toUpperCase() + words.slice(1);
  byId("told-words").textContent = words;
  byId("told").classList.toggle("trouble", Boolean(isTrouble));
  byId("told-undo").hidden = kind !== "done" || !acts.canUndo;
  byId("said").textContent = words;
}
function tell(words, isTrouble = false) {
  say(words, isTrouble, isTrouble ? "trouble" : "done");
}
byId("told-undo").addEventListener("click", () => acts.undo());

// ---- what is done

const saysOf = (name) => classes.find((each) => each.name === name)?.says ?? name;

async function file(name) {
  const places = choice.meant();
  if (!places.length || !(await isSure(places.length, saysOf(name)))) return;
  leave();
  acts.file([[name, places]], `${photos(places.length)} filed as ${saysOf(name)}`);
}

// Each is what the model guessed first.
async function agree() {
  const places = choice.meant();
  await queue.know(places);
  const parts = new Map();
  for (const place of places) {
    const [guess] = queue.item(place)?.guesses ?? [];
    if (guess) parts.set(guess[0], [...(parts.get(guess[0]) ?? []), place]);
  }
  const names = [...parts.keys()];
  if (!names.length) return;
  const words = names.length === 1 ? saysOf(names[0]) : "what the model guessed";
  if (!(await isSure(places.length, words))) return;
  leave();
  acts.file([...parts], `${photos(places.length)} filed as ${words}`);
}

function skip() {
  const places = choice.meant();
  if (!places.length) return;
  leave();
  acts.skip(places, `${photos(places.length)} skipped, to the end`);
}

// The cursor stands where the first of them was, so what follows comes under it.
function leave() {
  if (!choice.chosen.size) return;
  const first = Math.min(...[...choice.chosen].map((place) => queue.indexOf(place)));
  choice.only(Number.isFinite(first) ? first : 0);
}

async function isSure(number, words) {
  if (number <= MANY) return true;
  byId("sure-title").textContent = `File ${photos(number)} as ${words}?`;
  return (await answerOf(byId("sure"))) === "ok";
}

function answerOf(dialog) {
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue), { once: true });
  });
}

async function newClass() {
  const places = choice.meant();
  if (!places.length) return;
  const name = byId("new-class-name");
  name.value = "";
  byId("new-class-title").textContent = `A new class for ${photos(places.length)}`;
  if ((await answerOf(byId("new-class"))) !== "ok") return;
  const given = name.value.trim();
  if (!given) return;
  leave();
  acts.name(given, places, `${photos(places.length)} called ${given}`);
}

function setWhole(isWhole) {
  box.classList.toggle("whole", isWhole);
  byId("whole").setAttribute("aria-pressed", String(isWhole));
  try {
    localStorage.setItem("whole", isWhole ? "yes" : "");
  } catch {
    // It holds for this page alone.
  }
}
const whole = () => setWhole(!box.classList.contains("whole"));
try {
  setWhole(localStorage.getItem("whole") === "yes");
} catch {
  // Storage is switched off.
}

// ---- buttons and keys

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("#dock .class");
  if (!button) return;
  const act = { new: newClass, skip, undo: () => acts.undo() }[button.dataset.act];
  if (act) act();
  else file(button.dataset.class);
});
for (const button of document.querySelectorAll("[data-close]")) {
  button.addEventListener("click", () => byId(button.dataset.close).close());
}
byId("whole").addEventListener("click", whole);
byId("help-button").addEventListener("click", () => byId("help").showModal());
byId("newer").addEventListener("click", () => location.reload());

function move(index, isExtended) {
  if (isExtended) choice.extend(index);
  else choice.only(index);
  grid.reveal(choice.cursor, byId("dock").offsetHeight);
  changed();
}

const byKey = new Map(classes.filter((each) => each.key).map((each) => [each.key, each.name]));

const steps = () => ({
  ArrowLeft: -1,
  ArrowRight: 1,
  ArrowUp: large.isOpen ? -1 : -grid.columns,
  ArrowDown: large.isOpen ? 1 : grid.columns,
  PageUp: -grid.page * grid.columns,
  PageDown: grid.page * grid.columns,
  Home: -queue.size,
  End: queue.size,
});

const letters = {
  u: () => acts.undo(),
  s: skip,
  n: newClass,
  w: () => large.toggleWhy(),
  f: whole,
  x: () => (choice.toggle(choice.cursor), changed()),
  "?": () => byId("help").showModal(),
  Enter: agree,
  " ": () => (large.isOpen ? large.close() : large.open()),
  Escape: () => (choice.clear(), changed()),
};

document.addEventListener("keydown", (event) => {
  const isCommand = event.ctrlKey || event.metaKey;
  if (event.defaultPrevented || event.altKey || document.querySelector("dialog.sheet[open]")) return;
  if (event.target.closest?.("input, textarea, select")) return;
  if (isCommand) {
    if (event.key !== "a" || large.isOpen) return;
    event.preventDefault();
    choice.all();
    changed();
    return;
  }
  // A button has its own use of these two.
  const isOnButton = Boolean(event.target.closest?.("button, a"));
  if (isOnButton && (event.key === " " || event.key === "Enter")) return;
  const step = steps()[event.key];
  if (step !== undefined) {
    event.preventDefault();
    move(choice.cursor + step, event.shiftKey && !large.isOpen);
    return;
  }
  const name = byKey.get(event.key.toLowerCase());
  const act = name === undefined ? letters[event.key] ?? letters[event.key.toLowerCase()] : () => file(name);
  // Escape closes the large view by itself.
  if (!act || (event.key === "Escape" && large.isOpen)) return;
  if (event.repeat && event.key !== "u") return;
  event.preventDefault();
  act();
});

// ---- what happens elsewhere

box.addEventListener("unknown", (event) => {
  if (event.detail.status === 410) location.reload();
  else tell(event.detail.message, true);
});

let asks = 0;
document.addEventListener("journal-changed", () => {
  clearTimeout(asks);
  asks = setTimeout(follow, CHANGES_MS);
});

// Photos that were decided elsewhere leave; those that came are offered.
async function follow() {
  if (acts.pending) {
    asks = setTimeout(follow, CHANGES_MS);
    return;
  }
  let told;
  try {
    told = await server.ask(`/review/${begun.queue}/changes`);
  } catch (error) {
    if (error.status === 410) location.reload();
    return;
  }
  if (acts.pending) return;
  standing = told.progress;
  const { leave, back } = queue.compare(told.gone);
  queue.remove(leave);
  acts.undone(back);
  changed();
  const newer = byId("newer");
  const came = told.new.filter((id) => !queue.hasId(id)).length;
  newer.hidden = !came;
  newer.textContent = `Show ${came === 1 ? "1 new photo" : `${count(came)} new photos`}`;
}

addEventListener("beforeunload", (event) => {
  if (acts.pending) event.preventDefault();
});

box.focus({ preventScroll: true });
changed();
