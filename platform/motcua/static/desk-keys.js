// What the desk's pages share: Alt+letter as shown beside a field (in every browser alike), Ctrl+Enter saves, once.
document.addEventListener("keydown", (event) => {
  if (!event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const letter = event.code.replace(/^Key/, "").toLowerCase();
  const target = /^[a-z]$/.test(letter) && document.querySelector(`[accesskey="${letter}"]`);
  if (!target) return;
  event.preventDefault();
  target.focus();
  if (target.matches("a, button, summary")) target.click();
});

export function saveByKeys(form) {
  let sent = false;
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      form.requestSubmit();
    } else if (event.key === "Enter" && event.target.matches("input:not([type=radio]):not([type=checkbox])")) {
      event.preventDefault(); // a scanner and a habit both press Enter in the middle of a form
    }
  });
  form.addEventListener("submit", (event) => {
    if (sent) event.preventDefault();
    sent = true;
  });
  addEventListener("pageshow", () => {
    sent = false;
  });
}
