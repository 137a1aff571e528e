// The pages work without this. It shows a preview while one types, shows what triage asks for,
// warns before typed words are lost, and keeps a second click from sending a form twice.
"use strict";

function followChoices(form) {
  const parts = form.querySelectorAll("[data-when]");
  const show = () => {
    for (const part of parts) {
      const [name, value] = part.dataset.when.split("=");
      const chosen = form.querySelector(`[name="${name}"]:checked, select[name="${name}"]`);
      const on = Boolean(chosen) && value.split("|").includes(chosen.value);
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
    data.delete("scan"); // a photograph is sent once, when it is to be read
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

// Results below the box while one types; Enter opens them as a page, which needs no script.
function searchBox(form) {
  const box = form.elements.text;
  const place = form.querySelector("[role=region]");
  let timer = 0;
  let last = 0;
  const hide = () => { last++; clearTimeout(timer); place.hidden = true; };
  const ask = async () => {
    const turn = ++last;
    try {
      const address = `${form.action}?${new URLSearchParams({ text: box.value })}`;
      const answer = await fetch(address, { headers: { "X-Partial": "1" }, redirect: "error" });
      const words = await answer.text();
      if (!answer.ok || turn !== last) return;
      place.innerHTML = words;
      place.hidden = false;
    } catch {
      // The connection is gone, or the session: sending the form will say so.
    }
  };
  box.addEventListener("input", () => {
    hide();
    if (box.value.trim().length > 1) timer = setTimeout(ask, 200);
  });
  form.addEventListener("submit", hide);
  form.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { hide(); box.focus(); }
  });
  form.addEventListener("focusout", (event) => {
    if (event.relatedTarget && !form.contains(event.relatedTarget)) hide();
  });
  document.addEventListener("click", (event) => { if (!form.contains(event.target)) hide(); });
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, select, [contenteditable]");
    if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    box.focus();
    box.select();
  });
}

// On a telephone each row of a list is a card: every cell says its column. The roles keep it a table for
// who hears it; tables with joined cells stay as they are.
function asCards(table) {
  const cells = [...table.rows].flatMap((row) => [...row.cells]);
  if (table.tHead?.rows.length !== 1 || cells.some((cell) => cell.colSpan > 1 || cell.rowSpan > 1)) return;
  const words = [...table.tHead.rows[0].cells].map((cell) => cell.textContent.replace(/[▾▲▼]/, "").trim());
  table.setAttribute("role", "table");
  for (const row of table.rows) {
    row.setAttribute("role", "row");
    [...row.cells].forEach((cell, place) => {
      const head = cell.tagName === "TH";
      cell.setAttribute("role", head ? (row.parentNode === table.tHead ? "columnheader" : "rowheader") : "cell");
      cell.dataset.label = words[place] ?? "";
    });
  }
  table.classList.add("list--cards");
}

// The heads of a list stay in sight: a list that fits is as high as it likes, a wide one scrolls in itself.
function keepHeads(box) {
  const fits = box.scrollWidth <= box.clientWidth;
  box.classList.toggle("scroll--fits", fits);
  box.classList.toggle("scroll--tall", !fits);
}
const heads = new ResizeObserver((seen) => { for (const one of seen) keepHeads(one.target); });
for (const box of document.querySelectorAll(".scroll:has(> .list)")) heads.observe(box);

// The office's name as the head of each printed page (tracker.css).
const office = document.body.dataset.office ?? "";
if (office) document.documentElement.style.setProperty("--office", `"${office.replace(/["\\]/g, "\\$&")}"`);

// The head's box ticks the page; how many are ticked is said where the acts are.
function tickRows(form) {
  const place = form.querySelector("[data-ticked]");
  const unticked = place.textContent;
  const all = form.elements.all;
  const head = document.querySelector("[data-tick-all]");
  const boxes = [...document.querySelectorAll('input[form="bulk"][name="case"]')];
  const tell = () => {
    const count = boxes.filter((box) => box.checked).length;
    place.textContent = count ? form.dataset.bulk.replace("0", count) : unticked;
    head.checked = count === boxes.length;
    head.indeterminate = count > 0 && count < boxes.length;
    for (const box of boxes) box.disabled = Boolean(all?.checked);
  };
  head.hidden = false;
  head.addEventListener("change", () => { for (const box of boxes) box.checked = head.checked; tell(); });
  for (const box of [...boxes, all]) box?.addEventListener("change", tell);
  tell();
}

// A table without a caption is called by the heading above it: a screen reader lists the tables of a page by name.
function nameTables() {
  let heading = "";
  for (const part of document.querySelectorAll("main :is(h1, h2, h3, table)")) {
    if (part.tagName !== "TABLE") heading = part.textContent.trim();
    else if (!part.caption && heading) part.setAttribute("aria-label", heading);
  }
}

// What is wider than its place is moved by the arrow keys, once a key can reach it.
function reachWide() {
  for (const box of document.querySelectorAll(".scroll, :not(.scroll) > .list")) {
    if (box.scrollWidth <= box.clientWidth || box.querySelector("a, button, input, select")) continue;
    box.tabIndex = 0;
    if (box.tagName === "TABLE") continue; // it has its name, and stays a table
    box.setAttribute("role", "group");
    box.setAttribute("aria-label", box.querySelector("[aria-label]")?.getAttribute("aria-label") ?? document.title.trim());
  }
}

nameTables();
for (const table of document.querySelectorAll("table.list")) asCards(table);
reachWide();
window.addEventListener("resize", reachWide);
for (const form of document.querySelectorAll("form")) {
  if ("search" in form.dataset) searchBox(form);
  if (form.querySelector("[data-when]")) followChoices(form);
  if (form.dataset.preview) preview(form);
  if ("guard" in form.dataset) guard(form);
  if ("bulk" in form.dataset) tickRows(form);
}
// Where the menu is one line, as on a telephone, the part that one is in is in sight.
document.querySelector(".bar__menu [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
// The first field that was refused, once what is hidden is hidden.
document.querySelector('[aria-invalid="true"]:not(:disabled)')?.focus();
for (const button of document.querySelectorAll("[data-print]")) {
  button.addEventListener("click", () => window.print());
}
