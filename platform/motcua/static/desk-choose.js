// Searches while an officer types; the arrow keys walk the list. Without it, the form's button searches.
const box = document.getElementById("q");
const results = document.getElementById("results");
let waiting = 0;
let newest = 0;

async function search() {
  const mine = ++newest;
  const answer = await fetch(`${box.dataset.url}?q=${encodeURIComponent(box.value)}`, { redirect: "error" });
  if (answer.ok && mine === newest) {
    results.innerHTML = await answer.text(); // escaped by our own template
  }
}

box.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(() => search().catch(() => {}), 180);
});

document.addEventListener("keydown", (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  const links = [...results.querySelectorAll("a")];
  const at = links.indexOf(document.activeElement);
  if (at < 0 && document.activeElement !== box) return;
  const next = at + step;
  if (next >= links.length) return;
  event.preventDefault();
  (next < 0 ? box : links[next]).focus();
});
