// The grid: all photos have their room, and only those near the screen are there. A cell is kept as
// long as its photo is near, so that it slides when others leave.

const GAP = 8;
const LEAST = 208; // a cell's width on a wide screen
const LEAST_NARROW = 150;
const NARROW = 600;
const CAPTION = 40;
const BESIDE = 2; // rows beyond the screen that are ready

export class Grid {
  #box;
  #queue;
  #choice;
  #cells = new Map(); // place -> cell
  #waits = false;

  columns = 1;
  cell = LEAST;

  constructor(box, queue, choice) {
    this.#box = box;
    this.#queue = queue;
    this.#choice = choice;
    new ResizeObserver(() => this.#measure()).observe(box);
    addEventListener("scroll", () => this.draw(), { passive: true });
    this.#measure();
  }

  get row() {
    return this.cell + CAPTION + GAP;
  }

  // So many rows fit on the screen.
  get page() {
    return Math.max(1, Math.floor((innerHeight - 200) / this.row));
  }

  #measure() {
    const width = this.#box.clientWidth;
    const least = width < NARROW ? LEAST_NARROW : LEAST;
    this.columns = Math.max(2, Math.floor((width + GAP) / (least + GAP)));
    this.cell = Math.floor((width - GAP * (this.columns - 1)) / this.columns);
    this.#box.style.setProperty("--cell", `${this.cell}px`);
    this.#box.classList.add("still"); // what moves because the window does should not slide
    this.draw();
    requestAnimationFrame(() => requestAnimationFrame(() => this.#box.classList.remove("still")));
  }

  // What a person did is there at once: the next key, and what is read aloud, are of the photo that
  // is now under the cursor.
  drawNow() {
    this.#draw();
  }

  // At the next frame, once.
  draw() {
    if (this.#waits) return;
    this.#waits = true;
    requestAnimationFrame(() => {
      this.#waits = false;
      this.#draw();
    });
  }

  #draw() {
    const rows = Math.ceil(this.#queue.size / this.columns);
    this.#box.style.height = `${Math.max(0, rows * this.row - GAP)}px`;
    const top = -this.#box.getBoundingClientRect().top;
    const first = Math.max(0, Math.floor(top / this.row) - BESIDE) * this.columns;
    const last = Math.min(
      this.#queue.size,
      (Math.ceil((top + innerHeight) / this.row) + BESIDE) * this.columns,
    );
    const places = first < last ? this.#queue.places(first, last) : [];
    const near = new Set(places);
    for (const [place, cell] of this.#cells) {
      if (!near.has(place)) {
        cell.remove();
        this.#cells.delete(place);
      }
    }
    places.forEach((place, offset) => this.#show(place, first + offset));
    this.#know(places);
    const active = this.#cells.get(this.#queue.placeAt(this.#choice.cursor));
    if (active) this.#box.setAttribute("aria-activedescendant", active.id);
    else this.#box.removeAttribute("aria-activedescendant");
  }

  async #know(places) {
    try {
      if (await this.#queue.know(places)) this.draw();
    } catch (error) {
      this.#box.dispatchEvent(new CustomEvent("unknown", { detail: error }));
    }
  }

  #show(place, index) {
    let cell = this.#cells.get(place);
    if (!cell) {
      cell = newCell(place);
      this.#cells.set(place, cell);
    }
    const [column, row] = [index % this.columns, Math.floor(index / this.columns)];
    cell.style.transform = `translate(${column * (this.cell + GAP)}px, ${row * this.row}px)`;
    const isChosen = this.#choice.chosen.has(place);
    cell.setAttribute("aria-selected", String(isChosen));
    cell.setAttribute("aria-posinset", String(index + 1));
    cell.setAttribute("aria-setsize", String(this.#queue.size));
    cell.classList.toggle("current", index === this.#choice.cursor);
    cell.dataset.index = String(index);
    fill(cell, this.#queue.item(place), this.cell);
    if (cell.parentNode !== this.#box) this.#box.append(cell);
  }

  // The index of the photo at a point of the window; null: there is none.
  at(x, y) {
    const cell = document.elementFromPoint(x, y)?.closest?.('[role="option"]');
    return cell ? Number(cell.dataset.index) : null;
  }

  // The indices of all photos that a frame touches; its corners are in the grid's own pixels.
  within(left, top, right, bottom) {
    const wide = this.cell + GAP;
    const [firstColumn, lastColumn] = [Math.ceil((left - this.cell) / wide), Math.floor(right / wide)];
    const [firstRow, lastRow] = [
      Math.max(0, Math.ceil((top - this.cell) / this.row)),
      Math.floor(bottom / this.row),
    ];
    const found = [];
    for (let row = firstRow; row <= lastRow; row++) {
      for (let column = Math.max(0, firstColumn); column <= Math.min(lastColumn, this.columns - 1); column++) {
        const index = row * this.columns + column;
        if (index < this.#queue.size) found.push(index);
      }
    }
    return found;
  }

  // The photo is on the screen, between the head and the dock.
  reveal(index, below) {
    const top = this.#box.getBoundingClientRect().top + Math.floor(index / this.columns) * this.row;
    const [high, low] = [72, innerHeight - below - 16];
    if (top < high) scrollBy(0, top - high);
    else if (top + this.cell + CAPTION > low) scrollBy(0, top + this.cell + CAPTION - low);
    this.draw();
  }
}

function newCell(place) {
  const cell = document.createElement("div");
  cell.className = "cell";
  cell.id = `photo-${place}`;
  cell.setAttribute("role", "option");
  cell.innerHTML =
    '<div class="frame" aria-hidden="true"><img alt="" draggable="false" decoding="async"><span class="check"></span></div>' +
    '<div class="caption" aria-hidden="true"><b></b> <i></i></div>';
  return cell;
}

function fill(cell, item, side) {
  if (!item) return;
  const problem = item.problem ?? "";
  if (cell.dataset.photo === String(item.id) && cell.dataset.problem === problem) return;
  cell.dataset.photo = String(item.id);
  cell.dataset.problem = problem;
  cell.setAttribute("aria-label", labelOf(item));
  cell.title = item.name;
  const [first, second] = item.guesses;
  cell.querySelector("b").textContent = first ? guess(first) : "no guess";
  cell.querySelector("i").textContent = problem || (second ? guess(second) : "");
  cell.classList.toggle("has-problem", Boolean(problem));
  const image = cell.querySelector("img");
  image.onerror = () => cell.classList.add("unseen-picture");
  image.src = `/picture/${item.id}/${side * devicePixelRatio > 400 ? 640 : 320}`;
}

export function guess([name, share]) {
  return `${name.replaceAll("_", " ")} ${Math.min(Math.round(100 * share), share < 1 ? 99 : 100)}%`;
}

export function labelOf(item) {
  const guesses = item.guesses.slice(0, 2).map(guess).join(", ");
  const problem = item.problem ? `, ${item.problem}` : "";
  return `${item.name}${guesses ? `, perhaps ${guesses}` : ""}${problem}`;
}
