// Asks how far the check is, and shows the result's page when it is done.
"use strict";
const bar = document.getElementById("progress");
const words = document.getElementById("progress-words");
const number = new Intl.NumberFormat("vi-VN");

async function look() {
  try {
    const answer = await fetch(bar.dataset.url, { headers: { Accept: "application/json" }, redirect: "error" });
    if (answer.ok) {
      const { state, checked, total } = await answer.json();
      if (state !== "checking") {
        location.reload();
        return;
      }
      if (total) {
        bar.max = total;
        bar.value = checked;
        words.textContent = `Đã kiểm tra ${number.format(checked)} / ${number.format(total)} dòng.`;
      }
    }
  } catch {
    words.textContent = "Mất kết nối. Đang thử lại…";
  }
  setTimeout(look, 700);
}

look();
