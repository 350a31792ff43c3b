// Which photos are meant: the one under the cursor, or those that were chosen. No page is needed
// to think about it: places come in, places go out.

export class Choice {
  #queue;
  #anchor = 0;
  #before = null; // what was chosen when a frame or a slide began

  cursor = 0; // an index of the queue
  chosen = new Set(); // places

  constructor(queue) {
    this.#queue = queue;
  }

  // What an act is about, in the order shown.
  meant() {
    if (this.chosen.size) {
      return [...this.chosen].sort((a, b) => this.#queue.indexOf(a) - this.#queue.indexOf(b));
    }
    return this.#queue.size ? [this.#queue.placeAt(this.cursor)] : [];
  }

  move(index) {
    this.cursor = Math.max(0, Math.min(index, this.#queue.size - 1));
    this.#anchor = this.cursor;
  }

  only(index) {
    this.chosen.clear();
    this.move(index);
  }

  toggle(index) {
    const place = this.#queue.placeAt(index);
    if (place === undefined) return;
    if (!this.chosen.delete(place)) this.chosen.add(place);
    this.move(index);
  }

  // From where the choice began to there.
  extend(index) {
    const to = Math.max(0, Math.min(index, this.#queue.size - 1));
    const [first, last] = [Math.min(this.#anchor, to), Math.max(this.#anchor, to)];
    this.chosen = new Set(this.#queue.places(first, last + 1));
    this.cursor = to;
  }

  all() {
    this.chosen = new Set(this.#queue.places(0));
  }

  clear() {
    this.chosen.clear();
  }

  // A frame is drawn, or a finger slides: what it holds is chosen beside what was before.
  begin(isAdded) {
    this.#before = isAdded ? new Set(this.chosen) : new Set();
  }

  hold(indices) {
    this.chosen = new Set(this.#before);
    for (const index of indices) this.chosen.add(this.#queue.placeAt(index));
  }

  holdTo(index) {
    const [first, last] = [Math.min(this.#anchor, index), Math.max(this.#anchor, index)];
    this.chosen = new Set(this.#before);
    for (const place of this.#queue.places(first, last + 1)) this.chosen.add(place);
    this.cursor = index;
  }

  // After photos have left or come: the cursor stays within, the chosen are those that are there.
  settle() {
    for (const place of this.chosen) if (!this.#queue.has(place)) this.chosen.delete(place);
    this.cursor = Math.max(0, Math.min(this.cursor, this.#queue.size - 1));
    this.#anchor = Math.max(0, Math.min(this.#anchor, this.#queue.size - 1));
  }
}
