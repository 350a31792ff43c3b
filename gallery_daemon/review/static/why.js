// What a photo resembles: it is looked for once the rest of why is there, and takes seconds.

/** `root` has a part that says where to ask; until `signal`. */
export async function showWhatItResembles(root, signal) {
  const part = root.querySelector("[data-resembles]");
  if (!part) return;
  const place = part.querySelector("[role=status]");
  const headers = { Accept: "application/json" };
  const answer = await fetch(part.dataset.resembles, { headers, signal }).catch(() => null);
  if (signal?.aborted || answer?.status === 204) return;
  if (answer?.ok) {
    const told = new DOMParser().parseFromString(await answer.text(), "text/html");
    place.replaceChildren(...told.body.childNodes);
    return;
  }
  const told = (await answer?.json().catch(() => null)) ?? {};
  const sentence = told.errors?.[0]?.sentence ?? "the review did not answer this";
  place.firstElementChild.textContent = `It cannot be said now: ${sentence}.`;
}

const page = document.querySelector(".why-page");
if (page) showWhatItResembles(page);
