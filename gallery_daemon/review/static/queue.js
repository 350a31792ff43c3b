// The photos that wait. Each has its place in the order that the server gave; that place names it
// here, for only what has been near the screen is known. What is decided leaves the queue, what is
// taken back returns to where it was, and what is skipped goes behind all others.

const CHUNK = 100;

export class Queue {
  #ranks; // by place: where it stands among the others
  #shown; // places, by rank
  #items = new Map();
  #asked = new Map(); // chunk -> promise
  #skipped = 0;
  #load;

  // `load(from, count)` gives items, each with its place.
  constructor(total, items, load) {
    this.total = total;
    this.#ranks = Float64Array.from({ length: total }, (_, place) => place);
    this.#shown = Array.from({ length: total }, (_, place) => place);
    this.#load = load;
    for (const item of items) this.#items.set(item.place, item);
  }

  get size() {
    return this.#shown.length;
  }

  placeAt(index) {
    return this.#shown[index];
  }

  places(from, to) {
    return this.#shown.slice(from, to);
  }

  item(place) {
    return this.#items.get(place);
  }

  // Where a place is shown; -1: it is not.
  indexOf(place) {
    const index = this.#search(this.#ranks[place]);
    return this.#shown[index] === place ? index : -1;
  }

  has(place) {
    return this.indexOf(place) >= 0;
  }

  remove(places) {
    const gone = new Set(places);
    this.#shown = this.#shown.filter((place) => !gone.has(place));
  }

  // They are back where they were.
  restore(places) {
    for (const place of places) {
      const index = this.#search(this.#ranks[place]);
      if (this.#shown[index] !== place) this.#shown.splice(index, 0, place);
    }
  }

  // They stand behind all others; gives what `unskip` needs.
  skip(places) {
    const were = places.map((place) => [place, this.#ranks[place]]);
    this.remove(places);
    for (const place of places) this.#ranks[place] = this.total + this.#skipped++;
    this.restore(places);
    return were;
  }

  unskip(were) {
    const places = were.map(([place]) => place);
    this.remove(places);
    for (const [place, rank] of were) this.#ranks[place] = rank;
    this.restore(places);
  }

  // What is known of the queue as it is elsewhere, by the ids that have left it: the places that
  // are shown and should not be, and those that were decided and wait again.
  compare(ids) {
    const gone = new Set(ids);
    const [leave, back] = [[], []];
    for (const { id, place } of this.#items.values()) {
      const isShown = this.has(place);
      if (isShown && gone.has(id)) leave.push(place);
      else if (!isShown && !gone.has(id)) back.push(place);
    }
    return { leave, back };
  }

  hasId(id) {
    return [...this.#items.values()].some((item) => item.id === id);
  }

  // Everything about those places is known; false: some could not be asked for.
  async know(places) {
    const chunks = new Set();
    for (const place of places) {
      if (!this.#items.has(place)) chunks.add(Math.floor(place / CHUNK));
    }
    await Promise.all([...chunks].map((chunk) => this.#ask(chunk)));
    return chunks.size;
  }

  #ask(chunk) {
    let asked = this.#asked.get(chunk);
    if (!asked) {
      asked = this.#load(chunk * CHUNK, CHUNK).then(
        (items) => {
          for (const item of items) if (!this.#items.has(item.place)) this.#items.set(item.place, item);
        },
        (error) => {
          this.#asked.delete(chunk);
          throw error;
        },
      );
      this.#asked.set(chunk, asked);
    }
    return asked;
  }

  // The first index whose rank is not below.
  #search(rank) {
    let low = 0;
    let high = this.#shown.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#ranks[this.#shown[middle]] < rank) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
