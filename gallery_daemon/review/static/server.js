// Requests to the server that the page came from, and what it says when something is wrong.

export class Refused extends Error {
  constructor(sentence, hint, status) {
    super(sentence);
    this.hint = hint;
    this.status = status;
  }
}

class Server {
  #isOver = false;

  // The JSON that is answered; `sent` is posted, without it the address is only looked at.
  async ask(path, sent) {
    const init = { headers: { Accept: "application/json" }, credentials: "same-origin" };
    if (sent !== undefined) {
      init.method = "POST";
      init.headers["Content-Type"] = "application/json";
      init.body = JSON.stringify(sent);
    }
    let answer;
    try {
      answer = await fetch(path, init);
    } catch {
      this.over();
      throw new Refused("the review has ended", "start it again: gallery-daemon review", 0);
    }
    const told = await answer.json().catch(() => ({}));
    if (answer.ok) return told;
    const [error] = told.errors ?? [];
    const sentence = error?.sentence ?? "the review did not answer this";
    throw new Refused(sentence, (error?.hint ?? []).join(" "), answer.status);
  }

  // Nothing answers any more.
  over() {
    if (this.#isOver) return;
    this.#isOver = true;
    document.dispatchEvent(new CustomEvent("server-over"));
  }
}

export const server = new Server();
