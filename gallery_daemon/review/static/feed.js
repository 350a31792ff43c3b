// A list of photos by days: it grows at its end while it is scrolled, and at its top while photos
// come. A photo is chosen, a key or a click says what it is, and it changes in its place.

import { Large } from "./large.js";
import { followMore, markUnseen, partOf, Told } from "./parts.js";
import { server } from "./server.js";

const NEWS_MS = 300;
const AT_TOP = 240; // no photo is put above what somebody reads further down

const byId = (id) => document.getElementById(id);
const box = byId("grid");
const query = box.dataset.query;
const shots = () => [...box.querySelectorAll(".shot")];

// ---- which photos are meant

let at = 0; // the index of the photo that has the keys
const chosen = () => [...box.querySelectorAll('.face[aria-pressed="true"]')].map((face) => face.closest(".shot"));
const meant = () => {
  const some = chosen();
  if (some.length) return some;
  const focused = document.activeElement?.closest?.("#grid .shot");
  return focused ? [focused] : large.isOpen && shots()[at] ? [shots()[at]] : [];
};

function choose(shot, isAdded) {
  const face = shot.querySelector(".face");
  const was = face.getAttribute("aria-pressed") === "true";
  if (!isAdded) for (const each of chosen()) if (each !== shot) press(each, false);
  press(shot, !was);
  at = shots().indexOf(shot);
  showDock();
}
function press(shot, isPressed) {
  shot.querySelector(".face").setAttribute("aria-pressed", String(isPressed));
  shot.classList.toggle("chosen", isPressed);
}
function showDock() {
  const some = meant();
  byId("dock").hidden = !some.length && !done.length && !byId("told-words").textContent;
  byId("dock").classList.toggle("idle", !some.length);
  for (const button of document.querySelectorAll("#classes [data-class]")) {
    button.disabled = !some.length;
    button.classList.toggle("likely", some.length === 1 && button.dataset.class === some[0].dataset.class);
  }
  document.querySelector('[data-act="undo"]').disabled = !done.length;
}

// ---- one photo large

const itemOf = (shot) =>
  shot && {
    id: Number(shot.dataset.id),
    name: shot.dataset.name,
    folder: shot.dataset.place,
    taken: shot.dataset.facts,
    guesses: [],
  };
const queue = {
  get size() {
    return shots().length;
  },
  placeAt: (index) => index,
  item: (index) => itemOf(shots()[index]),
};
const choice = {
  get cursor() {
    return at;
  },
  only(index) {
    at = Math.max(0, Math.min(index, queue.size - 1));
  },
};
const large = new Large(queue, choice, () => {
  large.show();
  if (!large.isOpen) shots()[at]?.querySelector(".face").focus({ preventScroll: false });
  showDock();
});

// ---- what is said of them

const done = []; // acts that can be undone, the latest last
const told = new Told(undo);
const saysOf = (name) =>
  document.querySelector(`#classes [data-class="${CSS.escape(name)}"] span`)?.textContent ?? name;
const photos = (number) => (number === 1 ? "1 photo" : `${number} photos`);

let chain = Promise.resolve();
const inTurn = (act) => (chain = chain.then(act).catch((error) => told.say([error.message, error.hint].filter(Boolean).join("; "), { isTrouble: true })));

function file(name) {
  const some = meant();
  if (some.length) inTurn(() => send(some, name));
}

async function send(some, name) {
  const byNumber = new Map(some.map((shot) => [Number(shot.dataset.id), shot]));
  for (const shot of some) shot.classList.add("sending");
  try {
    const answer = await server.ask("/review/file", { ids: [...byNumber.keys()], class: name });
    const undos = [];
    let problem = "";
    for (const result of answer.results) {
      const shot = byNumber.get(result.id);
      if (result.problem) problem = [result.problem, result.hint].filter(Boolean).join("; ");
      if (result.undo === null) continue;
      undos.push(result.undo);
      await replace(shot, result.undo);
    }
    if (undos.length) done.push({ undos, says: `${photos(undos.length)} filed as ${saysOf(name)}` });
    if (problem) told.say(problem, { isTrouble: !undos.length, canUndo: undos.length > 0 });
    else told.say(done.at(-1).says, { canUndo: true });
  } finally {
    for (const shot of some) shot.classList.remove("sending");
    showDock();
  }
}

