// What the frame does better with a script; every part works without one, except hiding the menu on a wide screen.
const KEPT_S = 400 * 24 * 3600;
const keep = (name, value) => {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `${name}=${value}; path=/; max-age=${KEPT_S}; SameSite=Lax${secure}`;
};
const root = document.documentElement;

for (const button of document.querySelectorAll("[data-theme-form] button[name=theme]")) {
  button.addEventListener("click", (event) => {
    event.preventDefault();
    root.dataset.theme = button.value;
    root.dispatchEvent(new Event("theme-chosen"));
    keep("motcua_theme", button.value);
    for (const one of button.form.querySelectorAll("button[name=theme]")) {
      one.setAttribute("aria-pressed", String(one === button));
    }
  });
}

const hide = document.querySelector("[data-menu-hide]");
if (hide) {
  const say = () => hide.setAttribute("aria-expanded", String(root.dataset.menu !== "hidden"));
  hide.hidden = false;
  say();
  hide.addEventListener("click", () => {
    if (root.dataset.menu === "hidden") delete root.dataset.menu;
    else root.dataset.menu = "hidden";
    keep("motcua_menu", root.dataset.menu ?? "shown");
    say();
  });
}

const menuSwitch = document.querySelector(".menu-switch");
addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const open of document.querySelectorAll("details[data-closes][open]")) {
    open.open = false;
    open.querySelector("summary").focus();
  }
  if (menuSwitch?.checked) {
    menuSwitch.checked = false;
    menuSwitch.focus();
  }
});
addEventListener("click", (event) => {
  for (const open of document.querySelectorAll("details[data-closes][open]")) {
    if (!open.contains(event.target)) open.open = false;
  }
});

// On a narrow screen a row becomes a card: each cell then says which column it stood in.
const WIDE_ONLY = ".figures, .cells, .compare, .visits, .items, .papers-in, .plain-table";
for (const table of document.querySelectorAll("main table.table")) {
  if (table.matches(WIDE_ONLY)) continue;
  const titles = [...table.querySelectorAll("thead th")].map((one) => (one.querySelector(".visually-hidden") ? "" : one.textContent.trim()));
  if (titles.length < 3) continue;
  const isNew = !table.classList.contains("stack");
  table.classList.add("stack");
  for (const row of isNew ? table.tBodies[0]?.rows ?? [] : []) {
    for (const cell of [...row.cells].slice(1)) {
      if (row.cells.length === titles.length && titles[cell.cellIndex]) cell.dataset.label = titles[cell.cellIndex];
    }
  }
}

// A table that stays wide is scrolled by keyboard too.
for (const box of document.querySelectorAll("main .table-responsive:not([tabindex])")) {
  if (box.querySelector("table.stack")) continue;
  const heading = box.closest("section, .card")?.querySelector("h2") ?? document.querySelector("h1");
  box.tabIndex = 0;
  box.setAttribute("role", "region");
  if (heading) box.setAttribute("aria-label", heading.textContent.trim());
}
