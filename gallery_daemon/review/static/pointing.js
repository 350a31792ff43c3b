// Mouse and finger on the grid. A mouse clicks, and drags a frame; a finger taps to look, is held
// to choose, and slides on from there.

const MOVED = 6;
const HELD_MS = 450;
const EDGE = 48;

export class Pointing {
  #box;
  #grid;
  #choice;
  #large;
  #changed;
  #frame = document.createElement("div");
  #begun = null; // {x, y, index, isTouch, isFrame, isHeld, keys}
  #held = 0;
  #last = null;

  constructor(box, grid, choice, large, changed) {
    this.#box = box;
    this.#grid = grid;
    this.#choice = choice;
    this.#large = large;
    this.#changed = changed;
    this.#frame.className = "drag-frame";
    box.addEventListener("pointerdown", (event) => this.#down(event));
    addEventListener("pointermove", (event) => this.#move(event));
    addEventListener("pointerup", (event) => this.#up(event));
    addEventListener("pointercancel", () => this.#end());
    box.addEventListener("dblclick", () => large.open());
    box.addEventListener("contextmenu", (event) => this.#begun?.isTouch && event.preventDefault());
    // A finger that chooses must not scroll.
    box.addEventListener("touchmove", (event) => this.#begun?.isHeld && event.preventDefault(), {
      passive: false,
    });
  }

  #down(event) {
    if (event.button !== 0 || !event.isPrimary) return;
    const { clientX: x, clientY: y } = event;
    const isTouch = event.pointerType === "touch";
    this.#begun = {
      x,
      y: y + scrollY,
      index: this.#grid.at(x, y),
      isTouch,
      isCheck: Boolean(event.target.closest?.(".check")),
      isAdded: event.shiftKey || event.ctrlKey || event.metaKey,
    };
    if (isTouch) this.#held = setTimeout(() => this.#hold(), HELD_MS);
    else {
      event.preventDefault();
      this.#box.focus({ preventScroll: true });
    }
  }

  #hold() {
    const begun = this.#begun;
    if (!begun || begun.index === null) return;
    begun.isHeld = true;
    this.#choice.begin(true);
    this.#choice.move(begun.index);
    this.#choice.hold([begun.index]);
    navigator.vibrate?.(12);
    this.#changed();
  }

  #move(event) {
    const begun = this.#begun;
    if (!begun) return;
    this.#last = [event.clientX, event.clientY];
    const far = Math.hypot(event.clientX - begun.x, event.clientY + scrollY - begun.y) > MOVED;
    if (begun.isTouch) {
      if (begun.isHeld) this.#slide();
      else if (far) this.#end();
      return;
    }
    if (far && !begun.isFrame) {
      begun.isFrame = true;
      this.#choice.begin(begun.isAdded);
      document.body.append(this.#frame);
      this.#scrollOn();
    }
    if (begun.isFrame) this.#draw();
  }

  #slide() {
    const index = this.#grid.at(...this.#last);
    if (index === null) return;
    this.#choice.holdTo(index);
    this.#changed();
  }

  #draw() {
    const begun = this.#begun;
    const [x, y] = [this.#last[0], this.#last[1] + scrollY];
    const [left, right] = [Math.min(begun.x, x), Math.max(begun.x, x)];
    const [top, bottom] = [Math.min(begun.y, y), Math.max(begun.y, y)];
    Object.assign(this.#frame.style, {
      left: `${left}px`,
      top: `${top}px`,
      width: `${right - left}px`,
      height: `${bottom - top}px`,
    });
    const box = this.#box.getBoundingClientRect();
    const [offX, offY] = [box.left, box.top + scrollY];
    this.#choice.hold(this.#grid.within(left - offX, top - offY, right - offX, bottom - offY));
    this.#changed();
  }

  // The page follows a frame that is drawn beyond the screen.
  #scrollOn() {
    if (!this.#begun?.isFrame) return;
    const y = this.#last[1];
    const step = y < EDGE ? y - EDGE : Math.max(0, y - (innerHeight - EDGE));
    if (step) {
      scrollBy(0, step / 3);
      this.#draw();
    }
    requestAnimationFrame(() => this.#scrollOn());
  }

  #up(event) {
    const begun = this.#begun;
    this.#end();
    if (!begun || begun.isFrame || begun.isHeld) return;
    if (begun.index === null) {
      if (!begun.isTouch) this.#choice.clear();
    } else if (begun.isTouch) this.#tap(begun);
    else if (event.shiftKey) this.#choice.extend(begun.index);
    else if (event.ctrlKey || event.metaKey || begun.isCheck) this.#choice.toggle(begun.index);
    else this.#choice.only(begun.index);
    this.#changed();
  }

  #tap(begun) {
    if (this.#choice.chosen.size || begun.isCheck) {
      this.#choice.toggle(begun.index);
      return;
    }
    this.#choice.only(begun.index);
    this.#large.open();
  }

  #end() {
    clearTimeout(this.#held);
    this.#frame.remove();
    this.#begun = null;
  }
}