function undo() {
  const act = done.pop();
  if (act) inTurn(() => takeBack(act));
}

async function takeBack(act) {
  const answer = await server.ask("/review/take-back", { ids: act.undos });
  let problem = "";
  for (const result of answer.results) {
    if (result.problem) problem = [result.problem, result.hint].filter(Boolean).join("; ");
    if (result.restored === null) continue;
    const shot = box.querySelector(`.shot[data-id="${result.id}"]`);
    if (shot) await replace(shot, result.restored);
  }
  if (problem) told.say(problem, { isTrouble: true });
  else told.say(`taken back: ${act.says}`);
  showDock();
}

// The photo in its place, as it is by that row.
async function replace(shot, number) {
  const hadFocus = shot.contains(document.activeElement);
  const fresh = (await partOf(`/today/photo/${number}`)).querySelector(".shot");
  if (!fresh) return;
  box.querySelector(`.shot[data-id="${number}"]:not([data-id="${shot.dataset.id}"])`)?.remove();
  fresh.classList.add("changed");
  shot.replaceWith(fresh);
  if (hadFocus) fresh.querySelector(".face").focus({ preventScroll: true });
}

// ---- older and newer ones

const watch = followMore(box, (link, body) => {
  link.closest(".more").remove();
  add(body, false);
});

// Days that are there get their photos, others come before or behind.
function add(body, isBefore) {
  const days = [...body.querySelectorAll(".day")];
  for (const day of isBefore ? days.reverse() : days) {
    for (const shot of day.querySelectorAll(".shot")) {
      if (box.querySelector(`.shot[data-id="${shot.dataset.id}"]`)) shot.remove();
    }
    if (!day.querySelector(".shot")) continue;
    const known = box.querySelector(`.day[data-day="${day.dataset.day}"] .shots`);
    const some = day.querySelectorAll(".shot");
    if (known && isBefore) known.prepend(...some);
    else if (known) known.append(...some);
    else if (isBefore) box.prepend(day);
    else box.append(day);
  }
  const more = body.querySelector(".more");
  if (more && !isBefore) box.append(more);
}

let seenTo = Number(box.dataset.seenTo);
let held = null; // photos that came while somebody was reading
async function askNewer() {
  const body = await partOf(`${box.dataset.feed}/newer?after=${seenTo}${query ? `&${query}` : ""}`);
  byId("sums").replaceWith(body.querySelector("#sums"));
  const newer = body.querySelector("#newer-photos");
  seenTo = Number(newer.dataset.seenTo);
  held ??= document.createElement("div");
  for (const day of [...newer.querySelectorAll(".day")].reverse()) held.prepend(day);
  const fresh = new Set();
  for (const shot of held.querySelectorAll(".shot")) {
    const { id } = shot.dataset;
    if (fresh.has(id) || box.querySelector(`.shot[data-id="${id}"]`)) shot.remove();
    else fresh.add(id);
  }
  if (!fresh.size) {
    held = null;
    return;
  }
  if (scrollY < AT_TOP) showHeld();
  else {
    byId("newer").textContent = fresh.size === 1 ? "1 new photo" : `${fresh.size} new photos`;
    byId("newer").hidden = false;
  }
}
function showHeld() {
  if (!held) return;
  const before = shots()[at];
  for (const day of [...held.querySelectorAll(".day")].reverse()) {
    const part = document.createElement("div");
    part.append(day);
    for (const shot of part.querySelectorAll(".shot")) shot.classList.add("new");
    add(part, true);
  }
  held = null;
  if (before) at = shots().indexOf(before);
  byId("newer").hidden = true;
  byId("empty").hidden = shots().length > 0;
}
byId("newer")?.addEventListener("click", () => {
  showHeld();
  scrollTo({ top: 0 });
});

let asks = 0;
if (Number.isFinite(seenTo)) {
  document.addEventListener("journal-changed", () => {
    clearTimeout(asks);
    asks = setTimeout(() => inTurn(askNewer), NEWS_MS);
  });
}

// ---- clicks and keys

