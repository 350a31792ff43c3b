// The page of the model: learning, choosing a version, taking back lessons.

import { server } from "./server.js";

const ASK_AGAIN_MS = 500;
const by = (id) => document.getElementById(id);
const words = (refused) => [refused.message, refused.hint].filter(Boolean).join(": ");

class ModelPage {
  constructor(page) {
    this.place = by("learning");
    by("learn").addEventListener("click", () => this.learn());
    page.addEventListener("click", (event) => this.clicked(event));
    by("more-lessons")?.addEventListener("click", () => this.more());
    if (page.dataset.learning === "yes") this.follow();
  }

  async learn() {
    by("learn").disabled = true;
    try {
      await server.ask("/model/learn", {});
      await this.follow();
    } catch (refused) {
      this.tell(words(refused));
    }
  }

  /** Asks how far learning is until it is done. */
  async follow() {
    by("learn").disabled = true;
    this.place.replaceChildren(progress(() => server.ask("/model/learning/end", {}).catch(() => {})));
    try {
      for (;;) {
        const said = await server.ask("/model/learning");
        if (said.is_done) {
          this.place.innerHTML = said.html;
          break;
        }
        const bar = this.place.querySelector("progress");
        // Once all photos were looked at, nobody knows how long the rest takes: seconds.
        if (said.done < said.expected) Object.assign(bar, { max: said.expected, value: said.done });
        else bar.removeAttribute("value");
        await new Promise((done) => setTimeout(done, ASK_AGAIN_MS));
      }
    } catch (refused) {
      this.tell(words(refused));
    }
    by("learn").disabled = false;
  }

  clicked(event) {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.matches(".use")) this.choose("/model/use", { version: button.dataset.version });
    else if (button.id === "roll-back") this.choose("/model/roll-back", {});
    else if (button.id === "not-now") location.reload();
    else if (button.matches(".take-back")) this.takeBack(button.closest(".lesson"));
  }

  async choose(path, sent) {
    try {
      await server.ask(path, sent);
      location.reload();
    } catch (refused) {
      this.tell(words(refused));
      this.place.scrollIntoView({ block: "nearest" });
    }
  }

  async takeBack(lesson) {
    try {
      await server.ask("/model/lessons/take-back", { ids: [Number(lesson.dataset.id)] });
      const next = lesson.nextElementSibling ?? lesson.previousElementSibling;
      lesson.remove();
      next?.querySelector(".take-back").focus();
      by("said").textContent = "Taken back.";
    } catch (refused) {
      by("said").textContent = words(refused);
      this.tell(words(refused));
    }
  }

  async more() {
    const grid = by("lesson-grid");
    const last = grid.lastElementChild;
    const said = await server.ask(`/model/lessons?before=${last ? last.dataset.id : 0}`);
    grid.insertAdjacentHTML("beforeend", said.html);
    by("more-lessons").hidden = !said.more;
    last?.nextElementSibling?.querySelector(".take-back").focus();
  }

  tell(sentence) {
    const told = document.createElement("p");
    told.className = "notice";
    told.setAttribute("role", "alert");
    told.textContent = sentence;
    this.place.replaceChildren(told);
    by("learn").disabled = false;
  }
}

function progress(cancel) {
  const part = document.createElement("div");
  part.className = "under-way";
  const told = document.createElement("p");
  told.textContent = "Learning from your lessons …";
  const bar = document.createElement("progress");
  bar.setAttribute("aria-label", "Learning from your lessons");
  const stop = document.createElement("button");
  stop.type = "button";
  stop.textContent = "Stop";
  stop.addEventListener("click", cancel);
  part.append(told, bar, stop);
  return part;
}

const page = by("model");
if (page) new ModelPage(page);
