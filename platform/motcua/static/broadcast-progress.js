// Puts the progress anew every few seconds, and the whole page when the broadcast has moved on.
"use strict";
const box = document.getElementById("progress");

async function look() {
  try {
    const answer = await fetch(box.dataset.url, { redirect: "error" });
    if (answer.ok) {
      const part = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("progress-part");
      if (part.dataset.state !== "running") {
        location.reload();
        return;
      }
      box.replaceChildren(part);
    }
  } catch {
    // The next look may find the server again.
  }
  setTimeout(look, 2000);
}

setTimeout(look, 2000);
