// What a person does with photos: each act is seen at once, then sent; what the server could not
// do comes back with why. Acts are sent one after the other, so that an undo finds what it undoes.

import { server } from "./server.js";

const AT_ONCE = 40; // photos in one request: the others see how far it is

export class Acts {
  #queue;
  #changed;
  #told;
  #done = []; // acts that can be undone, the latest last
  #chain = Promise.resolve();

  decided = 0;
  pending = 0; // requests that are under way

  // `changed()` when photos have left or come; `told(words, isTrouble)` says what became of an act.
  constructor(queue, changed, told) {
    this.#queue = queue;
    this.#changed = changed;
    this.#told = told;
  }

  get canUndo() {
    return this.#done.length > 0;
  }

  // `parts` are classes with places; `says` what it will have been.
  file(parts, says) {
    this.#decide(parts, says, (name, ids) => server.ask("/review/file", { ids, class: name }));
  }

  name(name, places, says) {
    const send = (_, ids) => server.ask("/review/new-class", { ids, name });
    return this.#decide([[name, places]], says, send);
  }

  skip(places, says) {
    this.#done.push({ kind: "skip", were: this.#queue.skip(places), says });
    this.#told(says);
    this.#changed();
  }

  undo() {
    const act = this.#done.pop();
    if (!act) return;
    this.#told(`taken back: ${act.says}`);
    if (act.kind === "skip") {
      this.#queue.unskip(act.were);
      this.#changed();
      return;
    }
    this.#return(act.places);
    this.#enqueue(() => this.#takeBack(act));
  }

  // Photos whose decision was undone elsewhere.
  undone(places) {
    for (const act of this.#done) {
      if (act.kind !== "file") continue;
      act.places = act.places.filter((place) => !places.includes(place));
      for (const place of places) act.undo.delete(place);
    }
    this.#done = this.#done.filter((act) => act.kind !== "file" || act.places.length);
    this.#return(places);
  }

  #decide(parts, says, send) {
    const places = parts.flatMap(([, some]) => some);
    const act = { kind: "file", places, undo: new Map(), says };
    this.#queue.remove(places);
    this.decided += places.length;
    this.#done.push(act);
    this.#told(says);
    this.#changed();
    return this.#enqueue(async () => {
      for (const [name, some] of parts) {
        for (let start = 0; start < some.length; start += AT_ONCE) {
          await this.#send(act, some.slice(start, start + AT_ONCE), (ids) => send(name, ids));
        }
      }
    });
  }

  async #send(act, places, send) {
    try {
      await this.#queue.know(places);
      const byId = new Map(places.map((place) => [this.#queue.item(place)?.id, place]));
      byId.delete(undefined);
      const told = await send([...byId.keys()]);
      for (const result of told.results) this.#end(act, byId.get(result.id), result);
      this.#progress(told.progress);
    } catch (error) {
      for (const place of places) this.#fail(act, place, error.message);
      this.#told([error.message, error.hint].filter(Boolean).join("; "), true);
    }
    this.#changed();
  }

  #end(act, place, result) {
    if (result.undo !== null) {
      act.undo.set(place, result.undo);
      const item = this.#queue.item(place);
      if (item) item.problem = undefined;
      // It is a lesson, and the rules have no place for it.
      if (result.problem) this.#told(result.problem);
      return;
    }
    this.#fail(act, place, result.problem);
    this.#told([result.problem, result.hint].filter(Boolean).join("; "), true);
  }

  #fail(act, place, problem) {
    const item = this.#queue.item(place);
    if (item) item.problem = problem;
    act.places = act.places.filter((each) => each !== place);
    if (!act.places.length) this.#done = this.#done.filter((each) => each !== act);
    if (!this.#queue.has(place)) this.#return([place]);
  }

  async #takeBack(act) {
    const undos = [...act.undo].map(([place, undo]) => [undo, place]);
    for (let start = 0; start < undos.length; start += AT_ONCE) {
      await this.#takeSomeBack(new Map(undos.slice(start, start + AT_ONCE)));
    }
  }

  async #takeSomeBack(byUndo) {
    try {
      const told = await server.ask("/review/take-back", { ids: [...byUndo.keys()] });
      for (const result of told.results) {
        const place = byUndo.get(result.id);
        if (result.restored !== null) this.#queue.item(place).id = result.restored;
        else this.#stays(place, result);
      }
      this.#progress(told.progress);
    } catch (error) {
      for (const place of byUndo.values()) {
        this.#stays(place, { problem: error.message, hint: error.hint });
      }
    }
    this.#changed();
  }

  // It could not be taken back: it is decided after all.
  #stays(place, result) {
    this.#queue.remove([place]);
    this.decided += 1;
    this.#told([result.problem, result.hint].filter(Boolean).join("; "), true);
  }

  #return(places) {
    this.#queue.restore(places);
    this.decided -= places.length;
    this.#changed();
  }

  #progress(progress) {
    document.dispatchEvent(new CustomEvent("progress", { detail: progress }));
  }

  #enqueue(act) {
    this.#wait(1);
    this.#chain = this.#chain.then(act).finally(() => this.#wait(-1));
    return this.#chain;
  }

  #wait(more) {
    this.pending += more;
    document.documentElement.dataset.pending = String(this.pending);
  }
}
