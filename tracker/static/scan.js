// What is read from a scan is shown beside the form without leaving it, and put into a field by a click.
// Without this the page comes again with what was read, and one types it.
"use strict";

const said = document.getElementById("scan-said");

function show(place) {
  for (const button of place.querySelectorAll("[data-into]")) button.hidden = false;
}

async function readScan(button) {
  const place = document.getElementById(button.dataset.scan);
  button.disabled = true;
  place.before(said);
  place.replaceChildren();
  said.textContent = button.dataset.busy;
  try {
    const answer = await fetch(button.formAction, {
      method: "POST", body: new FormData(button.form), headers: { "X-Partial": "1" }, redirect: "error",
    });
    if (!answer.headers.has("X-Results")) throw new Error(String(answer.status));
    place.innerHTML = await answer.text();
    said.textContent = "";
    show(place);
  } catch {
    said.textContent = button.dataset.failed;
  }
  button.disabled = false;
}

function putInto(button) {
  const texts = document.getElementById("scan-reading").dataset;
  const field = document.getElementById(button.dataset.into);
  const name = field.labels[0].textContent.replace("＊", "").trim();
  const typed = field.value.trim();
  button.after(said);
  if (field.matches(":disabled")) {
    said.textContent = texts.closed + name;
  } else if (typed && typed !== button.dataset.text) {
    said.textContent = texts.full + name;
  } else {
    field.value = button.dataset.text;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    said.textContent = texts.done + name;
  }
}

for (const button of document.querySelectorAll("[data-scan]")) {
  button.addEventListener("click", (event) => { event.preventDefault(); readScan(button); });
}
document.getElementById("scan-reading").addEventListener("click", (event) => {
  const button = event.target.closest("[data-into]");
  if (button) putInto(button);
});
show(document.getElementById("scan-reading"));
