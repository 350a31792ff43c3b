// The Library page: its parts come when the search has found something, and what a person says of
// like shots or of a doubted photo is seen at once.

import { followMore, markUnseen, partOf, Told } from "./parts.js";
import { server } from "./server.js";

const AGAIN_MS = 700;

const byId = (id) => document.getElementById(id);
const done = []; // what can be undone, the latest last
const told = new Told(() => done.pop()?.());
const problem = (error) => told.say([error.message, error.hint].filter(Boolean).join("; "), { isTrouble: true });
const remember = (words, takeBack) => {
  done.push(async () => {
    try {
      await takeBack();
      told.say(`taken back: ${words}`, { canUndo: done.length > 0 });
    } catch (error) {
      problem(error);
    }
  });
  told.say(words, { canUndo: true });
};

// ---- parts

for (const part of document.querySelectorAll("section[data-part]")) {
  load(part, part.dataset.part);
  followers(part);
}
function followers(part) {
  const watch = followMore(part, (link, body) => {
    link.closest(".more").remove();
    put(part, body);
  });
  part.watch = watch;
}
async function load(part, path) {
  try {
    const body = await partOf(path);
    for (const wait of part.querySelectorAll(".waits")) wait.remove();
    put(part, body);
  } catch (error) {
    part.removeAttribute("aria-busy");
    const waits = part.querySelector(".waits");
    if (waits) waits.textContent = error.message;
  }
}
function put(part, body) {
  const list = part.querySelector("ul.doubts");
  const more = body.querySelector("ul.doubts");
  if (list && more) {
    list.append(...more.children);
    more.remove();
  }
  const waits = body.querySelector("[data-again]");
  part.append(...body.childNodes);
  part.watch?.();
  if (waits) setTimeout(() => load(part, waits.dataset.again), AGAIN_MS);
  else part.removeAttribute("aria-busy");
}
const answered = byId("answered");
answered?.addEventListener("toggle", async () => {
  for (const child of [...answered.children].slice(1)) child.remove();
  if (answered.open) await load(answered, answered.dataset.part);
});
if (answered) followers(answered);

// ---- like shots

document.addEventListener("click", (event) => {
  const face = event.target.closest?.(".like .face");
  if (face) {
    face.setAttribute("aria-pressed", String(face.getAttribute("aria-pressed") !== "true"));
    const group = face.closest(".like");
    group.querySelector('[data-act="keep"]').disabled = !keptOf(group).length;
    return;
  }
  const act = event.target.closest?.("[data-act]");
  const group = act?.closest(".like");
  if (group) settle(group, act.dataset.act === "all" ? idsOf(group) : keptOf(group));
  else if (act?.dataset.act === "ask-again") askAgain(act.closest(".answer"));
});
const idsOf = (group) => group.dataset.ids.split(",").map(Number);
const keptOf = (group) =>
  [...group.querySelectorAll('.face[aria-pressed="true"]')].map((face) => Number(face.closest(".shot").dataset.id));

async function settle(group, kept) {
  const ids = idsOf(group);
  const next = group.nextElementSibling ?? group.previousElementSibling;
  const place = document.createComment("");
  group.replaceWith(place);
  try {
    const { number } = await server.ask("/library/settle", { ids, kept });
    const words = kept.length === ids.length ? `all ${ids.length} kept` : `${kept.length} of ${ids.length} kept`;
    remember(words, async () => {
      await server.ask("/library/unsettle", { numbers: [number] });
      place.replaceWith(group);
      group.querySelector("button").focus();
    });
    next?.querySelector?.("button")?.focus({ preventScroll: true });
  } catch (error) {
    place.replaceWith(group);
    problem(error);
  }
}

async function askAgain(answer) {
  try {
    await server.ask("/library/unsettle", { numbers: [Number(answer.dataset.number)] });
    answer.remove();
    told.say("it is shown again when the page is loaded");
  } catch (error) {
    problem(error);
  }
}

// ---- doubted photos

byId("doubted")?.addEventListener("click", async (event) => {
  const button = event.target.closest?.("[data-class]");
  const shot = button?.closest(".shot");
  if (!shot) return;
  const name = button.dataset.class;
  const place = document.createComment("");
  const next = shot.nextElementSibling ?? shot.previousElementSibling;
  shot.replaceWith(place);
  try {
    const answer = await server.ask("/review/file", { ids: [Number(shot.dataset.id)], class: name });
    const [result] = answer.results;
    if (result.undo === null) throw new Error([result.problem, result.hint].filter(Boolean).join("; "));
    remember(`1 photo is ${name.replaceAll("_", " ")}`, async () => {
      const back = await server.ask("/review/take-back", { ids: [result.undo] });
      const [{ restored, problem: why }] = back.results;
      if (restored === null) throw new Error(why);
      shot.dataset.id = restored;
      place.replaceWith(shot);
    });
    next?.querySelector?.("button")?.focus({ preventScroll: true });
  } catch (error) {
    place.replaceWith(shot);
    problem(error);
  }
});

markUnseen(document.querySelector("main"));
