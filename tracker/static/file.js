// Files are sent one by one, so that each shows how far it is; without this the form sends them together.
"use strict";

function line(list, name, sending) {
  const item = document.createElement("li");
  const bar = document.createElement("progress");
  bar.max = 1;
  bar.setAttribute("aria-label", `${sending} ${name}`);
  item.append(`${sending} ${name} `, bar);
  list.hidden = false;
  list.append(item);
  return { item, bar };
}

function refuse(item, name, why) {
  item.className = "wrong";
  item.textContent = `${name} ${why}`;
}

function send(form, file, list) {
  const { item, bar } = line(list, file.name, form.dataset.sending);
  if (file.size > Number(form.dataset.megabytes) * 1024 * 1024) {
    refuse(item, file.name, form.dataset.tooLarge);
    return Promise.resolve();
  }
  const data = new FormData(form);
  data.set("file", file);
  return new Promise((done) => {
    const asked = new XMLHttpRequest();
    asked.open("POST", form.action);
    asked.setRequestHeader("X-Partial", "1");
    asked.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) bar.value = event.loaded / event.total;
    });
    asked.addEventListener("load", () => {
      if (asked.status === 401) { form.submit(); return; } // the sign-in keeps what was typed
      const known = asked.getResponseHeader("X-Results") !== null;
      if (known) item.outerHTML = asked.responseText;
      else refuse(item, file.name, form.dataset.failed);
      done();
    });
    asked.addEventListener("error", () => { refuse(item, file.name, form.dataset.failed); done(); });
    asked.send(data);
  });
}

async function sendAll(form, files) {
  const list = document.getElementById("results");
  const button = form.querySelector("button[type=submit]");
  list.replaceChildren();
  button.disabled = true;
  for (const file of files) await send(form, file, list);
  button.disabled = false;
  form.querySelector("[type=file]").value = "";
  const answer = await fetch(form.action);
  const kept = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("files");
  if (answer.ok && kept) document.getElementById("files").replaceWith(kept);
}

for (const form of document.querySelectorAll("[data-upload]")) {
  const chosen = form.querySelector("[type=file]");
  const place = chosen.closest(".drop");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    sendAll(form, [...chosen.files]);
  });
  for (const name of ["dragover", "dragenter"]) {
    place.addEventListener(name, (event) => { event.preventDefault(); place.classList.add("drop--over"); });
  }
  place.addEventListener("dragleave", () => place.classList.remove("drop--over"));
  place.addEventListener("drop", (event) => {
    event.preventDefault();
    place.classList.remove("drop--over");
    chosen.files = event.dataTransfer.files;
    if (form.reportValidity()) sendAll(form, [...chosen.files]);
  });
}
