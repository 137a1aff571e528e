// Boxes are drawn over the page with mouse, finger or keys; the fields beside it are what is sent.
"use strict";

const SMALLEST = 0.4; // percent of the page: less is a click
const STEP = 0.5;
const EDGES = ["left", "top", "width", "height"];
const form = document.querySelector("[data-redaction]");
const canvas = form.querySelector("svg");
const list = document.getElementById("boxes");
const model = list.querySelector("[data-empty] fieldset");
const count = form.querySelector("[name=rows]");
const drawing = form.querySelector("[data-drawing]");
let last = "";

const field = (row, name) => row.querySelector(`[name^="${name}-"]`);
const rectOf = (row) => canvas.querySelector(`rect[data-row="${row.dataset.row}"]`);
const rowOf = (rect) => list.querySelector(`fieldset[data-row="${rect.dataset.row}"]`);
const places = (row) => EDGES.map((edge) => Number(field(row, edge).value) || 0);

function show(row) {
  const rect = rectOf(row);
  const [left, top, width, height] = places(row);
  for (const [name, value] of [["x", left], ["y", top], ["width", width], ["height", height]]) {
    rect.setAttribute(name, value);
  }
  rect.classList.toggle("suggested", !field(row, "use").checked);
}

function place(row, left, top, width, height) {
  const inside = (value, most) => Math.min(Math.max(value, 0), most);
  const wide = inside(width, 100);
  const high = inside(height, 100);
  const values = [inside(left, 100 - wide), inside(top, 100 - high), wide, high];
  EDGES.forEach((edge, at) => { field(row, edge).value = values[at].toFixed(2); });
  show(row);
}

function prepare(row) {
  const rect = rectOf(row);
  rect.setAttribute("tabindex", "0");
  rect.setAttribute("role", "img");
  rect.setAttribute("aria-label", `${Number(row.dataset.row) + 1} ${canvas.dataset.box}`);
  row.querySelector(".box__number").textContent = Number(row.dataset.row) + 1;
  row.addEventListener("input", () => {
    if (field(row, "ground").value) last = field(row, "ground").value;
    show(row);
  });
  const light = (on) => { rect.classList.toggle("current", on); row.classList.toggle("box--current", on); };
  for (const part of [row, rect]) {
    part.addEventListener("focusin", () => light(true));
    part.addEventListener("focusout", () => light(false));
  }
  rect.addEventListener("keydown", (event) => keys(event, row));
}

function keys(event, row) {
  const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
  const [left, top, width, height] = places(row);
  if (way) {
    const [across, down] = [way[0] * STEP, way[1] * STEP];
    if (event.shiftKey) place(row, left, top, Math.max(width + across, STEP), Math.max(height + down, STEP));
    else place(row, left + across, top + down, width, height);
  } else if (event.key === "Delete" || event.key === "Backspace") {
    field(row, "use").checked = false;
    show(row);
  } else if (event.key === " ") {
    field(row, "use").checked = !field(row, "use").checked;
    show(row);
  } else {
    return;
  }
  event.preventDefault();
}

function add(left, top, width, height) {
  const number = Number(count.value) - 1;
  const row = model.cloneNode(true);
  for (const part of [row, ...row.querySelectorAll("[name]")]) {
    if (part.name) part.name = part.name.replace(/-\d+$/, `-${number}`);
  }
  row.dataset.row = number;
  list.insertBefore(row, list.querySelector("[data-empty]"));
  const rect = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  rect.dataset.row = number;
  canvas.append(rect);
  count.value = number + 2;
  model.dataset.row = number + 1;
  for (const part of model.querySelectorAll("[name]")) part.name = part.name.replace(/-\d+$/, `-${number + 1}`);
  field(row, "use").checked = true;
  field(row, "ground").value = last;
  prepare(row);
  place(row, left, top, width, height);
  return row;
}

function at(event) {
  const box = canvas.getBoundingClientRect();
  return [((event.clientX - box.left) / box.width) * 100, ((event.clientY - box.top) / box.height) * 100];
}

function begin(event) {
  if (!drawing.checked || event.button) return;
  event.preventDefault();
  const start = at(event);
  const held = event.target.dataset.row === undefined ? null : rowOf(event.target);
  const before = held && places(held);
  let row = held;
  const move = (next) => {
    const [across, down] = at(next).map((value) => Math.min(Math.max(value, 0), 100));
    if (held) {
      place(held, before[0] + across - start[0], before[1] + down - start[1], before[2], before[3]);
      return;
    }
    const size = [Math.abs(across - start[0]), Math.abs(down - start[1])];
    if (!row && Math.max(...size) < SMALLEST) return;
    row = row || add(...start, 0, 0);
    place(row, Math.min(across, start[0]), Math.min(down, start[1]), ...size);
  };
  const end = () => {
    canvas.removeEventListener("pointermove", move);
    if (row) rectOf(row).focus();
  };
  canvas.setPointerCapture(event.pointerId);
  canvas.addEventListener("pointermove", move);
  canvas.addEventListener("pointerup", end, { once: true });
  canvas.addEventListener("pointercancel", end, { once: true });
}

list.querySelector("[data-empty]").hidden = true;
for (const row of list.querySelectorAll("fieldset:not([data-empty] fieldset)")) prepare(row);
for (const part of form.querySelectorAll("[data-add], [data-only-script]")) part.hidden = false;
form.querySelector("[data-add]").addEventListener("click", () => rectOf(add(40, 45, 20, 4)).focus());
drawing.addEventListener("change", () => canvas.classList.toggle("canvas__boxes--still", !drawing.checked));
canvas.addEventListener("pointerdown", begin);
