// One photo on the whole screen: the same keys, the same dock, and why.

import { guess } from "./grid.js";
import { showWhatItResembles } from "./why.js";

const LARGE = 1600;

const byId = (id) => document.getElementById(id);

export class Large {
  #queue;
  #choice;
  #changed;
  #shown = null; // the photo that is there
  #dialog = byId("large");
  #dock = byId("dock");
  #why = byId("why");
  #looking = new AbortController(); // for what the photo resembles

  constructor(queue, choice, changed) {
    this.#queue = queue;
    this.#choice = choice;
    this.#changed = changed;
    byId("large-close").addEventListener("click", () => this.close());
    byId("large-why").addEventListener("click", () => this.toggleWhy());
    byId("large-before").addEventListener("click", () => this.go(-1));
    byId("large-next").addEventListener("click", () => this.go(1));
    this.#dialog.addEventListener("close", () => this.#closed());
    const picture = byId("large-picture");
    picture.addEventListener("load", () => picture.classList.add("ready"));
    picture.addEventListener("error", () => this.#refused(picture));
    this.#swipes();
  }

  get isOpen() {
    return this.#dialog.open;
  }

  open() {
    if (this.isOpen || !this.#queue.size) return;
    byId("large-dock").append(this.#dock);
    this.#dialog.showModal();
    this.#dialog.focus();
    this.show();
  }

  close() {
    this.#dialog.close();
  }

  #closed() {
    document.body.append(this.#dock);
    this.#shown = null;
    this.#hideWhy();
    byId("grid").focus({ preventScroll: true });
    this.#changed();
  }

  go(step) {
    this.#choice.only(this.#choice.cursor + step);
    this.#changed();
  }

  // What is under the cursor is shown; nothing is left: it closes.
  show() {
    if (!this.isOpen) return;
    if (!this.#queue.size) {
      this.close();
      return;
    }
    const index = this.#choice.cursor;
    const item = this.#queue.item(this.#queue.placeAt(index));
    byId("large-before").disabled = index === 0;
    byId("large-next").disabled = index === this.#queue.size - 1;
    if (!item || item.id === this.#shown) return;
    this.#shown = item.id;
    this.#fill(item, index);
    if (!this.#why.hidden) this.#loadWhy();
    this.#preload(index + 1);
  }

  #fill(item, index) {
    byId("large-name").textContent = item.name;
    const facts = [item.problem, item.guesses.slice(0, 2).map(guess).join(" or "), item.taken, item.folder];
    byId("large-facts").textContent = facts.filter(Boolean).join(" · ");
    this.#dialog.setAttribute(
      "aria-label",
      `${item.name}, ${index + 1} of ${this.#queue.size}`,
    );
    byId("large-refused").hidden = true;
    const picture = byId("large-picture");
    picture.classList.remove("ready");
    picture.removeAttribute("src");
    byId("large-small").src = `/picture/${item.id}/320`;
    picture.src = `/picture/${item.id}/${LARGE}`;
    picture.alt = item.name;
  }

  #preload(index) {
    const item = this.#queue.item(this.#queue.placeAt(index));
    if (item) new Image().src = `/picture/${item.id}/${LARGE}`;
  }

  async #refused(picture) {
    const answer = await fetch(picture.src, { headers: { Accept: "application/json" } }).catch(() => null);
    const told = (await answer?.json().catch(() => null)) ?? {};
    const place = byId("large-refused");
    place.textContent = told.errors?.[0]?.sentence ?? "there is no picture of it";
    place.hidden = false;
  }

  toggleWhy() {
    if (!this.isOpen) this.open();
    if (this.#why.hidden) {
      this.#why.hidden = false;
      byId("large-why").setAttribute("aria-pressed", "true");
      this.#dialog.classList.add("with-why");
      this.#loadWhy();
    } else this.#hideWhy();
  }

  #hideWhy() {
    this.#looking.abort();
    this.#why.hidden = true;
    byId("large-why").setAttribute("aria-pressed", "false");
    this.#dialog.classList.remove("with-why");
  }

  async #loadWhy() {
    const id = this.#shown;
    this.#looking.abort();
    const { signal } = (this.#looking = new AbortController());
    const answer = await fetch(`/why/${id}?part`).catch(() => null);
    const text = answer?.ok ? await answer.text() : "";
    if (id !== this.#shown) return;
    const part = new DOMParser().parseFromString(text, "text/html");
    this.#why.replaceChildren(...part.body.childNodes);
    if (!text) this.#why.textContent = "It cannot be said now.";
    this.#why.scrollTop = 0;
    if (text && !signal.aborted) await showWhatItResembles(this.#why, signal);
  }

  // A finger that goes to the side leafs, one that goes down closes.
  #swipes() {
    const stage = this.#dialog.querySelector(".stage");
    let from = null;
    stage.addEventListener("pointerdown", (event) => {
      from = event.pointerType === "touch" ? [event.clientX, event.clientY] : null;
    });
    stage.addEventListener("pointerup", (event) => {
      if (!from) return;
      const [x, y] = [event.clientX - from[0], event.clientY - from[1]];
      from = null;
      if (Math.abs(x) > 60 && Math.abs(x) > Math.abs(y)) this.go(x < 0 ? 1 : -1);
      else if (y > 90) this.close();
    });
  }
}
