// Parts of a page that the server renders: fetched as text, put in as nodes, in their turn.

import { server } from "./server.js";

// The nodes of a part; throws what the server says.
export async function partOf(path) {
  let answer;
  try {
    answer = await fetch(path, { credentials: "same-origin" });
  } catch {
    server.over();
    throw new Error("the review has ended");
  }
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (!answer.ok) throw new Error(page.querySelector("[role=alert] h1")?.textContent ?? "that is not there now");
  return page.body;
}

// Whatever comes into sight and leads to more is followed; `put(link, body)` places it.
export function followMore(root, put) {
  const seen = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) {
        if (!isIntersecting) continue;
        seen.unobserve(target);
        more(target);
      }
    },
    { rootMargin: "800px" },
  );
  async function more(link) {
    try {
      put(link, await partOf(link.dataset.more));
      watch();
    } catch (error) {
      link.textContent = error.message;
    }
  }
  function watch() {
    for (const link of root.querySelectorAll("[data-more]:not([data-seen])")) {
      link.dataset.seen = "yes";
      link.addEventListener("click", (event) => {
        event.preventDefault();
        seen.unobserve(link);
        more(link);
      });
      seen.observe(link);
    }
  }
  watch();
  return watch;
}

// A picture that cannot be made leaves a place that says so.
export function markUnseen(root) {
  root.addEventListener(
    "error",
    (event) => event.target.closest?.(".shot")?.classList.add("unseen-picture"),
    true,
  );
}

const byId = (id) => document.getElementById(id);

// What became of an act, above the dock, and for a screen reader.
export class Told {
  constructor(undo) {
    byId("told-undo").addEventListener("click", undo);
  }

  say(words, { isTrouble = false, canUndo = false } = {}) {
    byId("dock").hidden = false;
    byId("told-words").textContent = words;
    byId("told").classList.toggle("trouble", isTrouble);
    byId("told-undo").hidden = !canUndo;
    byId("said").textContent = words;
  }
}