box.addEventListener("click", (event) => {
  const shot = event.target.closest?.(".face")?.closest(".shot");
  if (shot) choose(shot, event.ctrlKey || event.metaKey || event.shiftKey || event.target.closest(".check"));
});
box.addEventListener("dblclick", (event) => {
  const shot = event.target.closest?.(".shot");
  if (!shot) return;
  press(shot, false);
  at = shots().indexOf(shot);
  large.open();
});
box.addEventListener("focusin", (event) => {
  const shot = event.target.closest?.(".shot");
  if (!shot) return;
  at = shots().indexOf(shot);
  showDock();
});
document.addEventListener("click", (event) => {
  const button = event.target.closest?.("#dock .class");
  if (!button) return;
  if (button.dataset.act === "undo") undo();
  else file(button.dataset.class);
});

const keys = new Map(
  [...document.querySelectorAll("#classes [aria-keyshortcuts]")].map((button) => [
    button.getAttribute("aria-keyshortcuts"),
    button.dataset.class,
  ]),
);
const letters = {
  u: undo,
  w: () => large.toggleWhy(),
  " ": () => (large.isOpen ? large.close() : large.open()),
  Enter: () => shots()[at] && choose(shots()[at], true),
  x: () => shots()[at] && choose(shots()[at], true),
  Escape: () => {
    for (const shot of chosen()) press(shot, false);
    showDock();
  },
};

// A row up or down: the photo there that is nearest to the side.
function beside(step) {
  const all = shots();
  const here = all[at]?.getBoundingClientRect();
  if (!here) return at;
  const rows = all
    .map((shot, index) => ({ index, place: shot.getBoundingClientRect() }))
    .filter(({ place }) => (step < 0 ? place.top < here.top - 8 : place.top > here.top + 8));
  if (!rows.length) return at;
  const near = step < 0 ? Math.max(...rows.map((row) => row.place.top)) : Math.min(...rows.map((row) => row.place.top));
  const row = rows.filter(({ place }) => Math.abs(place.top - near) < 8);
  return row.reduce((one, other) =>
    Math.abs(other.place.left - here.left) < Math.abs(one.place.left - here.left) ? other : one,
  ).index;
}
const steps = {
  ArrowLeft: () => at - 1,
  ArrowRight: () => at + 1,
  ArrowUp: () => (large.isOpen ? at - 1 : beside(-1)),
  ArrowDown: () => (large.isOpen ? at + 1 : beside(1)),
};

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey) return;
  if (event.target.closest?.("input, textarea, select")) return;
  const isOnShot = Boolean(event.target.closest?.("#grid .face"));
  const isOnOther = !isOnShot && Boolean(event.target.closest?.("button, a, summary"));
  if (isOnOther && !large.isOpen && (event.key === " " || event.key === "Enter")) return;
  if (steps[event.key] && (isOnShot || large.isOpen || event.target === document.body)) {
    event.preventDefault();
    const to = Math.max(0, Math.min(steps[event.key](), shots().length - 1));
    at = to;
    if (large.isOpen) large.show();
    else shots()[to]?.querySelector(".face").focus();
    return;
  }
  const name = keys.get(event.key.toLowerCase());
  const act = name === undefined ? letters[event.key] : () => file(name);
  if (!act || (event.key === "Escape" && large.isOpen) || (event.repeat && event.key !== "u")) return;
  event.preventDefault();
  act();
});

// On a narrow screen the filter has no room until it is asked for, or is in use.
const filterButton = byId("filter-button");
if (filterButton) {
  filterButton.hidden = false;
  byId("filters").classList.add("foldable");
  const fold = (isOpen) => {
    byId("filters").classList.toggle("open", isOpen);
    filterButton.setAttribute("aria-expanded", String(isOpen));
  };
  filterButton.addEventListener("click", () => fold(filterButton.getAttribute("aria-expanded") !== "true"));
  fold(Boolean(query));
}

// The address has the filter alone: what is empty is not in it.
byId("filters")?.addEventListener("submit", (event) => {
  for (const field of event.target.elements) if (field.name && !field.value) field.disabled = true;
});
byId("filters")?.addEventListener("change", (event) => event.target.form.requestSubmit());
addEventListener("pageshow", () => {
  for (const field of byId("filters")?.elements ?? []) field.disabled = false;
});

markUnseen(box);
watch();
showDock();
