// The pages work without this. It shows a preview while one types, shows what triage asks for,
// warns before typed words are lost, and keeps a second click from sending a form twice.
"use strict";

function followChoices(form) {
  const parts = form.querySelectorAll("[data-when]");
  const show = () => {
    for (const part of parts) {
      const [name, value] = part.dataset.when.split("=");
      const chosen = form.querySelector(`[name="${name}"]:checked`);
      const on = Boolean(chosen) && chosen.value === value;
      part.hidden = !on;
      if (part.tagName === "FIELDSET") part.disabled = !on;
    }
  };
  form.addEventListener("change", show);
  for (const note of form.querySelectorAll("[data-without-script]")) note.hidden = true;
  show();
}

function preview(form) {
  const place = document.getElementById("preview");
  let timer = 0;
  let last = 0;
  const ask = async () => {
    const turn = ++last;
    const data = new FormData(form);
    data.set("act", "preview");
    try {
      const answer = await fetch(form.dataset.preview, {
        method: "POST", body: data, headers: { "X-Partial": "1" }, redirect: "error",
      });
      const words = await answer.text();
      if (answer.ok && turn === last) place.innerHTML = words;
    } catch {
      // The connection is gone: the last preview stays, and sending the form will say so.
    }
  };
  const later = () => { clearTimeout(timer); timer = setTimeout(ask, 400); };
  form.addEventListener("input", later);
  form.addEventListener("change", later);
  later();
}

function guard(form) {
  let touched = "kept" in form.dataset;
  let sent = false;
  form.addEventListener("input", () => { touched = true; });
  form.addEventListener("submit", (event) => {
    if (sent) event.preventDefault();
    sent = true;
    setTimeout(() => { sent = false; }, 5000);
  });
  window.addEventListener("pageshow", () => { sent = false; });
  window.addEventListener("beforeunload", (event) => { if (touched && !sent) event.preventDefault(); });
}

for (const form of document.querySelectorAll("form")) {
  if (form.querySelector("[data-when]")) followChoices(form);
  if (form.dataset.preview) preview(form);
  if ("guard" in form.dataset) guard(form);
}
for (const button of document.querySelectorAll("[data-print]")) {
  button.addEventListener("click", () => window.print());
}
