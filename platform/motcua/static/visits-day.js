// The day's list by keyboard: arrows choose a row, a letter presses the button of that row that carries it.
"use strict";
const rows = [...document.querySelectorAll("#visits tbody tr")];
let at = Math.max(rows.findIndex((row) => `#${row.id}` === location.hash), 0);

function choose(next) {
  rows[at].removeAttribute("aria-current");
  at = Math.min(Math.max(next, 0), rows.length - 1);
  rows[at].setAttribute("aria-current", "true");
  rows[at].focus();
}

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, select, textarea");
  if (typing || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    choose(at + (event.key === "ArrowDown" ? 1 : -1));
    event.preventDefault();
    return;
  }
  const button = rows[at].querySelector(`button[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
  if (button && !event.repeat) button.click();
});

if (rows.length) choose(at);
