// A plain text field that has line numbers, and bands behind the lines that are marked.

export class Editor {
  /** @param {HTMLTextAreaElement} text */
  constructor(text, gutter, bands) {
    this.text = text;
    this.gutter = gutter;
    this.bands = bands;
    this.marks = [];
    text.addEventListener("scroll", () => this.#scrolled());
    text.addEventListener("input", () => this.number());
    text.addEventListener("keydown", (event) => this.#keyed(event));
    new ResizeObserver(() => this.#scrolled()).observe(text);
    this.number();
  }

  /** Each line has its number. */
  number() {
    const count = this.text.value.split("\n").length;
    if (count !== this.gutter.childElementCount) {
      this.gutter.replaceChildren(
        ...Array.from({ length: count }, (_, at) => element("span", String(at + 1))),
      );
    }
    this.mark(this.marks);
  }

  /** These lines are marked, and no others. */
  mark(marks) {
    this.marks = marks;
    for (const number of this.gutter.querySelectorAll("[class]")) number.removeAttribute("class");
    this.bands.replaceChildren();
    const height = this.lineHeight;
    for (const { line, kind } of marks) {
      const number = this.gutter.children[line - 1];
      if (!number) continue;
      number.className = kind;
      const band = element("span", "");
      band.className = kind;
      band.style.top = `${(line - 1) * height}px`;
      this.bands.append(band);
    }
    this.#scrolled();
  }

  /** The line is in sight, and the cursor in it. */
  show(line, column) {
    const lines = this.text.value.split("\n");
    const start = lines.slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0);
    const length = (lines[line - 1] ?? "").length;
    const at = start + Math.min(Math.max(column - 1, 0), length);
    this.text.focus({ preventScroll: true });
    this.text.setSelectionRange(at, start + length);
    this.text.scrollTop = Math.max(0, (line - 4) * this.lineHeight);
    this.text.scrollIntoView({ block: "nearest" });
  }

  get lineHeight() {
    return parseFloat(getComputedStyle(this.text).lineHeight);
  }

  /** Numbers and bands are where their lines are. */
  #scrolled() {
    const by = `translateY(${-this.text.scrollTop}px)`;
    this.gutter.style.transform = by;
    this.bands.style.transform = by;
  }

  /** A new line begins where the one before it did; it can be undone like any other letter. */
  #keyed(event) {
    if (event.key !== "Enter" || event.ctrlKey || event.metaKey || event.isComposing) return;
    const before = this.text.value.slice(0, this.text.selectionStart);
    const indent = /[^\n]*$/.exec(before)[0].match(/^ *(- )?/)[0].replace("- ", "  ");
    if (!indent) return;
    event.preventDefault();
    document.execCommand("insertText", false, `\n${indent}`);
  }
}

function element(name, text) {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}
