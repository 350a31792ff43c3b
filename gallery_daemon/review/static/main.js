// What every page has: light and dark, news of the journal, and the end of the review.

import { server } from "./server.js";

const ALIVE_MS = 4 * 60_000;

const html = document.documentElement;
document.getElementById("theme").addEventListener("click", () => {
  const isDark = html.dataset.theme
    ? html.dataset.theme === "dark"
    : matchMedia("(prefers-color-scheme: dark)").matches;
  html.dataset.theme = isDark ? "light" : "dark";
  try {
    localStorage.setItem("theme", html.dataset.theme);
  } catch {
    // It holds for this page alone.
  }
});

// On a narrow screen the navigation may be wider than it.
document.querySelector(".top [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });

function showCounts(counts) {
  for (const [path, count] of Object.entries(counts)) {
    const place = document.querySelector(`[data-count="${CSS.escape(path)}"]`);
    if (place) place.textContent = count.toLocaleString("en");
  }
}

// A page that is looked at hears the news; a browser has few connections, so others only say now
// and then that they are open.
let news = null;
function listen() {
  if (document.hidden || news) return;
  news = new EventSource("/news");
  news.addEventListener("changed", (event) => {
    const told = JSON.parse(event.data);
    showCounts(told.counts);
    document.dispatchEvent(new CustomEvent("journal-changed", { detail: told }));
  });
  news.addEventListener("over", () => server.over());
  news.addEventListener("error", () => server.ask("/alive", {}).catch(() => {}));
}
function deafen() {
  news?.close();
  news = null;
}
document.addEventListener("visibilitychange", () => (document.hidden ? deafen() : listen()));
// A page that the browser keeps for Back holds no connection.
addEventListener("pagehide", deafen);
addEventListener("pageshow", listen);
document.addEventListener("server-over", () => {
  deafen();
  document.getElementById("over").hidden = false;
});
setInterval(() => document.hidden && server.ask("/alive", {}).catch(() => {}), ALIVE_MS);
listen();

if (document.getElementById("review")) import("./review.js");
