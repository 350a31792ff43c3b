// Before the page is painted: the person's choice of light or dark, or else the system's.
// A classic script, so that it runs while the head is read.
"use strict";
try {
  const theme = localStorage.getItem("theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // Storage is switched off: the system's choice counts.
}
