// The page of the rules: what is typed is checked, planned and saved.

import { Editor } from "./editor.js";
import { server } from "./server.js";

const CHECK_AFTER_MS = 400;
const ASK_AGAIN_MS = 300;
const by = (id) => document.getElementById(id);
const words = (refused) => [refused.message, refused.hint].filter(Boolean).join(": ");

class RulesPage {
  constructor(page) {
    this.text = by("rules-text");
    this.editor = new Editor(this.text, by("gutter"), by("bands"));
    this.saved = this.text.value;
    this.digest = page.dataset.digest;
    this.whyNot = null;
    this.asked = 0;
    this.text.addEventListener("input", () => this.changed());
    by("save-it").addEventListener("click", () => this.save());
    by("plan-it").addEventListener("click", () => this.plan(false));
    by("load-anew").addEventListener("click", () => location.reload());
    by("copy-text").addEventListener("click", () => navigator.clipboard.writeText(this.text.value));
    page.addEventListener("click", (event) => this.clicked(event));
    document.addEventListener("keydown", (event) => this.keyed(event));
    addEventListener("beforeunload", (event) => this.isChanged && event.preventDefault());
    // A browser may keep what was typed when a page is loaded again.
    this.check();
  }

  get isChanged() {
    return this.text.value !== this.saved;
  }

  changed() {
    // What is still being asked is about another text.
    this.asked += 1;
    this.tell("Checking …");
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.check(), CHECK_AFTER_MS);
  }

  /** The latest text counts, whichever answer comes last. */
  async check(looks = false) {
    const number = ++this.asked;
    try {
      const said = await server.ask("/rules/check", { text: this.text.value, digest: this.digest, looks });
      if (number !== this.asked) return;
      by("findings").innerHTML = said.html;
      this.editor.mark(said.marks);
      by("stale").hidden = !said.is_stale;
      this.isStale = said.is_stale;
      this.whyNot = said.why_not;
      this.tell();
    } catch (refused) {
      if (number === this.asked) this.tell(words(refused));
    }
  }

  /** Why the text cannot be saved now, beside the button that would; or what was done. */
  tell(words = null) {
    const reason = this.reason();
    by("save-it").disabled = words !== null || reason !== null;
    by("why-not").textContent = words ?? reason ?? "It loads and its tests hold.";
  }

  reason() {
    if (this.whyNot) return `Not yet: ${this.whyNot}.`;
    if (this.isStale) return "Another program has changed the file.";
    return this.isChanged ? null : "Nothing is changed yet.";
  }

  async save() {
    if (by("save-it").disabled) return;
    const text = this.text.value;
    this.asked += 1;
    by("save-it").disabled = true;
    by("why-not").textContent = "Saving, after all tests …";
    try {
      const said = await server.ask("/rules/save", { text, digest: this.digest });
      this.digest = said.digest;
      this.saved = text;
      this.tell(said.kept ? `Saved. A running daemon takes it up by itself. The text before is kept in ${said.kept}` : "It is as it was.");
    } catch (refused) {
      await this.check();
      by("why-not").textContent = words(refused);
    }
  }

  /** The plan of the change is asked for, and asked about until it is there. */
  async plan(looks) {
    const place = by("plan");
    try {
      const { plan } = await server.ask("/rules/plan", { text: this.text.value, looks });
      place.replaceChildren(progress(() => server.ask(`/rules/plan/${plan}/end`, {}).catch(() => {})));
      for (;;) {
        const said = await server.ask(`/rules/plan/${plan}`);
        if (said.is_done) {
          place.innerHTML = said.html;
          by("plan-sum").focus();
          return;
        }
        const bar = place.querySelector("progress");
        if (said.expected) Object.assign(bar, { max: said.expected, value: said.done });
        await new Promise((done) => setTimeout(done, ASK_AGAIN_MS));
      }
    } catch (refused) {
      place.replaceChildren(paragraph(words(refused), "notice"));
    }
  }

  clicked(event) {
    const link = event.target.closest("a.to-line");
    if (link) {
      event.preventDefault();
      this.editor.show(Number(link.dataset.line), Number(link.dataset.column));
    } else if (event.target.id === "try-tests") {
      event.target.disabled = true;
      this.check(true);
    } else if (event.target.id === "plan-with-looks") {
      this.plan(true);
    }
  }

  keyed(event) {
    if (event.key === "s" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      this.save();
    }
  }
}

function progress(cancel) {
  const part = document.createElement("section");
  part.className = "under-way";
  const bar = document.createElement("progress");
  bar.setAttribute("aria-label", "Looking through the library");
  const stop = document.createElement("button");
  stop.type = "button";
  stop.textContent = "Stop";
  stop.addEventListener("click", cancel);
  part.append(paragraph("Looking through the library …", "note"), bar, stop);
  return part;
}

function paragraph(words, kind) {
  const made = document.createElement("p");
  made.className = kind;
  made.textContent = words;
  return made;
}

function offerExample() {
  by("write-example").addEventListener("click", async () => {
    try {
      await server.ask("/rules/example", {});
      location.reload();
    } catch (refused) {
      by("why-not").textContent = words(refused);
    }
  });
}

const page = by("rules");
if (page) new RulesPage(page);
else if (by("rules-missing")) offerExample();
